import { createHash } from 'node:crypto';

/** Hex digits made from names: the same names give the same id in every run, so that sending the demo again is a retry. */
export function demoId(length: number, ...names: readonly (string | number)[]): string {
  return createHash('sha256')
    .update(['spanwarden-demo', ...names].join('/'))
    .digest('hex')
    .slice(0, length);
}

/** A whole number from `low` up to `high`, made from names. */
export function demoNumber(low: number, high: number, ...names: readonly (string | number)[]): number {
  return low + (Number.parseInt(demoId(8, ...names), 16) % (high - low + 1));
}
