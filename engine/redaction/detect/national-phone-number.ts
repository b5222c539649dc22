import type { Found } from '../redaction-rule.ts';
import { isDigit } from './ascii.ts';
import { opensPhoneNumber } from './international-phone-number.ts';

/** 415-555-0123, 415.555.0123 */
const WITH_AREA = /[1-9]\d\d([.-])\d{3}\1\d{4}(?![\w-]|\.\d)/y;
/** (415) 555-0123 */
const AREA_IN_BRACKETS = /\([2-9]\d\d\)[ -]?\d{3}[ .-]\d{4}(?![\w-])/y;
/** (030) 1234567 */
const TRUNK_IN_BRACKETS = /\(0\d{1,4}\) ?\d{2,8}(?:[ -]\d{2,8}){0,3}(?![\w-])/y;
/** 030 1234567, 0171/2345678, 020 7946 0958; five digits and four are a US postal code. */
const WITH_TRUNK = /(?!\d{5}-\d{4}\b)0[1-9]\d{1,3}[ /-]\d{3,8}(?:[ -]\d{2,6}){0,2}(?![\w-]| \d)/y;
/** 06 12 34 56 78. A hex dump has pairs too, before or after these five. */
const PAIRS = /0[1-9](?:[ .]\d\d){4}(?![\w-]|[ .][0-9a-fA-F]{2}(?![A-Za-z0-9]))/y;
const PAIR_BEFORE = /(?:^|[^A-Za-z0-9])[0-9a-fA-F]{2}[ .]$/;
/** Blanks only (a log line has 200 512 1024) or nothing between the digits: taken after a word such as "phone". */
const BARE = /\d{3} \d{3} \d{4}(?![\w-])|\d{7,12}(?![\w-]|\.\d)/y;
const PHONE_WORD =
  /\b(?:phone|telephone|mobile|cell|tel|fax|whatsapp|call|dial|sms|text|telefon|handy)(?: ?(?:phone|number|no|nr)\.?)?(?: (?:me|us|him|her|them))?(?: (?:at|on|is|under))?["']?[ :=#.]{0,3}["']?$/i;
const WORD_REACH = 36;

const BRACKET = 40;
const ZERO = 48;

/** Called at the first digits of a run, or at pairs of digits. */
export function findNationalPhoneNumber(
  text: string,
  at: number,
  _end: number,
  from: number,
  to: number,
  found: Found,
): boolean {
  const bracketed = at > from && text.charCodeAt(at - 1) === BRACKET;
  if (bracketed && takeForm(text, at - 1, from, to, found, [AREA_IN_BRACKETS, TRUNK_IN_BRACKETS])) return true;
  if (text.charCodeAt(at) === ZERO) {
    if (matchEnd(PAIRS, text, at, to) > 0 && !PAIR_BEFORE.test(text.slice(Math.max(from, at - 4), at))) {
      return report(found, at, PAIRS.lastIndex);
    }
    if (takeForm(text, at, from, to, found, [WITH_TRUNK])) return true;
  }
  const third = text.charCodeAt(at + 3);
  if ((third === 45 || third === 46) && takeForm(text, at, from, to, found, [WITH_AREA])) return true;
  return (third === 32 || isDigit(text.charCodeAt(at + 6))) && takeBare(text, at, from, to, found);
}

function takeForm(
  text: string,
  start: number,
  from: number,
  to: number,
  found: Found,
  forms: readonly RegExp[],
): boolean {
  const prefix = trunkPrefix(text, start, from);
  if (prefix < 0) return false;
  for (const form of forms) {
    const end = matchEnd(form, text, start, to);
    if (end > 0 && hasPhoneLength(text, start, end)) return report(found, start - prefix, end);
  }
  return false;
}

function takeBare(text: string, at: number, from: number, to: number, found: Found): boolean {
  if (at > from && !opensPhoneNumber(text.charCodeAt(at - 1))) return false;
  const end = matchEnd(BARE, text, at, to);
  return end > 0 && PHONE_WORD.test(text.slice(Math.max(from, at - WORD_REACH), at)) && report(found, at, end);
}

function report(found: Found, start: number, end: number): true {
  found.start = start;
  found.end = end;
  return true;
}

/** Length of a `1-` before the number; 0 when a number may begin here; -1 when it may not. */
function trunkPrefix(text: string, start: number, from: number): number {
  if (start === from) return 0;
  const before = text.charCodeAt(start - 1);
  const separated = before === 45 || before === 46 || before === 32;
  if (separated && start - 2 >= from && text.charCodeAt(start - 2) === 49) {
    const open = start - 2 === from || opensPhoneNumber(text.charCodeAt(start - 3));
    if (open) return 2;
  }
  return opensPhoneNumber(before) ? 0 : -1;
}

/** Where a sticky pattern ends when it matches at `start` within [start, to); 0 otherwise. */
function matchEnd(form: RegExp, text: string, start: number, to: number): number {
  form.lastIndex = start;
  return form.test(text) && form.lastIndex <= to ? form.lastIndex : 0;
}

function hasPhoneLength(text: string, start: number, end: number): boolean {
  let digits = 0;
  for (let index = start; index < end; index++) if (isDigit(text.charCodeAt(index))) digits++;
  return digits >= 9 && digits <= 12;
}
