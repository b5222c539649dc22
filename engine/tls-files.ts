import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { CodedError } from './core/errors.ts';

export interface TlsSettings {
  readonly tls_cert?: string | undefined;
  readonly tls_key?: string | undefined;
  /** File with the authorities of client certificates. */
  readonly tls_client_ca?: string | undefined;
  /** Which listeners let in nobody without such a certificate. */
  readonly tls_client_auth: 'otlp' | 'all';
}

/** What a TLS listener is made with; PEM. */
export interface ListenerTls {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly minVersion: 'TLSv1.2';
  /** Authorities of client certificates; with `requestCert` and `rejectUnauthorized` nobody else gets in. */
  readonly ca?: Buffer;
  readonly requestCert?: true;
  readonly rejectUnauthorized?: true;
}

/** For the receivers of spans, and for the API with its pages. */
export interface TlsFiles {
  readonly otlp: ListenerTls;
  readonly api: ListenerTls;
}

/** Certificate and key of the listeners, checked to belong together; undefined when none are set. Throws CONFIG_INVALID. */
export function tlsFiles(settings: TlsSettings): TlsFiles | undefined {
  const { tls_cert: cert, tls_key: key, tls_client_ca: clientCa, tls_client_auth: whom } = settings;
  if (cert === undefined || key === undefined) return undefined;
  try {
    const files = { cert: readFileSync(cert), key: readFileSync(key), minVersion: 'TLSv1.2' } as const;
    const ca = clientCa === undefined ? undefined : readFileSync(clientCa);
    createSecureContext({ ...files, ...(ca && { ca }) });
    const guarded = ca === undefined ? files : ({ ...files, ca, requestCert: true, rejectUnauthorized: true } as const);
    return { otlp: guarded, api: whom === 'all' ? guarded : files };
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? 'not valid';
    const ca = clientCa === undefined ? '' : ` and tls_client_ca ${clientCa}`;
    throw new CodedError('CONFIG_INVALID', `tls_cert ${cert} and tls_key ${key}${ca} can't be used (${reason})`, {
      cause,
    });
  }
}
