import type { Finder } from '../redaction-rule.ts';
import type { KeyFormat } from '../rules/key-format.ts';
import { isHexDigit, isUpper } from './ascii.ts';
import { isIdentifier, isScrambled } from './identifier.ts';
import { isSample, shannonEntropy } from './placeholder.ts';

/** How far after a vendor's name its key may begin. */
const REACH = 72;
const MAX_LINES = 2;
/** Nothing that a key goes on with. */
const END = '(?![A-Za-z0-9_-])';

/** What the vendor's name goes on with, and an operator: `DATADOG_API_KEY = "`, `datadog": {"key": "`, `Datadog: `. */
const ASSIGNS = /^[\w.-]{0,40}\\{0,3}["'`\])]{0,2}[ \t]{0,12}(?:=>|:=|==?|:|\||,|>|\()[ \t]{0,12}\\{0,3}["'`]{0,3}$/;
const OPENS_VALUE = /["'`=: ]/;
const HEX = /^[0-9a-fA-F-]+$/;
/** What makes of a word that is also a vendor's name that vendor's credential. */
const NAME_GOES_ON =
  /api|key|token|secret|auth|access|app[_-]?(?:key|id)|client|cred|pass|pat\b|pwd|personal|project[_-]?key/iy;
const CREDENTIAL_WORD = /key|token|secret|auth|pass|pwd|cred|bearer|api|login|access|sid\b|pat\b|dsn|sign|user|-u\b/i;
const OTHER_WORD =
  /\bsha\b|_sha|sha-?\d|md5|hash|commit|digest|etag|checksum|integrity|revision|\brev\b|version|trace|span|uuid|guid|fingerprint|image|layer|cache|tree|blob|\bref|public|build|sitekey|serial|nonce|(?:request|session|correlation|message|event|object|resource|order|run|job|device)[_ -]?id/i;

/**
 * Called where a vendor's name ends: the first value within reach that has the length and alphabet of that vendor's keys. What
 * digests and ids look like too needs an assignment or a word that says credential between the two, and none that says digest.
 */
export function vendorKeyFinder(formats: readonly KeyFormat[], isWord: boolean): Finder {
  const compiled = formats.map((format) => ({
    ...format,
    match: new RegExp(format.pattern + END, 'y'),
  }));
  const isBase64 = formats.some((format) => format.pattern.includes('+/'));
  const shortestRun = Math.min(...formats.map(firstRun));
  return (text, at, end, from, to, found) => {
    if (!isWholeName(text, at, end, from)) return false;
    if (isWord && !isCredentialWord(text, end - 1)) return false;
    const limit = Math.min(to, end + REACH);
    let index = end;
    while (index < limit && isKeyPart(text.charCodeAt(index))) index++;
    for (let lines = 0; index < limit; index++) {
      const code = text.charCodeAt(index);
      if (code === 10 && ++lines > MAX_LINES) return false;
      if (code === 37) {
        index += escapeDigits(text, index);
        continue;
      }
      if (!isKeyPart(code) && !(isBase64Mark(code) && OPENS_VALUE.test(text[index - 1]!))) continue;
      const start = index;
      index++;
      while (index < to && index - start < 2048 && isKeyPart(text.charCodeAt(index))) index++;
      if (index - start < shortestRun && !isBase64) continue;
      for (const { match, common, loose } of compiled) {
        match.lastIndex = start;
        if (!match.test(text) || match.lastIndex > to) continue;
        const value = text.slice(start, match.lastIndex);
        if (!isKey(value, loose) || !belongs(text.slice(isWord ? end - 1 : end, start), common || HEX.test(value)))
          continue;
        found.start = start;
        found.end = match.lastIndex;
        return true;
      }
    }
    return false;
  };
}

/** The name begins and ends where a word of a name does, or goes on with a word that says credential: `datadogapikey`. */
function isWholeName(text: string, at: number, end: number, from: number): boolean {
  const first = text.charCodeAt(at);
  if (at > from && isLetter(text.charCodeAt(at - 1)) && !(isUpper(first) && !isUpper(text.charCodeAt(at - 1))))
    return false;
  const next = text.charCodeAt(end);
  if (!isLetter(next) || !isLetter(text.charCodeAt(end - 1))) return true;
  return (
    (isUpper(next) && !isUpper(text.charCodeAt(end - 1))) ||
    isCredentialWord(text, end) ||
    isCredentialWord(text, end - 1)
  );
}

function isCredentialWord(text: string, at: number): boolean {
  NAME_GOES_ON.lastIndex = at;
  return NAME_GOES_ON.test(text);
}

/** Digits after a `%` that belong to the escape, not to a key: %22 once, %2522 twice encoded. */
function escapeDigits(text: string, at: number): number {
  const areHex = (from: number): boolean => isHexDigit(text.charCodeAt(from)) && isHexDigit(text.charCodeAt(from + 1));
  if (!areHex(at + 1)) return 0;
  return text.startsWith('25', at + 1) && areHex(at + 3) ? 4 : 2;
}

function isBase64Mark(code: number): boolean {
  return code === 43 || code === 47;
}

function isLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
}

/** Length of the run that a format's first part makes with letters, digits, `_` and `-`. */
function firstRun(format: KeyFormat): number {
  const mark = format.example.replace(/\{\w+:(\d+)\}/g, (_run, count: string) => 'a'.repeat(Number(count)));
  return mark.search(/[^\w-]|$/);
}

function isKeyPart(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    code === 95 ||
    code === 45
  );
}

function isKey(value: string, loose: boolean): boolean {
  if (isSample(value)) return false;
  if (/\d/.test(value))
    return !(loose && isIdentifier(value)) && shannonEntropy(value) >= (value.length < 16 ? 2.2 : 2.7);
  return isScrambled(value) || /^[A-Z]{20}$/.test(value);
}

function belongs(between: string, common: boolean): boolean {
  if (OTHER_WORD.test(between)) return false;
  if (ASSIGNS.test(between) || CREDENTIAL_WORD.test(between)) return true;
  return !common && /[=:"'|>]|\bis\b/.test(between);
}
