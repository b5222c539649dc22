import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/**
 * Credentials that open nothing but look real to a scanner: right prefix, alphabet, length and checksum. Made when the demo runs
 * and from parts, so that no scanner finds one in this source. The same name gives the same credential.
 */
export function fakeGithubToken(name: string): string {
  const secret = characters(BASE62, 30, 'github', name);
  return ['gh', 'p_', secret, base62(crc32(secret)).padStart(6, '0')].join('');
}

export function fakeAwsKeyId(name: string): string {
  return ['AK', 'IA', characters(BASE32, 16, 'aws-id', name)].join('');
}

export function fakeAwsSecretKey(name: string): string {
  return characters(`${BASE62}+/`, 40, 'aws-secret', name);
}

function characters(alphabet: string, length: number, ...names: string[]): string {
  const bytes = createHash('sha512').update(names.join('/')).digest();
  return Array.from({ length }, (_, at) => alphabet[bytes[at]! % alphabet.length]).join('');
}

function base62(value: number): string {
  let digits = '';
  for (let rest = value; rest > 0; rest = Math.floor(rest / 62)) digits = BASE62[rest % 62]! + digits;
  return digits;
}
