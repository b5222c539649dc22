import { isIPv6 } from 'node:net';
import type { Clock } from '../../engine/core/clock.ts';
import { CodedError } from '../../engine/core/errors.ts';
import { tokenHash } from './token-secret.ts';

/** Failures until the next try has to wait: guessing at one account, and guessing from one place at many. */
const FREE_TRIES = { account: 5, address: 30 } as const;
const FIRST_WAIT_MS = 1_000;
const MOST_WAIT_MS = 15 * 60_000;
/** Failures that long ago count no more. */
const FORGET_MS = 60 * 60_000;
/** Bounds what strangers' tries can fill the memory with; the oldest go. */
const MOST_REMEMBERED = 50_000;

interface Tries {
  readonly failures: number;
  readonly last: number;
}

export interface LoginThrottle {
  /**
   * Counts a try as failed until it succeeds, so that many at once are many. Throws OVERLOADED, with the seconds to wait, for an account (whether it exists or not) or an address that failed
   * too often.
   */
  begin(account: string, address: string): void;
  /** Clears the account; the address loses this one try alone, or an account of their own would free whoever guesses at others. */
  succeeded(account: string, address: string): void;
}

/** Every failure behind the free ones doubles the wait, from a second to a quarter of an hour. In the memory of this process. */
export function createLoginThrottle(clock: Clock): LoginThrottle {
  const known = new Map<string, Tries>();

  const keysOf = (account: string, address: string) =>
    [
      [`account ${tokenHash(account)}`, FREE_TRIES.account],
      [`address ${networkOf(address)}`, FREE_TRIES.address],
    ] as const;

  function triesOf(key: string): Tries | undefined {
    const tries = known.get(key);
    return tries && clock() - tries.last < FORGET_MS ? tries : undefined;
  }

  return {
    begin: (account, address) => {
      for (const [key, free] of keysOf(account, address)) {
        const tries = triesOf(key);
        if (!tries || tries.failures < free) continue;
        const wait = Math.min(FIRST_WAIT_MS * 2 ** Math.min(tries.failures - free, 20), MOST_WAIT_MS);
        const left = tries.last + wait - clock();
        if (left > 0) {
          const seconds = Math.ceil(left / 1_000);
          throw new CodedError('OVERLOADED', 'Too many failed tries to sign in: wait', {
            extra: { retry_after_seconds: seconds },
          });
        }
      }
      for (const [key] of keysOf(account, address)) {
        const failures = (triesOf(key)?.failures ?? 0) + 1;
        known.delete(key);
        const oldest = known.keys().next();
        if (known.size >= MOST_REMEMBERED && !oldest.done) known.delete(oldest.value);
        known.set(key, { failures, last: clock() });
      }
    },
    succeeded: (account, address) => {
      const [[accountKey], [addressKey]] = keysOf(account, address);
      known.delete(accountKey);
      const tries = known.get(addressKey);
      if (tries) known.set(addressKey, { ...tries, failures: Math.max(tries.failures - 1, 0) });
    },
  };
}

/** An IPv6 address by its network of 64 bits, which is one customer's; IPv4 as it is. */
function networkOf(address: string): string {
  if (!isIPv6(address) || address.startsWith('::ffff:')) return address;
  const [head = '', tail = ''] = address.split('::');
  const groups = head.split(':').filter(Boolean);
  const zeros = address.includes('::') ? 8 - groups.length - tail.split(':').filter(Boolean).length : 0;
  return [...groups, ...Array<string>(Math.max(zeros, 0)).fill('0')].slice(0, 4).join(':');
}
