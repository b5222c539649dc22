const MOST_CHARACTERS = 400;
/** Longest text that a pattern may take. */
const MOST_TAKEN = 1024;
/** A repetition that is not of a fixed number, at most this often; there may be two. */
const MOST_REPEATED = 128;
const MOST_VARIABLE = 2;

const ATOM = /\\[dwsDWS.\-+*?()[\]{}|^$/\\]|\[\^?(?:\\[dwsDWS.\-\]\\^[/]|[^\]\\[])+\]|[^\\.*+?()[\]{}|^$]/y;
const REPEAT = /\{(\d{1,4})(?:,(\d{1,4}))?\}|\?/y;

/**
 * What keeps a pattern from being surely linear, in one line; undefined when nothing does. Allowed are characters, classes, \d \w \s,
 * `{n}`, `{n,m}` and `?` after one of these, and `(?:a|b)` without repetition, not nested: no star, no plus, no look-around, no
 * reference, nothing that a few thousand steps from a keyword on do not decide.
 */
export function checkLinear(pattern: string): string | undefined {
  if (pattern === '' || pattern.length > MOST_CHARACTERS) return `a pattern has 1 to ${MOST_CHARACTERS} characters`;
  let taken = 0;
  let variable = 0;
  let inGroup = false;
  for (let at = 0; at < pattern.length; ) {
    if (!inGroup && pattern.startsWith('(?:', at)) {
      inGroup = true;
      at += 3;
      continue;
    }
    if (inGroup && pattern[at] === '|') {
      at++;
      continue;
    }
    if (inGroup && pattern[at] === ')') {
      inGroup = false;
      at++;
      continue;
    }
    ATOM.lastIndex = at;
    if (!ATOM.test(pattern)) return `character ${at + 1} of the pattern is not allowed there`;
    at = ATOM.lastIndex;
    REPEAT.lastIndex = at;
    const repeat = REPEAT.exec(pattern);
    if (repeat === null) {
      taken++;
      continue;
    }
    at = REPEAT.lastIndex;
    const least = repeat[1] === undefined ? 0 : Number(repeat[1]);
    const most = repeat[1] === undefined ? 1 : Number(repeat[2] ?? repeat[1]);
    if (most < least) return 'a repetition ends below where it begins';
    if (most > least) {
      variable++;
      if (most - least > MOST_REPEATED) return `a repetition varies by ${MOST_REPEATED} at most`;
    }
    taken += most;
  }
  if (inGroup) return 'a group is not closed';
  if (variable > MOST_VARIABLE) return `there are more than ${MOST_VARIABLE} repetitions of a varying number`;
  return taken > MOST_TAKEN ? `it takes more than ${MOST_TAKEN} characters` : undefined;
}
