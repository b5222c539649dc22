import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CodedError } from '../../engine/core/errors.ts';
import type { ApiTarget } from './api-client.ts';

export interface ServerSettings {
  /** For `archive set`. */
  readonly archive_secret?: string | undefined;
  /** Undefined for the server on this machine. */
  readonly api?: string | undefined;
  /** Undefined for the admin token in the data folder. */
  readonly token?: string | undefined;
  readonly data: string;
  readonly port: number;
  readonly tls_cert?: string | undefined;
}

/**
 * The server that commands talk to, and under which token. The admin token in the data folder is of the server on this machine
 * and is sent to no other. Throws CONFIG_INVALID when there is no token.
 */
export function findServer({ api, token, data, port, tls_cert }: ServerSettings): ApiTarget {
  const url = api ?? (tls_cert === undefined ? `http://127.0.0.1:${port}` : `https://localhost:${port}`);
  if (token !== undefined) return { url, token: checked(token, 'the token') };
  if (!isThisMachine(url))
    throw new CodedError('CONFIG_INVALID', `name a token for ${url} with --token or SPANWARDEN_TOKEN`);
  return { url, token: tokenIn(join(data, 'credentials.json')) };
}

function tokenIn(path: string): string {
  let credentials: { admin_token?: unknown };
  try {
    credentials = JSON.parse(readFileSync(path, 'utf8')) as typeof credentials;
  } catch {
    throw new CodedError(
      'CONFIG_INVALID',
      `no token, and none can be read from ${path}: name one with --token, or the data folder of the server with --data`,
    );
  }
  return checked(String(credentials.admin_token), path);
}

/** What is no token must not end up in a header. */
function checked(token: string, source: string): string {
  if (/^[\x21-\x7e]{1,100}$/.test(token)) return token;
  throw new CodedError('CONFIG_INVALID', `${source} is not a token: it begins with spw_ and has 47 characters`);
}

function isThisMachine(url: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(new URL(url).hostname);
}
