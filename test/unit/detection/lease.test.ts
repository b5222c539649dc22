import { describe, expect, it } from 'vitest';
import { createLease, type LeaseState } from '../../../engine/detection/lease.ts';

/** One resource in a store that several processes reach, each with a clock of its own. */
function setUp() {
  const claims = new Map<number, string>();
  const beats = new Map<number, number | 'released'>();
  let down = false;
  const answer = async () => {
    if (down) throw new Error('the store is down');
  };
  const read = async (): Promise<LeaseState | undefined> => {
    await answer();
    const fence = Math.max(0, ...claims.keys());
    const beat = beats.get(fence) ?? 0;
    if (fence === 0) return undefined;
    return { fence, holder: claims.get(fence)!, beat: beat === 'released' ? -1 : beat, released: beat === 'released' };
  };
  const start = (holder: string) => {
    const process = { now: 1_000 * claims.size, acquired: 0 };
    const lease = createLease({
      store: {
        read,
        claim: async (fence, by) => {
          await answer();
          if (!claims.has(fence)) claims.set(fence, by);
        },
        beat: async (fence, beat) => {
          await answer();
          beats.set(fence, beat);
        },
      },
      holder,
      elapsed: () => process.now,
      onAcquired: () => {
        process.acquired += 1;
      },
      onError: () => undefined,
    });
    return Object.assign(process, lease);
  };
  const setDown = (value: boolean) => {
    down = value;
  };
  return { start, claims, setDown };
}

describe('lease', () => {
  it('goes to one of several that ask at the same moment', async () => {
    const { start } = setUp();
    const all = ['a', 'b', 'c'].map(start);
    await Promise.all(all.map((one) => one.renew()));
    expect(all.filter((one) => one.isHeld())).toHaveLength(1);
  });

  it('stays while it is renewed, however long the others wait and whatever their clocks say', async () => {
    const { start } = setUp();
    const [a, b] = [start('a'), start('b')];
    await a.renew();
    b.now = 1e12;
    for (let round = 0; round < 50; round++) {
      a.now += 3_000;
      b.now += 3_000;
      await a.renew();
      await b.renew();
    }
    expect([a.isHeld(), b.isHeld(), a.acquired]).toEqual([true, false, 1]);
  });

  it('is over for a holder that was stopped before another takes it, with a higher fence', async () => {
    const { start, claims } = setUp();
    const [a, b] = [start('a'), start('b')];
    await a.renew();
    await b.renew();
    let heldByNobody = false;
    for (let second = 0; second < 30 && !b.isHeld(); second++) {
      a.now += 1_000;
      b.now += 1_000;
      heldByNobody ||= !a.isHeld();
      await b.renew();
      expect(a.isHeld() && b.isHeld()).toBe(false);
    }
    expect([b.isHeld(), heldByNobody]).toEqual([true, true]);
    expect(() => a.assertHeld()).toThrow(/another engine/);
    await a.renew();
    expect(a.isHeld()).toBe(false);
    expect([...claims]).toEqual([
      [1, 'a'],
      [2, 'b'],
    ]);
  });

  it('is free at once when it is given back', async () => {
    const { start } = setUp();
    const [a, b] = [start('a'), start('b')];
    await a.renew();
    await a.release();
    await b.renew();
    expect([a.isHeld(), b.isHeld()]).toEqual([false, true]);
  });

  it('outlives a short outage of the store and ends with a long one', async () => {
    const { start, setDown } = setUp();
    const a = start('a');
    await a.renew();
    setDown(true);
    a.now += 8_000;
    await a.renew();
    expect(a.isHeld()).toBe(true);
    a.now += 8_000;
    await a.renew();
    expect(a.isHeld()).toBe(false);
  });
});
