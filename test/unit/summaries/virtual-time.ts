import type { Sleep } from '../../../engine/summaries/call-gate.ts';

export interface VirtualTime {
  now(): number;
  readonly sleep: Sleep;
  advance(ms: number): void;
}

/** A clock on which sleeping takes no time: who sleeps moves it on to when they wake, the earliest first. */
export function virtualTime(start = Date.parse('2026-11-21T10:00:00Z')): VirtualTime {
  let now = start;
  let sleepers: { readonly at: number; readonly wake: () => void }[] = [];
  let planned = false;

  /** Only once nobody has anything else to do. */
  function plan(): void {
    if (planned) return;
    planned = true;
    setImmediate(() => {
      planned = false;
      const next = sleepers.toSorted((a, b) => a.at - b.at)[0];
      if (next === undefined) return;
      sleepers = sleepers.filter((sleeper) => sleeper !== next);
      now = Math.max(now, next.at);
      next.wake();
      plan();
    });
  }

  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve();
        sleepers.push({ at: now + ms, wake: resolve });
        plan();
      }),
    advance: (ms) => {
      now += ms;
    },
  };
}
