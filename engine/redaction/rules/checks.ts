import { isSample, shannonEntropy } from '../detect/placeholder.ts';

/** Not a value out of the documentation. */
export function notSample(value: string): boolean {
  return !isSample(value);
}

/** Not a sample, and at least `bits` of entropy a character. */
export function randomLike(bits: number): (value: string) => boolean {
  return (value) => !isSample(value) && shannonEntropy(value) >= bits;
}

/** What stands between a vendor's name and the value assigned to it: the rest of the name, quotes, an operator, quotes. */
export const ASSIGNED = `[\\w.-]{0,24}["'\`\\]\\\\]{0,4}[ \\t]{0,8}(?:=>|:=|=|:|,|\\|)[ \\t]{0,8}["'\`\\\\]{0,5}`;

/** Ends a value of fixed length: no further letter or digit. */
export const END = '(?![A-Za-z0-9])';
