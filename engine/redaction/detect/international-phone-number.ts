import type { Found } from '../redaction-rule.ts';
import { isDigit, isWord } from './ascii.ts';

/** Country calling codes in use (ITU-T E.164 assigned codes); a `+` before anything else is arithmetic or a diff. */
const CALLING_CODES = new Set(
  (
    '1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 ' +
    '94 95 98 211 212 213 216 218 220 221 222 223 224 225 226 227 228 229 230 231 232 233 234 235 236 237 238 239 240 241 242 243 ' +
    '244 245 246 248 249 250 251 252 253 254 255 256 257 258 260 261 262 263 264 265 266 267 268 269 290 291 297 298 299 350 351 ' +
    '352 353 354 355 356 357 358 359 370 371 372 373 374 375 376 377 378 380 381 382 383 385 386 387 389 420 421 423 500 501 502 ' +
    '503 504 505 506 507 508 509 590 591 592 593 594 595 596 597 598 599 670 672 673 674 675 676 677 678 679 680 681 682 683 685 ' +
    '686 687 688 689 690 691 692 850 852 853 855 856 880 886 960 961 962 963 964 965 966 967 968 970 971 972 973 974 975 976 977 ' +
    '992 993 994 995 996 998'
  ).split(' '),
);
const PLUS = 43;
const MIN_DIGITS = 8;
/** Written without any separator, fewer than this is a number rather than a telephone number. */
const MIN_DIGITS_TOGETHER = 9;

/**
 * Called at `+` and a digit, or at a run of digits that may begin with 00: +49 (0)89 1234-567, +14155550123,
 * 0033 6 12 34 56 78. The 00 form needs separators.
 */
export function findInternationalPhoneNumber(
  text: string,
  at: number,
  _end: number,
  from: number,
  to: number,
  found: Found,
): boolean {
  const plus = text.charCodeAt(at) === PLUS;
  if (!plus && !(text.charCodeAt(at) === 48 && text.charCodeAt(at + 1) === 48)) return false;
  if (at > from && !opensPhoneNumber(text.charCodeAt(at - 1))) return false;
  const start = plus ? at + 1 : at + 2;
  const end = endOfNumber(text, start, to);
  const number = text.slice(start, end).replace(/\D/g, '');
  if (number.length < MIN_DIGITS || !hasCallingCode(number)) return false;
  const together = number.length === end - start;
  if (together && (!plus || number.length < MIN_DIGITS_TOGETHER)) return false;
  found.start = at;
  found.end = end;
  return true;
}

function hasCallingCode(number: string): boolean {
  return [1, 2, 3].some((width) => CALLING_CODES.has(number.slice(0, width)));
}

/** Groups of digits with at most two separators between them, as many groups as a telephone number can have digits for. */
function endOfNumber(text: string, start: number, to: number): number {
  const maxDigits = text.charCodeAt(start) === 49 ? 11 : 15;
  let end = start;
  let digits = 0;
  let dots = 0;
  for (let index = start; index < to; ) {
    let groupEnd = index;
    while (groupEnd < to && isDigit(text.charCodeAt(groupEnd))) groupEnd++;
    digits += groupEnd - index;
    if (groupEnd === index || digits > maxDigits) break;
    if (groupEnd < to && isWord(text.charCodeAt(groupEnd))) break;
    end = groupEnd;
    index = groupEnd;
    while (index < groupEnd + 3 && index < to && isPhoneSeparator(text.charCodeAt(index))) {
      if (text.charCodeAt(index) === 46 && isDigit(text.charCodeAt(index + 1))) dots++;
      index++;
    }
  }
  // one full stop is a decimal point
  return dots === 1 ? start : end;
}

/** Blank, no-break space, hyphen, full stop, slash, brackets. */
function isPhoneSeparator(code: number): boolean {
  return code === 32 || code === 0xa0 || code === 45 || code === 46 || code === 47 || code === 40 || code === 41;
}

/** Not within a word, a decimal, an id, an expression or a URL escape: no `+ - . ) ] % $` before it. */
export function opensPhoneNumber(before: number): boolean {
  return (
    !isWord(before) &&
    before !== 43 &&
    before !== 45 &&
    before !== 46 &&
    before !== 41 &&
    before !== 93 &&
    before !== 37 &&
    before !== 36
  );
}
