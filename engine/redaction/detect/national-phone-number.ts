import type { Found } from '../redaction-rule.ts';
import { isDigit } from './ascii.ts';
import { opensPhoneNumber } from './international-phone-number.ts';

// With an area code: (415) 555-0123, 415-555-0123, 415.555.0123. With a trunk 0: (030) 1234567, 06 12 34 56 78, 0171/2345678,
// 020 7946 0958.
const FORMS = [
  /\([2-9]\d\d\)[ -]?\d{3}[ .-]\d{4}(?![\w-])/y,
  /[1-9]\d\d([.-])\d{3}\1\d{4}(?![\w-]|\.\d)/y,
  /\(0\d{1,4}\) ?\d{2,8}(?:[ -]\d{2,8}){0,3}(?![\w-])/y,
  // five digits and four are a US postal code
  /(?!\d{5}-\d{4}\b)0[1-9]\d{1,3}[ /-]\d{3,8}(?:[ -]\d{2,6}){0,2}(?![\w-]| \d)/y,
];
/** Blanks only (a log line has 200 512 1024) or nothing between the digits: taken after a word such as "phone". */
const BARE_FORM = /\d{3} \d{3} \d{4}(?![\w-])|\d{7,12}(?![\w-]|\.\d)/y;
const PHONE_WORD =
  /\b(?:phone|telephone|mobile|cell|tel|fax|whatsapp|call|dial|sms|text|telefon|handy)(?: ?(?:phone|number|no|nr)\.?)?(?: (?:me|us|him|her|them))?(?: (?:at|on|is|under))?["']?[ :=#.]{0,3}["']?$/i;
const WORD_REACH = 36;
/** 06 12 34 56 78. A hex dump has pairs too, before or after these five. */
const PAIRS = /0[1-9](?:[ .]\d\d){4}(?![\w-]|[ .][0-9a-fA-F]{2}(?![A-Za-z0-9]))/y;
const PAIR_BEFORE = /(?:^|[^A-Za-z0-9])[0-9a-fA-F]{2}[ .]$/;
const BRACKET = 40;

/** Called at the first digits of a run. */
export function findNationalPhoneNumber(
  text: string,
  at: number,
  _end: number,
  from: number,
  to: number,
  found: Found,
): boolean {
  const bracketed = at > from && text.charCodeAt(at - 1) === BRACKET;
  const start = bracketed ? at - 1 : at;
  const prefix = trunkPrefix(text, start, from);
  if (prefix < 0) return false;
  if (matchEnd(PAIRS, text, at, to) > 0) {
    return !PAIR_BEFORE.test(text.slice(Math.max(from, at - 4), at)) && report(found, at, PAIRS.lastIndex);
  }
  let end = endOfForm(text, start, to);
  if (end === 0 && bracketed) {
    end = endOfForm(text, at, to);
    if (end !== 0) return report(found, at, end);
  }
  if (end === 0) {
    if (matchEnd(BARE_FORM, text, at, to) === 0) return false;
    if (!PHONE_WORD.test(text.slice(Math.max(from, start - WORD_REACH), start))) return false;
    return report(found, at, BARE_FORM.lastIndex);
  }
  return report(found, start - prefix, end);
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

function endOfForm(text: string, start: number, to: number): number {
  for (const form of FORMS) {
    const end = matchEnd(form, text, start, to);
    if (end > 0 && hasPhoneLength(text, start, end)) return end;
  }
  return 0;
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
