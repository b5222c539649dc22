const WORDS_ONLY = /^[A-Za-z0-9_$.:/-]+$/;
const WORD = /[A-Z]?[a-z]{2,24}|[A-Z]{2,24}(?![a-z])/g;
/** One word in capitals: whether one can say it tells nothing. */
const CAPITALS = /^[A-Z0-9]+$/;
const VOWEL = /[aeiouy]/i;
/** More consonants in a row than words have; `y` counts as a vowel. */
const CONSONANTS = /[bcdfghjklmnpqrstvwxz]{5}/i;
const MOST_NUMBERS = 2;

/** A name as code has it (`testEd25519PrivateKey`, `variable-2`, `us-east-1`): words one can say, few numbers. */
export function isIdentifier(value: string): boolean {
  if (!WORDS_ONLY.test(value) || CAPITALS.test(value)) return false;
  const numbers = value.match(/\d{1,64}/g) ?? [];
  if (numbers.length > MOST_NUMBERS) return false;
  const shortest = /[_.-]/.test(value) ? 3 : 4;
  let said = 0;
  for (const [word] of value.matchAll(WORD)) {
    if (word.length >= shortest && VOWEL.test(word) && !CONSONANTS.test(word)) said += word.length;
  }
  const digits = numbers.reduce((sum, number) => sum + number.length, 0);
  const marks = value.replace(/[A-Za-z0-9]/g, '').length;
  return said >= 0.6 * (value.length - digits - marks);
}

const LETTERS = /^[A-Za-z]{16,128}$/;
const CAMEL_WORD = /[A-Z]?[a-z]{1,128}|[A-Z]{1,128}(?![a-z])/g;

/** Letters of both cases that make no words: a key that happens to hold no digit. */
export function isScrambled(value: string): boolean {
  if (!LETTERS.test(value) || !/[a-z]/.test(value) || !/[A-Z]/.test(value)) return false;
  let said = 0;
  for (const [word] of value.matchAll(CAMEL_WORD)) {
    if (word.length >= 3 && VOWEL.test(word) && !CONSONANTS.test(word)) said += word.length;
  }
  return said < 0.5 * value.length;
}
