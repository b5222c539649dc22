import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { CodedError } from '../core/errors.ts';

const NONCE = 12;
const TAG = 16;

export interface Seal {
  /** Encrypts a secret for one `place`, e.g. the destination and field that it belongs to. */
  close(secret: string, place: string): string;
  /** Throws CONFIG_INVALID when the key is another one, or the text was changed or comes from another place. */
  open(sealed: string, place: string): string;
}

/** AES-256-GCM under the master key of 32 bytes, with a random nonce and the place as additional data. Throws CONFIG_INVALID. */
export function createSeal(key: Uint8Array): Seal {
  if (key.length !== 32) throw new CodedError('CONFIG_INVALID', 'The master key must have 32 bytes');
  return {
    close: (secret, place) => {
      const nonce = randomBytes(NONCE);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(place));
      const sealed = Buffer.concat([nonce, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return `v1.${sealed.toString('base64url')}`;
    },
    open: (sealed, place) => {
      const [version, text = ''] = sealed.split('.');
      const bytes = Buffer.from(text, 'base64url');
      try {
        if (version !== 'v1') throw new Error('unknown version');
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE), { authTagLength: TAG })
          .setAAD(Buffer.from(place))
          .setAuthTag(bytes.subarray(-TAG));
        return Buffer.concat([decipher.update(bytes.subarray(NONCE, -TAG)), decipher.final()]).toString('utf8');
      } catch (error) {
        throw new CodedError(
          'CONFIG_INVALID',
          'A stored secret does not open under this master key: bring the old key back or enter the secret again',
          { cause: error },
        );
      }
    },
  };
}
