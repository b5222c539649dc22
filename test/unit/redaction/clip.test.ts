import { describe, expect, it } from 'vitest';
import { clip } from '../../../engine/redaction/clip.ts';

describe('clip', () => {
  it.each([
    ['short text', 'short', 10, 'short'],
    ['text of the limit', '0123456789', 10, '0123456789'],
    ['longer text', '0123456789abc', 10, '0123456789... [+3 chars clipped]'],
    ['a token across the cut goes whole', 'mail [EMAIL:k3f9] x', 10, 'mail ... [+14 chars clipped]'],
    ['a token before the cut stays', '[EMAIL:k3f9] and more', 13, '[EMAIL:k3f9] ... [+8 chars clipped]'],
    ['a bracket that is no token', 'see [1] and [2] and so', 6, 'see [1... [+16 chars clipped]'],
    ['a surrogate pair across the cut goes whole', '01234567😀rest', 9, '01234567... [+6 chars clipped]'],
  ])('%s', (_name, text, limit, expected) => {
    expect(clip(text, limit)).toBe(expected);
  });

  it('clips what is clipped no further', () => {
    const once = clip('x'.repeat(5000), 2048);
    expect(clip(once, 2048)).toBe(once);
    expect(once).toBe(`${'x'.repeat(2048)}... [+2952 chars clipped]`);
  });

  it('does not take a marker in longer text for its own', () => {
    const text = `${'x'.repeat(30)}... [+1 chars clipped]`;
    expect(clip(text, 10)).toBe(`${'x'.repeat(10)}... [+42 chars clipped]`);
  });
});
