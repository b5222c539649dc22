import { createTurns } from '../core/turns.ts';

/** Milliseconds on a clock that only goes forward. */
type Elapsed = () => number;
export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;

export interface GateLimits {
  readonly concurrency: number;
  readonly callsPerMinute: number;
}

export interface CallGate {
  /** Runs `call` when there is room for it. Throws the signal's reason. */
  enter<Answer>(signal: AbortSignal, call: () => Promise<Answer>): Promise<Answer>;
  /** The provider asked everybody to wait. */
  pause(ms: number): void;
}

const MINUTE_MS = 60_000;

/** How many calls are under way and begin in a minute, in the order in which they came; a pause holds all of them up. */
export function createCallGate({ concurrency, callsPerMinute }: GateLimits, elapsed: Elapsed, sleep: Sleep): CallGate {
  const turn = createTurns(concurrency);
  let pausedUntil = 0;
  /** When the next call may begin if calls came evenly; one that is early by up to a minute's worth need not wait. */
  let schedule = Number.NEGATIVE_INFINITY;
  const gap = MINUTE_MS / callsPerMinute;

  async function wait(signal: AbortSignal): Promise<void> {
    const now = elapsed();
    schedule = Math.max(schedule + gap, now - MINUTE_MS + gap);
    await sleepUntil(Math.max(schedule, pausedUntil), signal);
    // A pause that came while this one slept.
    while (pausedUntil > elapsed()) await sleepUntil(pausedUntil, signal);
  }

  async function sleepUntil(at: number, signal: AbortSignal): Promise<void> {
    const ms = at - elapsed();
    if (ms > 0) await sleep(ms, signal);
    signal.throwIfAborted();
  }

  return {
    enter: (signal, call) =>
      turn(async () => {
        signal.throwIfAborted();
        await wait(signal);
        return call();
      }),
    pause: (ms) => {
      pausedUntil = Math.max(pausedUntil, elapsed() + ms);
    },
  };
}
