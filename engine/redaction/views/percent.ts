import { isHexDigit } from '../detect/ascii.ts';
import { type View, viewOf } from './escapes.ts';

const PERCENT = 37;

/**
 * The text with %XX resolved to bytes, a byte a character: secrets and addresses are ASCII. Undefined when there is nothing to
 * resolve. Double encoding (%2540) is resolved by reading the view again.
 */
export function percentView(text: string): View | undefined {
  let result = '';
  let copied = 0;
  for (let at = text.indexOf('%'); at >= 0; at = text.indexOf('%', at + 1)) {
    if (percentLength(text, at) === 1) continue;
    result += text.slice(copied, at) + String.fromCharCode(Number.parseInt(text.slice(at + 1, at + 3), 16));
    copied = at + 3;
  }
  if (copied === 0) return undefined;
  result += text.slice(copied);
  return viewOf(result, text, percentLength);
}

function percentLength(text: string, at: number): number {
  const encoded =
    text.charCodeAt(at) === PERCENT && isHexDigit(text.charCodeAt(at + 1)) && isHexDigit(text.charCodeAt(at + 2));
  return encoded ? 3 : 1;
}
