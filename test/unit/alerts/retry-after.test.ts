import { describe, expect, test } from 'vitest';
import { retryAfterMs } from '../../../engine/alerts/retry-after.ts';

const NOW = Date.parse('2026-11-20T10:00:00Z');

describe('Retry-After', () => {
  test.each<[string | string[] | undefined, number | undefined]>([
    [undefined, undefined],
    ['', undefined],
    ['7', 7_000],
    [' 7 ', 7_000],
    ['0', 0],
    [['5', '9'], 5_000],
    ['999999999', 3_600_000],
    ['1.5', undefined],
    ['-3', undefined],
    ['soon', undefined],
    ['Fri, 20 Nov 2026 10:00:30 GMT', 30_000],
    ['Fri, 20 Nov 2026 09:00:00 GMT', 0],
    ['Fri, 20 Nov 2099 09:00:00 GMT', 3_600_000],
    ['Xxx, 99 Yyy 2026 99:99:99 GMT', undefined],
    ['2026-11-20T10:00:30Z', undefined],
  ])('%o means %o', (header, expected) => {
    expect(retryAfterMs(header, NOW)).toBe(expected);
  });
});
