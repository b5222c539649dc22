/** A generator of pseudo-random numbers in [0, 1) that a test can repeat (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const UPPER = LOWER.toUpperCase();
const DIGITS = '0123456789';
const CHARSETS: Readonly<Record<string, string>> = {
  hex: `${DIGITS}abcdef`,
  d: DIGITS,
  d9: '123456789',
  b62: UPPER + LOWER + DIGITS,
  b64: `${UPPER}${LOWER}${DIGITS}+/`,
  url: `${UPPER}${LOWER}${DIGITS}-_`,
  A27: `${UPPER}234567`,
  AZ09: UPPER + DIGITS,
  az09: LOWER + DIGITS,
  HEX: `${DIGITS}ABCDEF`,
  letters: UPPER + LOWER,
  capitals: UPPER,
  azad: `${UPPER}${LOWER}${DIGITS}_.~-`,
  bech: 'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L',
};

export interface Example {
  readonly text: string;
  /** The secret's range in the text. */
  readonly start: number;
  readonly end: number;
}

/**
 * Fills a template of the rule table: `{hex:32}` is 32 random characters of a set, `{dc:n}` what a Discord token has after its
 * first two, «» marks the secret (the whole text when there is no mark).
 */
export function expandExample(template: string, random: () => number): Example {
  const filled = template.replace(/\{([A-Za-z]\w*):(\d+)\}/g, (whole, name: string, count: string) => {
    if (name === 'dc') return fill('AEIMQUYcgk', 1, random) + fill(CHARSETS['url']!, Number(count) - 1, random);
    const charset = CHARSETS[name];
    return charset === undefined ? whole : fill(charset, Number(count), random);
  });
  const start = filled.indexOf('«');
  if (start < 0) return { text: filled, start: 0, end: filled.length };
  const end = filled.indexOf('»') - 1;
  return { text: filled.replace(/[«»]/g, ''), start, end };
}

function fill(charset: string, count: number, random: () => number): string {
  let text = '';
  for (let index = 0; index < count; index++) text += charset[Math.floor(random() * charset.length)];
  return text;
}
