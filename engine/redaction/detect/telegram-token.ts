import type { Found } from '../redaction-rule.ts';
import { isDigit, isWord } from './ascii.ts';

const SECRET_PART = /:AA[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])/y;

/** Called at `:AA`; the bot's number of 8 to 10 digits stands before it, often after `/bot`. */
export function findTelegramToken(
  text: string,
  at: number,
  _end: number,
  from: number,
  to: number,
  found: Found,
): boolean {
  let start = at;
  while (start > from && at - start < 11 && isDigit(text.charCodeAt(start - 1))) start--;
  if (at - start < 8 || at - start > 10) return false;
  if (start > from && isWord(text.charCodeAt(start - 1)) && text.slice(Math.max(from, start - 3), start) !== 'bot')
    return false;
  SECRET_PART.lastIndex = at;
  if (!SECRET_PART.test(text) || SECRET_PART.lastIndex > to) return false;
  found.start = start;
  found.end = SECRET_PART.lastIndex;
  return true;
}
