import { type View, viewOf } from './escapes.ts';

/**
 * The text with each sequence that begins with `mark` replaced by the character it stands for. `lengthAt` says how many characters
 * of the source make up the one at a place (1: as it stands), `decode` what they stand for. Undefined when there is none.
 */
export function resolve(
  text: string,
  mark: string,
  lengthAt: (text: string, at: number) => number,
  decode: (text: string, at: number, length: number) => string,
): View | undefined {
  let result = '';
  let copied = 0;
  for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, Math.max(at + 1, copied))) {
    const length = lengthAt(text, at);
    if (length === 1) continue;
    result += text.slice(copied, at) + decode(text, at, length);
    copied = at + length;
  }
  if (copied === 0) return undefined;
  return viewOf(result + text.slice(copied), text, lengthAt);
}
