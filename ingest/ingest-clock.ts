import type { Clock } from '../engine/core/clock.ts';

export interface IngestClock {
  /** Opens an ingest time, microseconds since 1970: later than every one before and than every low-water mark given out. */
  open(): number;
  /** The rows of an ingest time are stored, or were refused and will never be. */
  close(ingestedAt: number): void;
  /** Everything accepted before this is stored and readable; everything after is accepted later. */
  lowWater(): number;
}

/**
 * Gives out ingest times and knows which are still on their way to the store, so that no rule's window ever closes over rows
 * that are not readable yet. Times never go back, whatever the system clock does: `floor` carries that over a restart.
 */
export function createIngestClock(clock: Clock, floor: number): IngestClock {
  // A Set keeps insertion order and times only grow, so its first entry is the oldest.
  const inFlight = new Set<number>();
  let next = floor;

  return {
    open() {
      const ingestedAt = Math.max(next, clock() * 1_000);
      next = ingestedAt + 1;
      inFlight.add(ingestedAt);
      return ingestedAt;
    },
    close(ingestedAt) {
      inFlight.delete(ingestedAt);
    },
    lowWater() {
      for (const oldest of inFlight) return oldest;
      next = Math.max(next, clock() * 1_000);
      return next;
    },
  };
}
