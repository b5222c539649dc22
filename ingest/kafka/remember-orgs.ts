import type { Clock } from '../../engine/core/clock.ts';
import { isCoded } from '../../engine/core/errors.ts';
import type { Sender } from '../otlp/receive-export.ts';

type Authenticate = (authorization: string | undefined) => Promise<Sender>;

/** For this long a token that was good is believed while the store can't be asked; a token revoked meanwhile is refused when it is back. */
const REMEMBERED_MS = 15 * 60_000;
const MOST_REMEMBERED = 10_000;

/** In Kafka mode spans are taken while the store is away: so the orgs of tokens that were good shortly before must be known without it. */
export function rememberOrgs(authenticate: Authenticate, clock: Clock): Authenticate {
  const known = new Map<string, { readonly sender: Sender; readonly at: number }>();
  return async (authorization) => {
    const header = authorization ?? '';
    try {
      const sender = await authenticate(authorization);
      if (known.size >= MOST_REMEMBERED) known.clear();
      known.set(header, { sender, at: clock() });
      return sender;
    } catch (error) {
      const before = known.get(header);
      if (isCoded(error) && !error.retryable) known.delete(header);
      else if (before !== undefined && clock() - before.at < REMEMBERED_MS) return before.sender;
      throw error;
    }
  };
}
