import type { Found } from '../redaction-rule.ts';
import { isSample, shannonEntropy } from './placeholder.ts';

const BEARER = /bearer[ \t]{1,4}(?=[A-Za-z0-9])/iy;
const BEARER_VALUE = /[A-Za-z0-9._~+/=-]{12,4096}/y;
const BASIC = /basic[ \t]{1,4}(?=[A-Za-z0-9])/iy;
const BASIC_VALUE = /[A-Za-z0-9+/_-]{8,1024}={0,2}/y;

/** Called at `bearer`: the token after it, when it looks generated ("bearer authentication" does not). */
export function findBearerToken(
  text: string,
  at: number,
  _end: number,
  _from: number,
  to: number,
  found: Found,
): boolean {
  if (!take(BEARER, BEARER_VALUE, text, at, to, found)) return false;
  const value = text.slice(found.start, found.end);
  if (isSample(value)) return false;
  return /\d/.test(value) ? shannonEntropy(value) >= 2.5 : value.length >= 24 && shannonEntropy(value) >= 3.5;
}

/** Called at `basic`: base64 that decodes to user:password. */
export function findBasicCredentials(
  text: string,
  at: number,
  _end: number,
  _from: number,
  to: number,
  found: Found,
): boolean {
  if (!take(BASIC, BASIC_VALUE, text, at, to, found)) return false;
  const decoded = Buffer.from(text.slice(found.start, found.end), 'base64').toString('latin1');
  return /^[\x20-\x7e\xa0-\xff]*:[\x20-\x7e\xa0-\xff]*$/.test(decoded);
}

function take(scheme: RegExp, value: RegExp, text: string, at: number, to: number, found: Found): boolean {
  scheme.lastIndex = at;
  if (!scheme.test(text)) return false;
  value.lastIndex = scheme.lastIndex;
  if (!value.test(text) || value.lastIndex > to) return false;
  found.start = scheme.lastIndex;
  found.end = value.lastIndex;
  return true;
}
