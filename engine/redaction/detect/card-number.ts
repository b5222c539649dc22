import type { Found } from '../redaction-rule.ts';
import { isDigit, isWord } from './ascii.ts';

/**
 * Payment card numbers: Luhn, an issuer's prefix with a length that issuer uses, word boundaries, and either no separators or
 * the grouping printed on cards. Luhn alone accepts one id in ten; all four together accept none in the logs measured.
 * Called at the first three digits of a run of digits.
 */
export function findCardNumber(
  text: string,
  at: number,
  _end: number,
  from: number,
  to: number,
  found: Found,
): boolean {
  if (at > from && !opensNumber(text.charCodeAt(at - 1))) return false;
  const end = endOfCard(text, at, to);
  if (end === 0) return false;
  const digits = text.slice(at, end).replace(/\D/g, '');
  if (!isIssued(digits) || !passesLuhn(digits)) return false;
  found.start = at;
  found.end = end;
  return true;
}

const GROUPINGS = [
  [4, 4, 4, 4],
  [4, 4, 4, 4, 3],
  [4, 6, 5],
  [4, 6, 4],
];

/** End of a run of 14 to 19 digits, or of digit groups as on a card; 0 when there is neither. */
function endOfCard(text: string, at: number, to: number): number {
  const first = endOfDigits(text, at, to);
  const length = first - at;
  if (length >= 14) return length <= 19 && closesNumber(text, first, to) ? first : 0;
  if (length !== 4 || first >= to || !isSeparator(text.charCodeAt(first))) return 0;
  const separator = text.charCodeAt(first);
  const groups = [4];
  let end = first;
  while (groups.length < 6 && end < to && text.charCodeAt(end) === separator) {
    const next = endOfDigits(text, end + 1, to);
    if (next === end + 1) break;
    groups.push(next - end - 1);
    end = next;
  }
  const known = GROUPINGS.some(
    (sizes) => sizes.length === groups.length && sizes.every((size, i) => size === groups[i]),
  );
  return known && closesNumber(text, end, to) ? end : 0;
}

function endOfDigits(text: string, at: number, to: number): number {
  const limit = Math.min(to, at + 20);
  let end = at;
  while (end < limit && isDigit(text.charCodeAt(end))) end++;
  return end;
}

/** Space, hyphen, no-break space. */
function isSeparator(code: number): boolean {
  return code === 32 || code === 45 || code === 0xa0;
}

/** A number does not begin inside a word, a decimal, an id with hyphens or a URL escape. */
function opensNumber(before: number): boolean {
  return !isWord(before) && before !== 46 && before !== 45 && before !== 43 && before !== 37 && before !== 36;
}

function closesNumber(text: string, end: number, to: number): boolean {
  if (end >= to) return true;
  const after = text.charCodeAt(end);
  if (isWord(after)) return false;
  return !((after === 46 || after === 45) && end + 1 < to && isWord(text.charCodeAt(end + 1)));
}

/** Prefixes (as numbers of `digits` leading digits) and lengths: the issuers' published ranges. */
const ISSUERS: readonly { digits: number; low: number; high: number; lengths: readonly number[] }[] = [
  { digits: 1, low: 4, high: 4, lengths: [16, 19] },
  { digits: 2, low: 51, high: 55, lengths: [16] },
  { digits: 4, low: 2200, high: 2204, lengths: [16] },
  { digits: 4, low: 2221, high: 2720, lengths: [16] },
  { digits: 2, low: 34, high: 34, lengths: [15] },
  { digits: 2, low: 37, high: 37, lengths: [15] },
  { digits: 3, low: 300, high: 305, lengths: [14] },
  { digits: 2, low: 36, high: 36, lengths: [14] },
  { digits: 2, low: 38, high: 39, lengths: [14] },
  { digits: 4, low: 3528, high: 3589, lengths: [16] },
  { digits: 4, low: 6011, high: 6011, lengths: [16] },
  { digits: 3, low: 644, high: 659, lengths: [16] },
  { digits: 2, low: 62, high: 62, lengths: [16, 17, 18, 19] },
  { digits: 2, low: 50, high: 50, lengths: [16] },
  { digits: 2, low: 56, high: 58, lengths: [16] },
  { digits: 2, low: 60, high: 60, lengths: [16] },
  { digits: 2, low: 67, high: 67, lengths: [16] },
];

function isIssued(digits: string): boolean {
  return ISSUERS.some(({ digits: width, low, high, lengths }) => {
    const prefix = Number(digits.slice(0, width));
    return prefix >= low && prefix <= high && lengths.includes(digits.length);
  });
}

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = digits.length - 1, double = false; index >= 0; index--, double = !double) {
    const digit = digits.charCodeAt(index) - 48;
    sum += double ? (digit > 4 ? digit * 2 - 9 : digit * 2) : digit;
  }
  return sum % 10 === 0;
}
