import { hash, verify } from '@node-rs/argon2';
import { createTurns } from '../../engine/core/turns.ts';

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
  const inTurn = createTurns(MOST_RUNNING, { waiting: MOST_WAITING, refusal: 'Too many people sign in at once' });
  let decoy: Promise<string> | undefined;

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
