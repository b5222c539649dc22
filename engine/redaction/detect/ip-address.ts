import { isIPv6 } from 'node:net';
import type { Found } from '../redaction-rule.ts';
import { isAlphanumeric } from './ascii.ts';

const BYTE = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)';
/** Four bytes; not a version (v1.2.3.4), an object identifier or part of a longer row. */
const IPV4 = new RegExp(`${BYTE}(?:\\.${BYTE}){3}(?![\\w.-]*\\d)`, 'y');
const IPV6 = /[0-9A-Fa-f:]{2,39}(?:\.\d{1,3}){0,3}/y;

/** Called at the first dot between digits: grows to the left. Loopback and 0.0.0.0 are nobody's. */
export function findIpv4(text: string, at: number, _end: number, from: number, to: number, found: Found): boolean {
  let start = at;
  while (start > from && at - start < 4 && text.charCodeAt(start - 1) >= 48 && text.charCodeAt(start - 1) <= 57)
    start--;
  const before = start > from ? text.charCodeAt(start - 1) : 32;
  if (isAlphanumeric(before) || before === 46 || before === 45 || before === 95) return false;
  IPV4.lastIndex = start;
  if (!IPV4.test(text) || IPV4.lastIndex > to) return false;
  const address = text.slice(start, IPV4.lastIndex);
  if (address.startsWith('127.') || address === '0.0.0.0' || address === '255.255.255.255') return false;
  found.start = start;
  found.end = IPV4.lastIndex;
  found.resume = IPV4.lastIndex;
  return true;
}

/** Called at `::` or at `:` after four hex digits; judged by the platform's parser. */
export function findIpv6(text: string, at: number, _end: number, from: number, to: number, found: Found): boolean {
  let start = at;
  while (start > from && at - start < 40 && /[0-9A-Fa-f:]/.test(text[start - 1]!)) start--;
  found.resume = at + 1;
  if (start > from && isAlphanumeric(text.charCodeAt(start - 1))) return false;
  IPV6.lastIndex = start;
  if (!IPV6.test(text) || IPV6.lastIndex > to) return false;
  const address = text.slice(start, IPV6.lastIndex);
  found.resume = IPV6.lastIndex;
  if (
    address.length < 6 ||
    !isIPv6(address) ||
    (IPV6.lastIndex < to && isAlphanumeric(text.charCodeAt(IPV6.lastIndex)))
  ) {
    return false;
  }
  found.start = start;
  found.end = IPV6.lastIndex;
  return true;
}
