/** When a failing rule may run again, so that one that can't succeed does not use up the engine. */
export interface RetryState {
  readonly failures: number;
  /** On a clock that only goes forward, milliseconds. */
  readonly notBefore: number;
}

const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 300_000;
const PARKED_WAIT_MS = 3_600_000;

/** A rule that failed this often in a row is parked: about 15 minutes after the first time. */
export const PARK_AFTER = 8;

export function retryAfterFailure(before: RetryState | undefined, now: number): RetryState {
  const failures = (before?.failures ?? 0) + 1;
  const wait = failures >= PARK_AFTER ? PARKED_WAIT_MS : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1));
  return { failures, notBefore: now + wait };
}
