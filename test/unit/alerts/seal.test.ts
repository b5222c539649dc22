import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createSeal } from '../../../engine/alerts/seal.ts';

const key = randomBytes(32);
const seal = createSeal(key);

describe('a sealed secret', () => {
  test('opens under the same key and place, and shows nothing of itself', () => {
    for (const secret of ['s3cret', '', 'ü'.repeat(500)]) {
      const sealed = seal.close(secret, 'destination/1/secret');
      expect(createSeal(key).open(sealed, 'destination/1/secret')).toBe(secret);
      if (secret !== '') expect(sealed).not.toContain(secret);
    }
  });

  test('is different each time', () => {
    expect(seal.close('s', 'p')).not.toBe(seal.close('s', 'p'));
  });

  const sealed = seal.close('s3cret', 'place');
  const bytes = Buffer.from(sealed.slice(3), 'base64url');
  const broken = (index: number) => {
    const copy = Buffer.from(bytes);
    copy[index]! ^= 1;
    return `v1.${copy.toString('base64url')}`;
  };
  test.each([
    ['under another key', createSeal(randomBytes(32)), sealed, 'place'],
    ['in another place', seal, sealed, 'elsewhere'],
    ['with another nonce', seal, broken(0), 'place'],
    ['with other bytes', seal, broken(12), 'place'],
    ['with another tag', seal, broken(bytes.length - 1), 'place'],
    ['cut short', seal, sealed.slice(0, 12), 'place'],
    ['of another version', seal, sealed.replace('v1', 'v2'), 'place'],
    ['empty', seal, '', 'place'],
  ])('does not open %s', (_, withSeal, text, place) => {
    expect(() => withSeal.open(text, place)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });

  test('needs a key of 32 bytes', () => {
    expect(() => createSeal(randomBytes(16))).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });
});
