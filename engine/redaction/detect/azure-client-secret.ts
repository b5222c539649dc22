import type { Found } from '../redaction-rule.ts';
import { isAlphanumeric } from './ascii.ts';

const SECRET = /[A-Za-z0-9_~.]{3}\dQ~[A-Za-z0-9_~.-]{31,34}(?![A-Za-z0-9_~.-])/y;

/** Called at `#Q~`: three characters stand before it. */
export function findAzureClientSecret(
  text: string,
  at: number,
  _end: number,
  from: number,
  to: number,
  found: Found,
): boolean {
  const start = at - 3;
  if (start < from || (start > from && isAlphanumeric(text.charCodeAt(start - 1)))) return false;
  SECRET.lastIndex = start;
  if (!SECRET.test(text) || SECRET.lastIndex > to) return false;
  found.start = start;
  found.end = SECRET.lastIndex;
  return true;
}
