const FAILURES_TO_OPEN = 5;
const FIRST_MS = 30_000;
const LONGEST_MS = 600_000;

export interface Breaker {
  /** Milliseconds until a call may be tried; 0 for now. When it was open, the first to ask is let through alone. */
  waitMs(): number;
  succeeded(): void;
  /** `hopeless` failures (a wrong key) open it at once. */
  failed(hopeless: boolean): void;
  isOpen(): boolean;
}

/** Stops calls to a provider that keeps failing: 30 s after five failures in a row, twice as long each time, at most 10 minutes. */
export function createBreaker(elapsed: () => number): Breaker {
  let failures = 0;
  let opened = 0;
  let openUntil = Number.NEGATIVE_INFINITY;

  const open = () => {
    openUntil = elapsed() + Math.min(FIRST_MS * 2 ** opened, LONGEST_MS);
    opened = Math.min(opened + 1, 30);
  };
  return {
    waitMs: () => {
      if (opened === 0) return 0;
      const wait = openUntil - elapsed();
      if (wait > 0) return wait;
      // A trial: the next one has to wait for what it shows.
      openUntil = elapsed() + FIRST_MS;
      return 0;
    },
    succeeded: () => {
      failures = 0;
      opened = 0;
    },
    failed: (hopeless) => {
      failures += 1;
      if (hopeless || opened > 0 || failures >= FAILURES_TO_OPEN) open();
    },
    isOpen: () => opened > 0,
  };
}
