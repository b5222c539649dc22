import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { CodedError } from '../../engine/core/errors.ts';
import type { PackedMessage } from './export-message.ts';

/** Where a message lay that no worker could store. */
export interface Place {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
}

/** A message as it is read off a topic. */
export interface ReadMessage {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: Readonly<Record<string, unknown>> | undefined;
}

/** The key that seals dead letters of an org, 32 bytes. */
export type LetterKey = (org: string) => Uint8Array;

const NONCE = 12;
const TAG = 16;
/** Headers that a dead letter has more than the message it was. */
const OWN_HEADERS = ['reason', 'code', 'failed-at', 'from'] as const;

/**
 * A message that no worker can store, with the reason. Its body could not be read, so it could not be redacted either: it is sealed with
 * the org's key (AES-256-GCM), and whoever reads the topic sees the reason and nothing of the content.
 */
export function deadLetter(
  message: ReadMessage,
  place: Place,
  error: CodedError,
  key: LetterKey,
  now: number,
): PackedMessage {
  const headers = textHeaders(message.headers);
  const org = headers['org'] ?? '';
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv('aes-256-gcm', key(org), nonce).setAAD(Buffer.from(org));
  const value = Buffer.concat([nonce, cipher.update(message.value ?? ''), cipher.final(), cipher.getAuthTag()]);
  return {
    key: message.key ?? Buffer.alloc(0),
    value,
    headers: {
      ...headers,
      reason: error.message.slice(0, 500),
      code: error.code,
      'failed-at': new Date(now).toISOString(),
      from: `${place.topic}/${place.partition}/${place.offset}`,
    },
  };
}

/** The message that a dead letter was. Throws CONFIG_INVALID when it was sealed with another key. */
export function openLetter(letter: ReadMessage, key: LetterKey): PackedMessage {
  const headers = textHeaders(letter.headers);
  for (const name of OWN_HEADERS) delete headers[name];
  const org = headers['org'] ?? '';
  const sealed = letter.value ?? Buffer.alloc(0);
  try {
    const decipher = createDecipheriv('aes-256-gcm', key(org), sealed.subarray(0, NONCE), { authTagLength: TAG })
      .setAAD(Buffer.from(org))
      .setAuthTag(sealed.subarray(-TAG));
    const value = Buffer.concat([decipher.update(sealed.subarray(NONCE, -TAG)), decipher.final()]);
    return { key: letter.key ?? Buffer.alloc(0), value, headers };
  } catch (cause) {
    throw new CodedError(
      'CONFIG_INVALID',
      'a dead letter does not open under this master key: bring back the one it was sealed with',
      { cause },
    );
  }
}

/** Headers come back as bytes, and could be anything when another program wrote them. */
export function textHeaders(headers: Readonly<Record<string, unknown>> | undefined): Record<string, string> {
  const texts: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (typeof value === 'string' || Buffer.isBuffer(value)) texts[name] = value.toString().slice(0, 1_000);
  }
  return texts;
}
