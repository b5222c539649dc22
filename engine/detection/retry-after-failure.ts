/** When a failing rule may run again, so that one that can't succeed does not use up the engine. */
export interface RetryState {
  readonly failures: number;
  /** Milliseconds since 1970. */
  readonly notBefore: number;
}

const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 300_000;

export function retryAfterFailure(before: RetryState | undefined, now: number): RetryState {
  const failures = (before?.failures ?? 0) + 1;
  return { failures, notBefore: now + Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1)) };
}
