import type { Found } from '../redaction-rule.ts';

/** `ddd-dd-dddd` in the ranges the US has issued; dashes are required, nine bare digits are an id more often. */
const NUMBER = /(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])/y;
const WORD_OR_DASH = /[\w.+/-]/;

export function findSocialSecurityNumber(
  text: string,
  at: number,
  _end: number,
  from: number,
  _to: number,
  found: Found,
): boolean {
  if (text.charCodeAt(at + 3) !== 45 || text.charCodeAt(at + 6) !== 45) return false;
  if (at > from && WORD_OR_DASH.test(text[at - 1]!)) return false;
  NUMBER.lastIndex = at;
  if (!NUMBER.test(text)) return false;
  found.start = at;
  found.end = at + 11;
  return true;
}
