import { describe, expect, it } from 'vitest';
import { isTokenSecret, newTokenSecret, tokenHash } from '../../../dashboards/auth/token-secret.ts';

describe('token secrets', () => {
  it('carry all 256 bits in base 62', () => {
    expect(newTokenSecret(Buffer.alloc(32))).toBe(`spw_${'0'.repeat(43)}`);
    const largest = newTokenSecret(Buffer.alloc(32, 255));
    expect(isTokenSecret(largest)).toBe(true);
    expect(largest).not.toBe(newTokenSecret(Buffer.concat([Buffer.alloc(31, 255), Buffer.of(254)])));
  });

  it('differ each time', () => expect(newTokenSecret()).not.toBe(newTokenSecret()));

  it.each([
    '',
    'spw_',
    `spw_${'a'.repeat(42)}`,
    `spw_${'a'.repeat(44)}`,
    `abc_${'a'.repeat(43)}`,
    `spw_${'-'.repeat(43)}`,
  ])('%j is none', (text) => expect(isTokenSecret(text)).toBe(false));

  it('are kept as SHA-256', () => expect(tokenHash('spw_x')).toMatch(/^[0-9a-f]{64}$/));
});
