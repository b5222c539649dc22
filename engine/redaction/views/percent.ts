import { isHexDigit } from '../detect/ascii.ts';
import type { View } from './escapes.ts';
import { resolve } from './resolve.ts';

const PERCENT = 37;

/**
 * The text with %XX resolved, UTF-8 included. Undefined when there is nothing to resolve. Double encoding (%2540) is resolved by
 * reading the view again.
 */
export function percentView(text: string): View | undefined {
  return resolve(text, '%', percentLength, decode);
}

/** Source characters of the one at `at`: 1 as it stands, 3 for a byte, 6 or 9 for a character of two or three bytes of UTF-8. */
function percentLength(text: string, at: number): number {
  const lead = byteAt(text, at);
  if (lead < 0) return 1;
  const more = lead >= 0xe0 && lead < 0xf0 ? 2 : lead >= 0xc2 && lead < 0xe0 ? 1 : 0;
  for (let index = 1; index <= more; index++) if ((byteAt(text, at + 3 * index) & 0xc0) !== 0x80) return 3;
  return 3 + 3 * more;
}

function decode(text: string, at: number, length: number): string {
  const lead = byteAt(text, at);
  if (length === 3) return String.fromCharCode(lead);
  const second = byteAt(text, at + 3) & 0x3f;
  if (length === 6) return String.fromCharCode(((lead & 0x1f) << 6) | second);
  return String.fromCharCode(((lead & 0x0f) << 12) | (second << 6) | (byteAt(text, at + 6) & 0x3f));
}

/** The byte that %XX stands for; -1 where there is none. */
function byteAt(text: string, at: number): number {
  const encoded =
    text.charCodeAt(at) === PERCENT && isHexDigit(text.charCodeAt(at + 1)) && isHexDigit(text.charCodeAt(at + 2));
  return encoded ? Number.parseInt(text.slice(at + 1, at + 3), 16) : -1;
}
