import { InvalidArgumentError } from 'commander';

/** Reads an option's number. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('a whole number is wanted');
  return Number(text);
}
