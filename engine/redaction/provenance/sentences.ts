/** Longest stretch that is read as one sentence. */
const MAX_SENTENCE = 1_200;

/** A sentence as a range of its text. `opens`: it begins a paragraph, list item or field, so the one before it is no context of it. */
export type SentenceVisitor = (start: number, end: number, opens: boolean) => void;

/**
 * Parts prose that may be wrapped in YAML, JSON, Markdown or HTML into sentences: at full stops, blank lines, list items, `key:` lines
 * and tags. A single line end inside a paragraph is a blank; `\n` written as two characters (text inside of quoted text) is a line end.
 * One pass.
 */
export function eachSentence(text: string, visit: SentenceVisitor): void {
  let start = 0;
  let opens = true;
  const close = (end: number, next: number, breaks: boolean): void => {
    if (end > start) visit(start, Math.min(end, start + MAX_SENTENCE), opens);
    start = next;
    if (end > start || breaks) opens = breaks;
    else opens = false;
  };
  const length = text.length;
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index);
    if (code > 63 && code !== 92) continue;
    if (code === 46 || code === 33 || code === 63) {
      if (endsSentence(text, index)) close(index + 1, index + 1, false);
    } else if (code === 10 || (code === 92 && text.charCodeAt(index + 1) === 110)) {
      const line = code === 10 ? index + 1 : index + 2;
      const next = startsBlock(text, line);
      if (next > 0) {
        close(index, line, true);
        index = line - 1;
      } else if (code === 92) index++;
    } else if (code === 60 || code === 62) close(index, index + 1, true);
  }
  close(length, length, false);
}

/** A full stop before a blank, a quote or the end; not the one of `1.` or of an initial. */
function endsSentence(text: string, at: number): boolean {
  const next = text.charCodeAt(at + 1);
  if (!(Number.isNaN(next) || next <= 32 || next === 34 || next === 39 || next === 92 || next === 41 || next === 60))
    return false;
  if (goesOn(text, at + 1)) return false;
  if (text.charCodeAt(at) !== 46) return true;
  const before = text.charCodeAt(at - 1);
  const earlier = text.charCodeAt(at - 2);
  const afterBlank = Number.isNaN(earlier) || earlier <= 32 || earlier === 45;
  return !(afterBlank && ((before >= 48 && before <= 57) || (before >= 65 && before <= 90)));
}

/** A small letter next, closing quotes apart: the mark belonged to something quoted (titled 'Done!' by noon) or to an abbreviation. */
function goesOn(text: string, from: number): boolean {
  let index = from;
  while (index < from + 8 && isBetween(text.charCodeAt(index))) index++;
  const code = text.charCodeAt(index);
  return code >= 97 && code <= 122;
}

function isBetween(code: number): boolean {
  return code === 32 || code === 34 || code === 39 || code === 41 || code === 10;
}

const FIELD = /[ \t]*(?:[-*\u2022#|>]|\d{1,2}[.)]|[\w .-]{1,40}:(?=\s|$))/uy;

/** Is the line that begins at `line` blank, a list item or a field? Positive when it is. */
function startsBlock(text: string, line: number): number {
  let index = line;
  while (index < text.length && (text.charCodeAt(index) === 32 || text.charCodeAt(index) === 9)) index++;
  const code = text.charCodeAt(index);
  if (Number.isNaN(code) || code === 10 || code === 13 || (code === 92 && text.charCodeAt(index + 1) === 110)) return 1;
  FIELD.lastIndex = line;
  return FIELD.test(text) ? 1 : 0;
}
