import { describe, expect, it } from 'vitest';
import { checkLinear } from '../../../engine/redaction/check-linear.ts';

describe('a pattern of an org’s own', () => {
  it.each([
    'acme-\\d{6}',
    'ACME[A-Z0-9]{20}',
    'acme_(?:live|test)_[a-f0-9]{32}',
    'x-?[A-Za-z_-]{8,64}',
    '\\[ref\\] \\w{3}',
  ])('%s is taken', (pattern) => {
    expect(checkLinear(pattern)).toBeUndefined();
    expect(() => new RegExp(pattern, 'y')).not.toThrow();
  });

  it.each([
    '',
    'a*',
    'a+',
    '.{3}',
    '(a|b)',
    '(?:a{3}){3}',
    '(?:a',
    'a{3,',
    'a{9,3}',
    'a{0,500}',
    'a{2000}',
    'a{0,9}b{0,9}c{0,9}',
    '(?=a)b',
    '(?<!a)b',
    '(a)\\1',
    '[a',
    'a|b',
    '^a',
    'a?{9}',
  ])('%s is refused', (pattern) => {
    expect(checkLinear(pattern)).toEqual(expect.any(String));
  });
});
