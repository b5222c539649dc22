import { createHash } from 'node:crypto';
import { Server } from 'node:tls';
import type { Diagnostics } from './alerts/diagnostics.ts';
import { type ListenerTls, type TlsFiles, type TlsSettings, tlsFiles } from './tls-files.ts';

export interface ReloadTlsOptions {
  readonly settings: TlsSettings;
  /** The listeners as they were made. */
  readonly listeners: Readonly<Record<keyof TlsFiles, unknown>>;
  readonly log: Diagnostics & { info(fields: object, message: string): void };
  readonly everyMs?: number;
}

const LOOK_EVERY_MS = 10_000;

/**
 * Takes up certificates, keys and client authorities that were replaced, without a restart: connections that are open go on, new ones get the
 * new. Files that can't be used are told of and change nothing. Whether clients need a certificate stays as it was at the start.
 */
export function reloadTls({ settings, listeners, log, everyMs = LOOK_EVERY_MS }: ReloadTlsOptions): () => void {
  let known = print(read(settings));
  const timer = setInterval(() => {
    const files = read(settings);
    const now = print(files);
    if (now === known) return;
    known = now;
    if (files === undefined || files instanceof Error) {
      log.error({ error: files?.message ?? 'the files are gone' }, 'the new certificate is not taken up');
      return;
    }
    for (const name of ['otlp', 'api'] as const) {
      const listener = listeners[name];
      if (listener instanceof Server) listener.setSecureContext(contextOf(files[name]));
    }
    log.info({}, 'a new certificate is taken up');
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}

function read(settings: TlsSettings): TlsFiles | Error | undefined {
  try {
    return tlsFiles(settings);
  } catch (error) {
    return error as Error;
  }
}

function print(files: TlsFiles | Error | undefined): string {
  if (files === undefined || files instanceof Error) return files?.message ?? '';
  const { cert, key, ca } = files.otlp;
  return createHash('sha256')
    .update(cert)
    .update(key)
    .update(ca ?? '')
    .digest('hex');
}

function contextOf({ cert, key, minVersion, ca }: ListenerTls) {
  return { cert, key, minVersion, ...(ca && { ca }) };
}
