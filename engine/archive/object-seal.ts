import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { CodedError } from '../core/errors.ts';

const HEAD = Buffer.from('SPWA1\n');
const NONCE = 12;
const TAG = 16;

/** AES-256-GCM of a whole object, bound to its key in the archive: a head, the nonce, what is sealed, the tag. */
export function sealObject(key: Uint8Array, place: string, plain: Uint8Array): Buffer {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(place));
  return Buffer.concat([HEAD, nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** What was sealed; what never was comes back as it is. Throws ARCHIVE_DAMAGED when it was changed or the key is another one. */
export function openObject(key: Uint8Array, place: string, bytes: Buffer): Buffer {
  if (!bytes.subarray(0, HEAD.length).equals(HEAD)) return bytes;
  const nonce = bytes.subarray(HEAD.length, HEAD.length + NONCE);
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG })
      .setAAD(Buffer.from(place))
      .setAuthTag(bytes.subarray(-TAG));
    return Buffer.concat([decipher.update(bytes.subarray(HEAD.length + NONCE, -TAG)), decipher.final()]);
  } catch (cause) {
    throw new CodedError(
      'ARCHIVE_DAMAGED',
      `${place} does not open: it was changed, or sealed under another master key`,
      { cause },
    );
  }
}
