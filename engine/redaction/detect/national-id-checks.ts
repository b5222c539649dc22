// Check digits of national numbers, on their digits (and letters) without separators. Sources: the issuers' published algorithms.

const digit = (text: string, index: number): number => text.charCodeAt(index) - 48;

function weighted(text: string, weights: readonly number[]): number {
  let sum = 0;
  for (let index = 0; index < weights.length; index++) sum += weights[index]! * digit(text, index);
  return sum;
}

/** Not all digits the same: 000000000 passes most sums. */
const varied = (text: string): boolean => !/^(\d)\1*$/.test(text);

export function luhn(text: string): boolean {
  let sum = 0;
  for (let index = text.length - 1, double = false; index >= 0; index--, double = !double) {
    const value = digit(text, index);
    sum += double ? (value > 4 ? value * 2 - 9 : value * 2) : value;
  }
  return sum % 10 === 0 && varied(text);
}

export function nhsNumber(text: string): boolean {
  const check = 11 - (weighted(text, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11);
  return (check === 11 ? 0 : check) === digit(text, 9) && varied(text);
}

export function taxFileNumber(text: string): boolean {
  return weighted(text, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 === 0 && varied(text);
}

export function medicareNumber(text: string): boolean {
  return weighted(text, [1, 3, 7, 9, 1, 3, 7, 9]) % 10 === digit(text, 8);
}

const D5 = '0123456789123406789523401789563401289567401239567859876043216598710432765982104387659321049876543210';
const PERMUTATION = '01234567891576283094580379614289160435279453126870428657390127938064157046913258';

/** Verhoeff's dihedral check. */
export function verhoeff(text: string): boolean {
  let check = 0;
  for (let index = 0; index < text.length; index++) {
    const value = digit(text, text.length - 1 - index);
    check = digit(D5, check * 10 + digit(PERMUTATION, (index % 8) * 10 + value));
  }
  return check === 0 && varied(text);
}

export function cpf(text: string): boolean {
  const check = (length: number): number => {
    let sum = 0;
    for (let index = 0; index < length; index++) sum += (length + 1 - index) * digit(text, index);
    return ((sum * 10) % 11) % 10;
  };
  return check(9) === digit(text, 9) && check(10) === digit(text, 10) && varied(text);
}

export function cnpj(text: string): boolean {
  const weights = [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2];
  const check = (length: number): number => {
    const rest = weighted(text, weights.slice(13 - length)) % 11;
    return rest < 2 ? 0 : 11 - rest;
  };
  return check(12) === digit(text, 12) && check(13) === digit(text, 13) && varied(text);
}

const DNI_LETTERS = 'TRWAGMYFPDXBNJZSQVHLCKE';

/** DNI (eight digits) or NIE (X, Y or Z and seven), and the letter that their remainder by 23 gives. */
export function dni(text: string): boolean {
  const number = Number(text.slice(0, 8).toUpperCase().replace('X', '0').replace('Y', '1').replace('Z', '2'));
  return DNI_LETTERS[number % 23] === text[8]!.toUpperCase();
}

const ODD_VALUES = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

export function codiceFiscale(text: string): boolean {
  const upper = text.toUpperCase();
  let sum = 0;
  for (let index = 0; index < 15; index++) {
    const code = upper.charCodeAt(index);
    const value = code < 65 ? code - 48 : code - 65;
    sum += index % 2 === 0 ? ODD_VALUES[value]! : value;
  }
  return upper.charCodeAt(15) - 65 === sum % 26;
}

/** Fifteen digits, the last two 97 minus the rest by 97; Corsica's 2A and 2B count as 19 and 18. */
export function nir(text: string): boolean {
  const number = Number(text.slice(0, 13).toUpperCase().replace('2A', '19').replace('2B', '18'));
  return 97 - (number % 97) === Number(text.slice(13));
}

/** ISO 7064 mod 11,10; exactly one digit of the first ten stands twice or three times. */
export function germanTaxId(text: string): boolean {
  let product = 10;
  for (let index = 0; index < 10; index++) {
    const sum = (digit(text, index) + product) % 10 || 10;
    product = (2 * sum) % 11;
  }
  const check = (11 - product) % 10;
  return check === digit(text, 10) && new Set(text.slice(0, 10)).size >= 8 && new Set(text.slice(0, 10)).size <= 9;
}

export function bsn(text: string): boolean {
  return weighted(text, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0 && varied(text);
}

/** Two digits of the year, the month (with the century in it), the day; weighted sum. */
export function pesel(text: string): boolean {
  return (
    weighted(text, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 === 0 && isDay((Number(text.slice(2, 4)) % 20) + 0, text, 4)
  );
}

function isDay(month: number, text: string, dayAt: number): boolean {
  const day = Number(text.slice(dayAt, dayAt + 2));
  return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

/** Ten digits that begin with year, month, day (Sweden; with 60 added to the day it is a coordination number). */
export function personnummer(text: string): boolean {
  const ten = text.slice(-10);
  const day = Number(ten.slice(4, 6)) % 60;
  const month = Number(ten.slice(2, 4));
  return month >= 1 && month <= 12 && day >= 1 && day <= 31 && luhn(ten);
}

export function fodselsnummer(text: string): boolean {
  const first = weighted(text, [3, 7, 6, 1, 8, 9, 4, 5, 2, 1]) % 11 === 0;
  return first && weighted(text, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0 && varied(text);
}

const HETU_CHECKS = '0123456789ABCDEFHJKLMNPRSTUVWXY';

/** Day, month, year, a sign for the century (a hyphen may be left out), three digits and the check character. */
export function hetu(text: string): boolean {
  const number = Number(text.slice(0, 6) + text.slice(-4, -1));
  return HETU_CHECKS[number % 31] === text.at(-1)!.toUpperCase() && isDay(Number(text.slice(2, 4)), text, 0);
}

/** Since 2007 without a check digit: a date and four digits. */
export function cpr(text: string): boolean {
  return isDay(Number(text.slice(2, 4)), text, 0);
}

export function residentNumber(text: string): boolean {
  const check = (11 - (weighted(text, [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11)) % 10;
  return check === digit(text, 12) && isDay(Number(text.slice(2, 4)), text, 4);
}

export function nric(text: string): boolean {
  const upper = text.toUpperCase();
  const first = upper[0]!;
  const sum = weighted(upper.slice(1), [2, 7, 6, 5, 4, 3, 2]) + (first === 'T' || first === 'G' ? 4 : 0);
  return (first === 'S' || first === 'T' ? 'JZIHGFEDCBA' : 'XWUTRQPNMLK')[sum % 11] === upper[8];
}

const CURP_LETTERS = '0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ';

export function curp(text: string): boolean {
  const upper = text.toUpperCase();
  let sum = 0;
  for (let index = 0; index < 17; index++) sum += CURP_LETTERS.indexOf(upper[index]!) * (18 - index);
  return (10 - (sum % 10)) % 10 === digit(upper, 17);
}
