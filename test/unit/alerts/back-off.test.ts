import { describe, expect, test } from 'vitest';
import { backOffMs, isDead } from '../../../engine/alerts/back-off.ts';

const HOUR = 3_600_000;

describe('the pause before the next attempt', () => {
  test.each([
    [1, 0.999_9, 0, 1_000],
    [2, 0.5, 0, 1_000],
    [4, 0.5, 0, 4_000],
    [10, 0.5, 0, 256_000],
    [11, 0.5, 0, 300_000],
    [300, 0.999_999, 0, 599_999],
    [5, 0, 0, 100],
    [1, 0.5, 30_000, 30_000],
    [20, 0.5, 1_000, 300_000],
  ])('after %i attempts, drawing %d, asked for %i ms: %i ms', (attempts, random, asked, expected) => {
    expect(Math.abs(backOffMs(attempts, random, asked) - expected)).toBeLessThanOrEqual(1);
  });
});

describe('giving up', () => {
  test.each([
    ['a fresh failure', 1, 0, false],
    ['a day of failures', 150, 24 * HOUR, true],
    ['just less than a day', 150, 24 * HOUR - 1, false],
    ['the first failure after a long downtime', 1, 72 * HOUR, false],
    ['ten failures after a long downtime', 10, 72 * HOUR, true],
    ['the most attempts', 300, HOUR, true],
  ])('%s', (_, attempts, age, expected) => {
    expect(isDead(attempts, 1_000, 1_000 + age)).toBe(expected);
  });
});
