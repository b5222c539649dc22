import { describe, expect, test } from 'vitest';
import { createNotifier } from '../../../engine/alerts/notifier.ts';
import type { AlertEvent } from '../../../engine/core/alert.ts';

function events(from: number, count: number): AlertEvent[] {
  return Array.from({ length: count }, (_, i) => ({ event_id: String(from + i) }) as AlertEvent);
}

/** Resolves once every promise that is due has run. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function fail(error: unknown): never {
  throw error;
}

describe('following alert events', () => {
  test('every listener gets every event in order, never on the publisher’s stack', async () => {
    const notifier = createNotifier(fail);
    const seen: string[][] = [[], []];
    for (const list of seen) notifier.onEvent((event) => void list.push(event.event_id));
    notifier.publish(events(0, 3));
    expect(seen).toEqual([[], []]);
    notifier.publish(events(3, 1));
    await settled();
    expect(seen).toEqual([
      ['0', '1', '2', '3'],
      ['0', '1', '2', '3'],
    ]);
  });

  test('a slow listener loses the oldest, is told how many, and holds nobody up', async () => {
    const notifier = createNotifier(fail, 3);
    const gate = Promise.withResolvers<void>();
    const slow: [string, number][] = [];
    let quick = 0;
    notifier.onEvent(async (event, missed) => {
      slow.push([event.event_id, missed]);
      if (event.event_id === '0') await gate.promise;
    });
    notifier.onEvent(() => void quick++);
    notifier.publish(events(0, 1));
    await settled();
    for (let i = 1; i <= 9; i++) {
      notifier.publish(events(i, 1));
      await settled();
    }
    expect(quick).toBe(10);
    gate.resolve();
    await settled();
    expect(slow).toEqual([
      ['0', 0],
      ['7', 6],
      ['8', 0],
      ['9', 0],
    ]);
  });

  test('a listener that throws is reported and goes on', async () => {
    const failures: unknown[] = [];
    const notifier = createNotifier((error) => failures.push(error));
    const seen: string[] = [];
    notifier.onEvent((event) => {
      seen.push(event.event_id);
      if (event.event_id === '0') throw new Error('no');
    });
    notifier.publish(events(0, 2));
    await settled();
    expect(seen).toEqual(['0', '1']);
    expect(failures).toHaveLength(1);
  });

  test('who stops hears nothing more', async () => {
    const notifier = createNotifier(fail);
    let count = 0;
    const stop = notifier.onEvent(() => void count++);
    notifier.publish(events(0, 5));
    stop();
    notifier.publish(events(5, 5));
    await settled();
    expect(count).toBe(0);
  });
});
