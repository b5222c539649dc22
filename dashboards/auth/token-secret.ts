import { createHash, randomBytes } from 'node:crypto';

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 256 bits in base 62. */
const LENGTH = 43;
const SECRET = /^spw_[0-9A-Za-z]{43}$/;

/** A new token: `spw_` and 256 random bits, so that scanners can tell what it is. */
export function newTokenSecret(random = randomBytes(32)): string {
  let rest = BigInt(`0x${random.toString('hex')}`);
  let text = '';
  for (let i = 0; i < LENGTH; i++) {
    text = DIGITS[Number(rest % 62n)] + text;
    rest /= 62n;
  }
  return `spw_${text}`;
}

export function isTokenSecret(text: string): boolean {
  return SECRET.test(text);
}

/** What is kept of a token. A plain hash is enough: 256 random bits can't be guessed. */
export function tokenHash(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
