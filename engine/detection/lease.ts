import { CodedError } from '../core/errors.ts';

/** Who holds the resource, as the store has it. */
export interface LeaseState {
  readonly fence: number;
  readonly holder: string;
  readonly beat: number;
  readonly released: boolean;
}

/** What a lease needs of the store, bound to one resource. */
export interface LeaseStore {
  read(): Promise<LeaseState | undefined>;
  /** Claims a fence; of several claims to one the first stands. */
  claim(fence: number, holder: string): Promise<void>;
  beat(fence: number, beat: number | 'released'): Promise<void>;
}

export interface LeaseOptions {
  readonly store: LeaseStore;
  /** Different for every process. */
  readonly holder: string;
  /** Milliseconds on a clock that only goes forward. */
  readonly elapsed: () => number;
  readonly onAcquired: () => void;
  readonly onError: (error: unknown) => void;
}

export interface Lease {
  /** Whether this process holds the resource at this moment. */
  isHeld(): boolean;
  /** Throws CONFLICT unless it does. */
  assertHeld(): void;
  /** One look: gives a sign of life, or takes the resource when nobody holds it. */
  renew(): Promise<void>;
  /** Gives it back, so that another need not wait. */
  release(): Promise<void>;
}

/** A holder trusts its lease this long after it last gave a sign of life. */
const HELD_FOR_MS = 15_000;
/** Others take it over when they saw no sign of life for this long: longer, for they see each sign a little after it was given. */
const TAKEN_AFTER_MS = 20_000;

/**
 * A lease on a resource that one of several processes works on. Nobody compares two machines' clocks: a holder counts the time
 * since its own last beat, others count the time for which they see that beat stand still.
 */
export function createLease({ store, holder, elapsed, onAcquired, onError }: LeaseOptions): Lease {
  let mine: { fence: number; beat: number; since: number } | undefined;
  let seen: { fence: number; beat: number; since: number } | undefined;
  let looking: Promise<void> | undefined;

  function isHeld(): boolean {
    return mine !== undefined && elapsed() - mine.since < HELD_FOR_MS;
  }

  async function look(): Promise<void> {
    const now = elapsed();
    const state = await store.read();
    if (mine !== undefined) {
      // Taken over while this process was stopped, or stopped so long that it may be at any moment.
      if (state?.fence !== mine.fence || now - mine.since >= HELD_FOR_MS) mine = undefined;
      else {
        await store.beat(mine.fence, mine.beat + 1);
        mine = { fence: mine.fence, beat: mine.beat + 1, since: now };
        return;
      }
    }
    if (!isFree(state, now)) return;
    const fence = (state?.fence ?? 0) + 1;
    await store.claim(fence, holder);
    const after = await store.read();
    if (after?.fence !== fence || after.holder !== holder) return;
    await store.beat(fence, 1);
    mine = { fence, beat: 1, since: now };
    onAcquired();
  }

  function isFree(state: LeaseState | undefined, now: number): boolean {
    if (state === undefined || state.released) return true;
    if (seen === undefined || seen.fence !== state.fence || seen.beat !== state.beat) {
      seen = { fence: state.fence, beat: state.beat, since: now };
    }
    return now - seen.since >= TAKEN_AFTER_MS;
  }

  return {
    isHeld,
    assertHeld: () => {
      if (!isHeld())
        throw new CodedError('CONFLICT', 'another engine may have taken over; what it found here is not written');
    },
    renew: () => {
      looking ??= look()
        .catch(onError)
        .finally(() => {
          looking = undefined;
        });
      return looking;
    },
    release: async () => {
      await looking;
      const held = mine;
      mine = undefined;
      if (held) await store.beat(held.fence, 'released').catch(onError);
    },
  };
}

/** For a store that only this process can reach. */
export const SOLE_HOLDER: Lease = {
  isHeld: () => true,
  assertHeld: () => undefined,
  renew: async () => undefined,
  release: async () => undefined,
};
