import { describe, expect, it } from 'vitest';
import { createTextMemo } from '../../../engine/redaction/text-memo.ts';

/** Texts of 2,000 characters that differ in their last ones. */
const long = (n: number) => `${'word '.repeat(400)}${n}`;

function counted(isSmall?: (value: string) => boolean) {
  const memo = createTextMemo<string>(isSmall);
  let reads = 0;
  const ask = (text: string) =>
    memo(text, (given) => {
      reads++;
      return given.slice(-3);
    });
  return { ask, reads: () => reads };
}

describe('the memo of texts', () => {
  it('reads a long text once and answers for each text with its own value', () => {
    const { ask, reads } = counted();
    expect([long(101), long(102), long(101), long(102)].map(ask)).toEqual(['101', '102', '101', '102']);
    expect(reads()).toBe(2);
  });

  it.each([
    ['short texts', 'short', undefined],
    ['texts that are too long', 'x'.repeat(70_000), undefined],
    ['values that are too large', long(1), () => false],
  ])('does not keep %s', (_, text, isSmall) => {
    const { ask, reads } = counted(isSmall);
    ask(text);
    ask(text);
    expect(reads()).toBe(2);
  });

  it('forgets what was not asked for in a long time', () => {
    const { ask, reads } = counted();
    for (let n = 0; n < 1_000; n++) ask(long(n));
    ask(long(0));
    expect(reads()).toBe(1_001);
  });
});
