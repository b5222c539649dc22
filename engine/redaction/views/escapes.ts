import { isHexDigit } from '../detect/ascii.ts';

/** A text read in another way, and the way back: which range of the source a range of the reading came from. */
export interface View {
  readonly text: string;
  sourceOffset(offset: number): number;
  /** Where a range that ends at `offset` ended, if that is not where the next character begins. */
  sourceEnd?(offset: number): number;
}

const BACKSLASH = 92;
const SIMPLE: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  "'": "'",
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
};

/** The text with JSON's escapes resolved, and \\x40 of many languages; what is no escape stays as it is. Undefined when there is nothing to resolve. */
export function unescapeView(text: string): View | undefined {
  let result = '';
  let copied = 0;
  for (let at = text.indexOf('\\'); at >= 0; ) {
    const length = escapeLength(text, at);
    if (length > 1) {
      result += text.slice(copied, at);
      result +=
        length === 2
          ? SIMPLE[text[at + 1]!]!
          : String.fromCharCode(Number.parseInt(text.slice(at + 2, at + length), 16));
      copied = at + length;
    }
    at = text.indexOf('\\', at + length);
  }
  if (copied === 0) return undefined;
  result += text.slice(copied);
  return viewOf(result, text, escapeLength);
}

/** Source characters that make up the one at `at`: 1, 2 (\n), 4 (\x40) or 6 (\u0040). */
function escapeLength(text: string, at: number): number {
  if (text.charCodeAt(at) !== BACKSLASH || at + 1 >= text.length) return 1;
  const next = text[at + 1]!;
  if (next !== 'u' && next !== 'x') return SIMPLE[next] === undefined ? 1 : 2;
  const length = next === 'u' ? 6 : 4;
  if (at + length > text.length) return 1;
  for (let index = at + 2; index < at + length; index++) if (!isHexDigit(text.charCodeAt(index))) return 1;
  return length;
}

/** The same reading made elsewhere, by the platform's parser. */
export function unescapedBy(decoded: string, source: string): View {
  return viewOf(decoded, source, escapeLength);
}

/**
 * A reading in which each character takes as many characters of the source as `lengthAt` says. The way back is worked out once,
 * when a hit asks for it.
 */
export function viewOf(text: string, source: string, lengthAt: (source: string, at: number) => number): View {
  let offsets: Uint32Array | undefined;
  return {
    text,
    sourceOffset(offset) {
      offsets ??= mapOffsets(text.length, source, lengthAt);
      return offsets[Math.min(offset, text.length)]!;
    },
  };
}

function mapOffsets(length: number, source: string, lengthAt: (source: string, at: number) => number): Uint32Array {
  const offsets = new Uint32Array(length + 1);
  let at = 0;
  for (let index = 0; index < length; index++) {
    offsets[index] = at;
    at += lengthAt(source, at);
  }
  offsets[length] = source.length;
  return offsets;
}
