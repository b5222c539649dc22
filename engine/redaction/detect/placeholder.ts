const counts = new Uint16Array(256);

/**
 * Bits of information a character, from the frequencies of the characters (those beyond Latin-1 by their low byte). 0 for ''.
 * Looks at 4,096 characters at most.
 */
export function shannonEntropy(value: string): number {
  const length = Math.min(value.length, 4096);
  if (length === 0) return 0;
  for (let index = 0; index < length; index++) counts[value.charCodeAt(index) & 255]!++;
  let bits = 0;
  for (let index = 0; index < length; index++) {
    const at = value.charCodeAt(index) & 255;
    const count = counts[at]!;
    if (count === 0) continue;
    bits -= (count / length) * Math.log2(count / length);
    counts[at] = 0;
  }
  return bits;
}

const SAMPLE_WORDS =
  /EXAMPLE|(?:^|[^A-Za-z])(?:example|placeholder|dummy|redacted|changeme|change[-_]me|replace[-_]?me|insert|your)(?:[^A-Za-z]|$)|your[-_]|_here$|-here$/;
const ONE_CHARACTER_RUN = /(.)\1{7,512}/g;
/** Runs of the alphabet or of digits that nobody draws by lot. */
const COUNTED = /0123456789|1234567890|abcdefghij|ABCDEFGHIJ|qwertyuiop/;

/**
 * A vendor-shaped value that documentation uses: AKIAIOSFODNN7EXAMPLE, sk_live_xxxxxxxxxxxx, ghp_your_token_here. Narrow on
 * purpose: whatever is not recognised here is redacted.
 */
export function isSample(value: string): boolean {
  const runs = value.match(ONE_CHARACTER_RUN)?.join('').length ?? 0;
  return 2 * runs > value.length || COUNTED.test(value) || SAMPLE_WORDS.test(value);
}

const TEMPLATES = [
  /^<[^<>]{0,60}>$/,
  /^\$\{\{?[^{}]{0,80}\}\}?$/,
  /^\{\{[^{}]{0,80}\}\}$/,
  /^\$\([^()]{0,80}\)$/,
  /^%[A-Za-z_]\w{0,60}%$/,
  /^\$[A-Z_][A-Z0-9_]{0,60}$/,
  /^\[[A-Za-z _-]{1,40}\]$/,
  /^(?:process\.env|os\.environ|env|ENV|secrets|vars|config|settings|self|this)[.[][\w.[\]'"]{1,80}$/,
  /^[*•●xX.#_-]+$/,
  /^\*{2,4}[^*]{0,60}\*{2,4}$/,
  /^(.)\1{3,}$/,
  /^[\w:]{0,12}[*•●]{3,}[\w:]{0,12}$/,
];
const EMPTY_WORDS = new Set(
  (
    'null none nil undefined true false yes no on off string str text number integer int float boolean bool object array any ' +
    'unknown optional required redacted hidden masked filtered removed omitted disabled enabled default empty n/a na todo tbd secret password passwd token apikey api_key changeme change-me change_me mypassword'
  ).split(' '),
);

/** Text that stands where a secret would and says that there is none: null, `${VAR}`, <your token>, ****, string. */
export function isPlaceholder(value: string): boolean {
  if (value.length <= LONGEST_EMPTY_WORD && EMPTY_WORDS.has(value.toLowerCase())) return true;
  return (OPENS_TEMPLATE.test(value) || MASK.test(value)) && TEMPLATES.some((template) => template.test(value));
}

const LONGEST_EMPTY_WORD = Math.max(...Array.from(EMPTY_WORDS, (word) => word.length));
// One of these holds for whatever a template takes; they spare ten patterns for nearly every value.
const OPENS_TEMPLATE = /^(?:[<${%[*•●xX.#_-]|process|os\.|env|ENV|secrets|vars|config|settings|self|this|(.)\1{3})/;
const MASK = /^[\w:]{0,12}[*•●]{3}/;
