import type { Found } from '../redaction-rule.ts';
import { isDigit, isUpper, isWord } from './ascii.ts';

/** Length of an IBAN by country: ISO 13616 registry. */
const IBAN_LENGTHS: Readonly<Record<string, number>> = Object.fromEntries(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 ' +
    'FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 ' +
    'LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 ' +
    'SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

export const IBAN_KEYWORDS: readonly string[] = Object.keys(IBAN_LENGTHS).map(
  (country) => `${country.toLowerCase()}##`,
);

/** An IBAN in capitals, in one run or in groups with single spaces or hyphens: exact length for its country, mod 97, boundaries. */
export function findIban(text: string, at: number, _end: number, from: number, to: number, found: Found): boolean {
  const length = IBAN_LENGTHS[text.slice(at, at + 2)];
  if (length === undefined || (at > from && isWord(text.charCodeAt(at - 1)))) return false;
  let count = 0;
  let end = at;
  while (count < length && end < to) {
    const code = text.charCodeAt(end);
    if (isUpperOrDigit(code)) compact[count++] = code;
    else if (!((code === 32 || code === 45) && count >= 4 && isUpperOrDigit(text.charCodeAt(end + 1)))) break;
    end++;
  }
  if (count !== length || (end < to && isWord(text.charCodeAt(end)))) return false;
  if (!passesMod97(length)) return false;
  found.start = at;
  found.end = end;
  return true;
}

function isUpperOrDigit(code: number): boolean {
  return isDigit(code) || isUpper(code);
}

const compact = new Uint8Array(34);

/** ISO 7064 mod 97-10 over the IBAN with its first four characters moved to the end, letters as 10 to 35. */
function passesMod97(length: number): boolean {
  let remainder = 0;
  for (let index = 0; index < length; index++) {
    const code = compact[(index + 4) % length]!;
    remainder = isDigit(code) ? (remainder * 10 + code - 48) % 97 : (remainder * 100 + code - 55) % 97;
  }
  return remainder === 1;
}
