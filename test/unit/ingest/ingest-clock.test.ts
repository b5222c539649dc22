import { describe, expect, it } from 'vitest';
import { createIngestClock } from '../../../ingest/ingest-clock.ts';

describe('ingest clock', () => {
  it('gives out growing times even when the system clock stands still or jumps back', () => {
    let now = 1_000;
    const clock = createIngestClock(() => now, 0);
    const times = [clock.open(), clock.open()];
    now = 10;
    times.push(clock.open());
    expect(times).toEqual([1_000_000, 1_000_001, 1_000_002]);
  });

  it('never lets the low-water mark pass rows that are still on their way', () => {
    let now = 1_000;
    const clock = createIngestClock(() => now, 0);
    const slow = clock.open();
    now = 2_000;
    const fast = clock.open();
    clock.close(fast);
    expect(clock.lowWater()).toBe(slow);
    clock.close(slow);
    expect(clock.lowWater()).toBe(2_000_001);
  });

  it('opens no time before a low-water mark it has given out', () => {
    const clock = createIngestClock(() => 1_000, 0);
    const mark = clock.lowWater();
    expect(clock.open()).toBeGreaterThanOrEqual(mark);
  });

  it('starts at the floor after a restart with the clock set back', () => {
    const clock = createIngestClock(() => 1_000, 5_000_000);
    expect(clock.open()).toBe(5_000_000);
  });
});
