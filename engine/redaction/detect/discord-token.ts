import type { Found } from '../redaction-rule.ts';

/**
 * A bot's token is base64 of its user id (decimal digits, so the first letters are M, N or O with few that can follow), a time
 * and a signature, with full stops between; a user's with two factors begins with `mfa.`.
 */
const TOKEN =
  /(?:[MNO][DTjz][A-Za-z0-9_-]{22,26}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40}|mfa\.[A-Za-z0-9_-]{84})(?![A-Za-z0-9_.-])/y;

export function findDiscordToken(
  text: string,
  at: number,
  _end: number,
  _from: number,
  to: number,
  found: Found,
): boolean {
  TOKEN.lastIndex = at;
  if (!TOKEN.test(text) || TOKEN.lastIndex > to) return false;
  found.start = at;
  found.end = TOKEN.lastIndex;
  return true;
}
