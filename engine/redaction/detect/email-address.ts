import type { Found } from '../redaction-rule.ts';
import { isAlphanumeric } from './ascii.ts';

/** RFC 5321 limits. */
const MAX_LOCAL = 64;
const MAX_DOMAIN = 255;

/** `icon@2x.png`, `lodash@4.17.21.tgz`, `getty@tty1.service`: what follows a version, a scale or an instance is a file or unit. */
const FILE_ENDINGS = new Set(
  'png jpg jpeg gif svg webp ico pdf js mjs cjs ts tsx jsx css scss map json html htm xml yaml yml md txt tgz gz zip tar whl jar so dll exe service socket target timer mount slice scope'.split(
    ' ',
  ),
);
const URL_PASSWORD = /:\/\/[^\s/:"'<>]{0,128}:[^\s/"'<>]{0,128}$/;
const URL_REACH = 260;
const DOMAIN =
  /(?:[A-Za-z0-9\u00a1-\uffff](?:[A-Za-z0-9\u00a1-\uffff-]{0,62})\.){1,8}(?:[A-Za-z\u00a1-\uffff]{2,24}|xn--[A-Za-z0-9-]{2,59})/y;

/** Called at `@`. Grows the local part to the left, letters of Latin, Greek and Cyrillic script included. */
export function findEmailAddress(
  text: string,
  at: number,
  end: number,
  from: number,
  to: number,
  found: Found,
): boolean {
  let start = at;
  const limit = Math.max(from, at - MAX_LOCAL);
  while (start > limit && isLocalPart(text.charCodeAt(start - 1))) start--;
  while (start < at && !isLocalEdge(text.charCodeAt(start))) start++;
  if (start === at) return false;
  DOMAIN.lastIndex = end;
  if (!DOMAIN.test(text)) return false;
  const domainEnd = DOMAIN.lastIndex;
  if (domainEnd > to || domainEnd - end > MAX_DOMAIN) return false;
  if (isCodeNotMail(text, start, at, end, domainEnd, from)) return false;
  found.start = start;
  found.end = domainEnd;
  return true;
}

function isCodeNotMail(text: string, start: number, at: number, end: number, domainEnd: number, from: number): boolean {
  const after = text.charCodeAt(domainEnd);
  // git@github.com:org/repo names a host, not a person
  if (text.slice(start, at) === 'git' && (after === 58 || after === 47)) return true;
  // the @ after user:password in a URL
  if (URL_PASSWORD.test(text.slice(Math.max(from, start - URL_REACH), start))) return true;
  const domain = text.slice(end, domainEnd);
  const ending = domain.slice(domain.lastIndexOf('.') + 1).toLowerCase();
  if (!FILE_ENDINGS.has(ending)) return false;
  const label = domain.slice(0, domain.indexOf('.'));
  return /^v?\d/.test(label) || /\d$/.test(label) || domain.indexOf('.') === domain.lastIndexOf('.');
}

/** RFC 5322 atext without the characters that delimit text around an address ({ | } ~ ` ^ $ & ! = ? / # *). */
function isLocalPart(code: number): boolean {
  return isLocalEdge(code) || code === 46 || code === 45 || code === 39;
}

function isLocalEdge(code: number): boolean {
  return (
    isAlphanumeric(code) ||
    code === 95 ||
    code === 43 ||
    code === 37 ||
    (code >= 0xc0 && code <= 0x52f && code !== 0xd7 && code !== 0xf7)
  );
}
