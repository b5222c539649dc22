import { hash, verify } from '@node-rs/argon2';
import { CodedError } from '../../engine/core/errors.ts';

/** Argon2id, 19 MiB, two passes, one lane: the least that OWASP's Password Storage Cheat Sheet advises. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
/** Each takes 19 MiB and a core for tens of milliseconds. */
const MOST_RUNNING = 2;
const MOST_WAITING = 32;

export const PASSWORD_CHARACTERS = { least: 12, most: 200 } as const;

export interface PasswordHasher {
  hash(password: string): Promise<string>;
  /** Works as long for an empty hash, which no password fits. Throws OVERLOADED when too many wait. */
  verify(hash: string, password: string): Promise<boolean>;
}

export function createPasswordHasher(): PasswordHasher {
  let running = 0;
  const waiting: (() => void)[] = [];
  let decoy: Promise<string> | undefined;

  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (running >= MOST_RUNNING) {
      if (waiting.length >= MOST_WAITING) throw new CodedError('OVERLOADED', 'Too many people sign in at once');
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  }

  return {
    hash: (password) => inTurn(() => hash(password, PARAMETERS)),
    verify: async (stored, password) => {
      // Nobody's password; what it costs must not tell whether there is an account.
      decoy ??= hash(crypto.randomUUID(), PARAMETERS);
      const against = stored === '' ? await decoy : stored;
      return (await inTurn(() => verify(against, password))) && stored !== '';
    },
  };
}
