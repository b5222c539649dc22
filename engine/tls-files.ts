import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { CodedError } from './core/errors.ts';

/** Certificate and key of the listeners, checked to belong together; undefined when none are set. Throws CONFIG_INVALID. */
export function tlsFiles(
  cert: string | undefined,
  key: string | undefined,
): { readonly cert: Buffer; readonly key: Buffer } | undefined {
  if (cert === undefined || key === undefined) return undefined;
  try {
    const files = { cert: readFileSync(cert), key: readFileSync(key) };
    createSecureContext(files);
    return files;
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? 'not valid';
    throw new CodedError('CONFIG_INVALID', `tls_cert ${cert} and tls_key ${key} can't be used (${reason})`, { cause });
  }
}
