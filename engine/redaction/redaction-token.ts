import { createBoundedCache } from './bounded-cache.ts';
import { createHmacSha256 } from './hmac-sha256.ts';

/** Crockford's base32 in lower case: no i, l, o, u, so a suffix reads out over a telephone. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const TOKEN_KEY_LABEL = 'spanwarden redaction token v1';
const FINGERPRINT_BYTES = 16;
const IDENTITIES_REMEMBERED = 4096;

const MAX_SUFFIX_LENGTH = 24;

/**
 * Makes the tokens that stand for redacted values: `[EMAIL:k3f9]`. Fingerprint and suffix come from one HMAC-SHA256 of the
 * value under a key derived from the org's key, so the same value has the same suffix in whatever kind and place it is found.
 */
export interface TokenMint {
  readonly suffixLength: number;
  /** 32 hex digits (128 bits of the HMAC). */
  fingerprint(value: string): string;
  token(kind: string, value: string): string;
  /** A token without identity: its suffix is all zeros, whatever the value. */
  blank(kind: string): string;
  /**
   * End of the token that begins at `at`; 0 when there is none. A token is known by its form, a kind of this mint and the length
   * of its suffix. Anyone can write one, so a token says nothing without a finding; and all that one can hide is its suffix.
   */
  tokenEnd(text: string, at: number): number;
}

interface Identity {
  readonly fingerprint: string;
  readonly suffix: string;
}

export function createTokenMint(
  orgKey: Uint8Array,
  kinds: ReadonlySet<string>,
  suffixLengths: readonly number[] = [4],
): TokenMint {
  if (orgKey.length < 32) throw new RangeError('the org key must have at least 32 bytes');
  const suffixLength = suffixLengths[0]!;
  if (suffixLengths.some((length) => !Number.isInteger(length) || length < 4 || length > MAX_SUFFIX_LENGTH)) {
    throw new RangeError(`the suffix length must be 4 to ${MAX_SUFFIX_LENGTH}`);
  }
  const hmac = createHmacSha256(createHmacSha256(orgKey)(TOKEN_KEY_LABEL));
  const remembered = createBoundedCache<string, Identity>(IDENTITIES_REMEMBERED);
  const identify = (value: string): Identity => {
    const known = remembered.get(value);
    if (known !== undefined) return known;
    const fingerprint = hmac(value).toString('hex', 0, FINGERPRINT_BYTES);
    const identity = { fingerprint, suffix: suffixOf(fingerprint, suffixLength) };
    remembered.set(value, identity);
    return identity;
  };
  const form = new RegExp(
    `\\[([A-Z][A-Z0-9_]{1,39}):(?:${suffixLengths.map((length) => `[0-9a-hjkmnp-tv-z]{${length}}`).join('|')})\\]`,
    'y',
  );
  return {
    suffixLength,
    fingerprint: (value) => identify(value).fingerprint,
    blank: (kind) => `[${kind}:${'0'.repeat(suffixLength)}]`,
    token: (kind, value) => `[${kind}:${identify(value).suffix}]`,
    tokenEnd(text, at) {
      if (text.charCodeAt(at) !== 91) return 0;
      form.lastIndex = at;
      const match = form.exec(text);
      return match !== null && kinds.has(match[1]!) ? form.lastIndex : 0;
    },
  };
}

/** The suffix that a fingerprint's tokens carry: its leading bits, five a character. Lets a finding be matched to its tokens. */
export function suffixOf(fingerprint: string, length: number): string {
  let suffix = '';
  let bits = 0;
  let held = 0;
  for (let index = 0; suffix.length < length; index++) {
    held = ((held << 4) | Number.parseInt(fingerprint[index]!, 16)) & 0xff;
    bits += 4;
    if (bits >= 5) {
      bits -= 5;
      suffix += ALPHABET[(held >> bits) & 31];
    }
  }
  return suffix;
}
