const BASE_MS = 1_000;
const CAP_MS = 600_000;
/** So that a draw of zero is no busy loop. */
const LEAST_MS = 100;

const MOST_ATTEMPTS = 300;
const LIFETIME_MS = 24 * 3_600_000;
/** What a delivery gets even when it outlived its time while the engine was down. */
const LEAST_ATTEMPTS = 10;

/** Pause before the next attempt: exponential with full jitter, `random` in [0, 1); at least what the receiver asked for. */
export function backOffMs(attempts: number, random: number, askedMs = 0): number {
  const ceiling = Math.min(CAP_MS, BASE_MS * 2 ** Math.min(attempts - 1, 30));
  return Math.round(Math.max(LEAST_MS, random * ceiling, askedMs));
}

/** Whether to give up after `attempts` that failed: a day after planning, or at the number that the longest day can hold. */
export function isDead(attempts: number, plannedAt: number, now: number): boolean {
  return attempts >= MOST_ATTEMPTS || (attempts >= LEAST_ATTEMPTS && now - plannedAt >= LIFETIME_MS);
}
