import { isDigit, isSpace } from '../detect/ascii.ts';

/** What a walk over JSON text reports, as ranges of the text: nothing is copied, so offsets stay those of the text. */
export interface JsonVisitor {
  /** An object or array begins; `path` includes it. */
  open(path: JsonPath): void;
  /** The characters between the quotes of a key. */
  key(start: number, end: number, escaped: boolean, path: JsonPath): void;
  /** The characters between the quotes of a string that is no key. */
  string(start: number, end: number, escaped: boolean, path: JsonPath): void;
  number(start: number, end: number, path: JsonPath): void;
}

/** Where the walk stands: for each open container the range of the current key (in an object) or the index (in an array). */
export interface JsonPath {
  depth: number;
  /** Per level: start of the key's characters, or -1 in an array. */
  readonly keyStart: number[];
  readonly keyEnd: number[];
  readonly index: number[];
}

const MAX_JSON_DEPTH = 64;

/** Could the text be a JSON object or array? Looks at its first character that is no blank. */
export function opensJson(text: string): boolean {
  let index = 0;
  while (index < text.length && isSpace(text.charCodeAt(index))) index++;
  const code = text.charCodeAt(index);
  return code === 123 || code === 91;
}

const QUOTE = 34;
const BACKSLASH = 92;

/**
 * Walks a JSON object or array. Returns true when the whole text is one well-formed value; false as soon as it is not (cut off,
 * deeper than MAX_JSON_DEPTH, something after it): what was reported until then stands. Control characters and unknown escapes
 * within strings are let through. One pass, no recursion.
 */
export function walkJson(text: string, visitor: JsonVisitor): boolean {
  const path: JsonPath = { depth: 0, keyStart: [], keyEnd: [], index: [] };
  const to = text.length;
  let backslash = nextBackslash(text, 0);
  let index = 0;
  let expectsKey = false;
  let afterValue = false;
  while (index < to) {
    const code = text.charCodeAt(index);
    if (isSpace(code)) {
      index++;
      continue;
    }
    if (afterValue) {
      if (path.depth === 0) return false;
      const level = path.depth - 1;
      const inArray = path.keyStart[level] === -1;
      if (code === 44) {
        if (inArray) path.index[level]!++;
        else expectsKey = true;
        afterValue = false;
      } else if (code === (inArray ? 93 : 125)) path.depth--;
      else return false;
      index++;
      continue;
    }
    if (code === QUOTE) {
      const start = index + 1;
      let end = start;
      for (;;) {
        end = text.indexOf('"', end);
        if (end < 0) return false;
        if (backslash < start) backslash = nextBackslash(text, start);
        if (backslash > end || !isEscaped(text, start, end)) break;
        end++;
      }
      const escaped = backslash < end;
      index = end + 1;
      if (!expectsKey) {
        if (path.depth === 0) return false;
        visitor.string(start, end, escaped, path);
        afterValue = true;
        continue;
      }
      path.keyStart[path.depth - 1] = start;
      path.keyEnd[path.depth - 1] = end;
      visitor.key(start, end, escaped, path);
      while (index < to && isSpace(text.charCodeAt(index))) index++;
      if (text.charCodeAt(index) !== 58) return false;
      index++;
      expectsKey = false;
      continue;
    }
    if (expectsKey) {
      if (code !== 125 || path.keyStart[path.depth - 1] !== 0) return false;
      // an empty object
      path.depth--;
      expectsKey = false;
      afterValue = true;
      index++;
      continue;
    }
    if (code === 123 || code === 91) {
      if (path.depth === MAX_JSON_DEPTH) return false;
      path.keyStart[path.depth] = code === 123 ? 0 : -1;
      path.keyEnd[path.depth] = 0;
      path.index[path.depth] = 0;
      path.depth++;
      visitor.open(path);
      expectsKey = code === 123;
      index++;
      continue;
    }
    if (code === 93 && path.depth > 0 && path.keyStart[path.depth - 1] === -1 && path.index[path.depth - 1] === 0) {
      // an empty array
      path.depth--;
      afterValue = true;
      index++;
      continue;
    }
    const end = endOfScalar(text, index, to);
    if (end === index || path.depth === 0) return false;
    if (code === 45 || isDigit(code)) visitor.number(index, end, path);
    index = end;
    afterValue = true;
  }
  return afterValue && path.depth === 0;
}

function nextBackslash(text: string, from: number): number {
  const at = text.indexOf('\\', from);
  return at < 0 ? Number.MAX_SAFE_INTEGER : at;
}

/** An odd number of backslashes before the quote. */
function isEscaped(text: string, start: number, quote: number): boolean {
  let index = quote - 1;
  while (index >= start && text.charCodeAt(index) === BACKSLASH) index--;
  return (quote - 1 - index) % 2 === 1;
}

/** End of a number, true, false or null; `at` when there is none. */
function endOfScalar(text: string, at: number, to: number): number {
  let end = at;
  while (end < to && end - at < 400 && /[-+.0-9A-Za-z]/.test(text[end]!)) end++;
  return /^(?:-?\d[\d.eE+-]*|true|false|null)$/.test(text.slice(at, end)) ? end : at;
}

/** `.messages[0].content`: the keys and indexes of the outermost `depth` levels. */
export function pathText(text: string, path: JsonPath, depth = path.depth): string {
  let result = '';
  for (let level = 0; level < depth; level++) {
    result +=
      path.keyStart[level] === -1
        ? `[${path.index[level]}]`
        : `.${text.slice(path.keyStart[level], path.keyEnd[level])}`;
  }
  return result;
}
