import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { DEFAULT_CLIENT_POLICY, parseClientPolicy } from '../../engine/core/client-policy.ts';
import type { StateFolder } from '../state-folder.ts';

const TIMEOUT_MS = 20_000;
const MOST_CHARACTERS = 1024 * 1024;

interface Pulled {
  readonly etag: string;
  readonly policy: unknown;
}

/**
 * Asks the server for the policy, unless it is the one that is here already, and puts it where hooks read it. Whatever goes wrong, what is
 * here stays. Answers the seconds until the next time.
 */
export async function pullPolicy(state: Pick<StateFolder, 'policy'>, url: string, credential: string): Promise<number> {
  const known = read(state.policy);
  const wait = parseClientPolicy(known?.policy)?.refresh_seconds ?? DEFAULT_CLIENT_POLICY.refresh_seconds;
  if (url === '') return wait;
  try {
    const response = await fetch(url, {
      headers: {
        ...(credential !== '' && { authorization: `Bearer ${credential}` }),
        ...(known !== undefined && { 'if-none-match': known.etag }),
      },
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.status !== 200) return wait;
    const text = await response.text();
    const policy = text.length > MOST_CHARACTERS ? undefined : parseClientPolicy(JSON.parse(text));
    if (policy === undefined) return wait;
    const pulled: Pulled = { etag: response.headers.get('etag') ?? '', policy };
    const unfinished = `${state.policy}.${process.pid}`;
    writeFileSync(unfinished, JSON.stringify(pulled), { mode: 0o644 });
    // a hook reads the old one or the new one, and never a part
    renameSync(unfinished, state.policy);
    return policy.refresh_seconds;
  } catch {
    return wait;
  }
}

function read(path: string): Pulled | undefined {
  try {
    const pulled = JSON.parse(readFileSync(path, 'utf8')) as Partial<Pulled>;
    return typeof pulled.etag === 'string' && parseClientPolicy(pulled.policy) !== undefined
      ? { etag: pulled.etag, policy: pulled.policy }
      : undefined;
  } catch {
    return undefined;
  }
}
