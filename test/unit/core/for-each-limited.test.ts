import { describe, expect, test } from 'vitest';
import { forEachLimited } from '../../../engine/core/for-each-limited.ts';

describe('working on many items', () => {
  test('all are worked on, in order, no more than the limit at a time', async () => {
    let running = 0;
    let most = 0;
    const begun: number[] = [];
    await forEachLimited([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
      begun.push(item);
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
    });
    expect(begun).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(most).toBe(3);
  });

  test('after a failure nothing more is begun, and it is thrown when the rest has ended', async () => {
    const gate = Promise.withResolvers<void>();
    const begun: number[] = [];
    let ended = false;
    const all = forEachLimited([1, 2, 3, 4], 2, async (item) => {
      begun.push(item);
      if (item === 1) throw new Error('no');
      await gate.promise;
      ended = true;
    });
    setImmediate(gate.resolve);
    await expect(all).rejects.toThrow('no');
    expect(ended).toBe(true);
    expect(begun).toEqual([1, 2]);
  });
});
