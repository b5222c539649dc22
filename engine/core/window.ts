/**
 * Half-open window [from, to) on IngestedAt, in microseconds since 1970 (safe integers until the year 2255).
 */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** Longest window that one evaluation covers; a gap longer than this is filled in several steps. */
export const MOST_WINDOW_MICROS = 3_600_000_000;

/** A window that ends this long ago is filled in late; its alerts do not page by default. */
export const FILLED_IN_AFTER_MICROS = 600_000_000;

/** What was missed longer ago than this is not filled in; the ledger of gaps says so. */
export const MOST_FILL_IN_MICROS = 7 * 24 * 3_600_000_000;

/** The next window of a rule that has seen everything before `evaluatedTo`; undefined when there is nothing new to see. */
export function nextWindow(evaluatedTo: number, lowWater: number): Window | undefined {
  if (lowWater <= evaluatedTo) return undefined;
  return { from: evaluatedTo, to: Math.min(lowWater, evaluatedTo + MOST_WINDOW_MICROS) };
}

export function isFilledIn(window: Window, nowMicros: number): boolean {
  return window.to < nowMicros - FILLED_IN_AFTER_MICROS;
}
