import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { querySlots } from '../../../engine/clickhouse/sql-guard/query-slots.ts';

describe('query slots', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());
  const work = () => Promise.withResolvers<string>();

  it('runs so many at once, lets so many wait, refuses the rest', async () => {
    const inSlot = querySlots({ running: 1, waiting: 1, deadlineMs: 1_000 });
    const [first, second] = [work(), work()];
    const started: number[] = [];
    const start = (number: number, { promise }: ReturnType<typeof work>) => {
      started.push(number);
      return promise;
    };
    const a = inSlot(() => start(1, first));
    const b = inSlot(() => start(2, second));
    await expect(inSlot(() => Promise.resolve('c'))).rejects.toMatchObject({ code: 'OVERLOADED' });
    expect(started).toEqual([1]);
    first.resolve('a');
    expect(await a).toBe('a');
    second.resolve('b');
    expect(await b).toBe('b');
    expect(started).toEqual([1, 2]);
  });

  it('answers at the deadline and keeps the slot until the work is really done', async () => {
    const inSlot = querySlots({ running: 1, waiting: 0, deadlineMs: 1_000 });
    const stuck = work();
    const late = inSlot(() => stuck.promise).catch((error) => error.code);
    await vi.advanceTimersByTimeAsync(1_001);
    expect(await late).toBe('QUERY_LIMIT');
    await expect(inSlot(() => Promise.resolve('x'))).rejects.toMatchObject({ code: 'OVERLOADED' });
    stuck.resolve('done');
    await vi.advanceTimersByTimeAsync(0);
    expect(await inSlot(() => Promise.resolve('x'))).toBe('x');
  });

  it('does not start work whose caller has gone', async () => {
    const inSlot = querySlots({ running: 1, waiting: 5, deadlineMs: 1_000 });
    const stuck = work();
    const first = inSlot(() => stuck.promise).catch(() => 'late');
    const second = inSlot(() => Promise.reject(new Error('must not start'))).catch((error) => error.code);
    await vi.advanceTimersByTimeAsync(1_001);
    expect([await first, await second]).toEqual(['late', 'OVERLOADED']);
    stuck.resolve('done');
    await vi.advanceTimersByTimeAsync(0);
    expect(await inSlot(() => Promise.resolve('next'))).toBe('next');
  });

  it('gives the slot back when the work fails', async () => {
    const inSlot = querySlots({ running: 1, waiting: 0, deadlineMs: 1_000 });
    await expect(inSlot(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await inSlot(() => Promise.resolve('yes'))).toBe('yes');
  });
});
