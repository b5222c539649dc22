import { describe, expect, test } from 'vitest';
import { plainText } from '../../../engine/alerts/plain-text.ts';

describe('plain text', () => {
  test.each([
    ['keeps ordinary text', 'Zürich – 東京 🚀 naïve', 'Zürich – 東京 🚀 naïve'],
    ['takes control characters and line ends out', 'a\r\n\u0000b\u001b[0m\u007f\u0085c', 'a b [0m c'],
    ['takes line and paragraph separators out', 'a\u2028b\u2029c', 'a b c'],
    ['takes bidirectional controls out', 'user\u202egnp.exe\u2066', 'usergnp.exe'],
    ['takes invisible characters and tags out', 'i\u200bg\u{e0041}n\u00adore', 'ignore'],
    ['mends broken surrogates', 'a\ud800b', 'a\ufffdb'],
    ['trims', '  a  ', 'a'],
  ])('%s', (_, text, expected) => {
    expect(plainText(text, 100)).toBe(expected);
  });

  test('cuts to the length without halving a character', () => {
    expect(plainText('abcdef', 4)).toBe('abc…');
    expect(plainText('ab🚀🚀🚀', 4)).toBe('ab…');
    expect(plainText('abcd', 4)).toBe('abcd');
  });

  test('keeps line ends only where they are asked for', () => {
    expect(plainText('a\n\tb\u2028c', 100, { lines: true })).toBe('a\n b c');
  });

  test('a megabyte of anything is quick', () => {
    const started = performance.now();
    for (const unit of ['\u200b', '\u0000', 'a', '\ud800']) plainText(unit.repeat(1_000_000), 300);
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});
