/** What is remembered about one destination between two rounds; a restart forgets it. Times in milliseconds. */
export interface Lane {
  /** The receiver asked for a pause until then, or failed too often; it holds for every alert. */
  pausedUntil: number;
  /** When the next attempt is due; Infinity when nothing waits. */
  nextAt: number;
  /** Something was planned since the outbox was read. */
  stale: boolean;
  /** Failures in a row, without those that only one message is to blame for. */
  failures: number;
  /** Messages that may go now, and when that was worked out. */
  tokens: number;
  refilledAt: number;
  /** When a limit last held messages back. */
  foldedAt: number;
}

export function newLane(): Lane {
  return {
    pausedUntil: 0,
    nextAt: 0,
    stale: true,
    failures: 0,
    tokens: Number.POSITIVE_INFINITY,
    refilledAt: 0,
    foldedAt: Number.NEGATIVE_INFINITY,
  };
}

/** Failures in a row after which the circuit opens. */
const BREAKS_AFTER = 5;
const FIRST_BREAK_MS = 5_000;
const LONGEST_BREAK_MS = 300_000;

/** Whether only one attempt at a time may test whether the receiver is back. */
export function isBroken(lane: Lane): boolean {
  return lane.failures >= BREAKS_AFTER;
}

/** What an attempt says of the receiver. `status` is that of HTTP, SMTP or 0. */
export function judgeReceiver(lane: Lane, status: number, failed: boolean, askedMs: number, now: number): void {
  if (!failed) lane.failures = 0;
  // 400, 413 and 422 are about the message, not about its receiver.
  else if (![400, 413, 422].includes(status)) lane.failures += 1;
  const pause = isBroken(lane)
    ? Math.min(LONGEST_BREAK_MS, FIRST_BREAK_MS * 2 ** Math.min(lane.failures - BREAKS_AFTER, 10))
    : 0;
  lane.pausedUntil = Math.max(lane.pausedUntil, failed ? now + Math.max(askedMs, pause) : 0);
}

/** Fills up what may go: a minute's worth at most. */
export function refill(lane: Lane, perMinute: number, now: number): void {
  const gained = ((now - lane.refilledAt) / 60_000) * perMinute;
  lane.tokens = Math.min(perMinute, lane.tokens + Math.max(0, gained));
  lane.refilledAt = now;
}

/** When the next message may go. */
export function nextTokenAt(lane: Lane, perMinute: number, now: number): number {
  return lane.tokens >= 1 ? now : now + Math.ceil(((1 - lane.tokens) / perMinute) * 60_000);
}
