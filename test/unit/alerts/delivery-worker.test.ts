import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createDeliveryMetrics } from '../../../engine/alerts/delivery-metrics.ts';
import { createDeliveryWorker } from '../../../engine/alerts/delivery-worker.ts';
import { createGuardedNetwork } from '../../../engine/alerts/destinations/guarded-network.ts';
import { createOutcomeLog } from '../../../engine/alerts/outcome-log.ts';
import { toPolicy } from '../../../engine/alerts/routing/policy.ts';
import { createSeal } from '../../../engine/alerts/seal.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const unasked = async () => {
  throw new Error('nothing is there to ask about');
};
const UNASKED = {
  readTold: unasked,
  readBundles: unasked,
  readBundle: unasked,
  readReceipts: unasked,
  readSummary: unasked,
  readHeldBack: unasked,
  readParticipants: unasked,
  readStanding: unasked,
  readAcceptedAt: unasked,
};

/** A worker on an outbox without destinations that counts its rounds; `fail` makes one fail. */
function idleWorker(fail: () => boolean = () => false) {
  let rounds = 0;
  const lines: string[] = [];
  const nothing = async () => [];
  const store = {
    listDestinations: async () => {
      rounds += 1;
      if (fail()) throw new Error('down');
      return [];
    },
    readRecentEvents: nothing,
    readAnnouncements: nothing,
    ...UNASKED,
    readPlanned: nothing,
    readWaiting: nothing,
    readAlerts: nothing,
    saveDeliveries: async () => {},
    insertAttempts: async () => {},
  };
  const keep = (_: unknown, message: string) => void lines.push(message);
  const worker = createDeliveryWorker({
    store,
    outcomes: createOutcomeLog(store),
    context: {
      network: createGuardedNetwork({ allowPrivate: false, connections: 1, connectTimeout: 1_000 }),
      clock: () => 0,
      userAgent: 'spanwarden/0',
      timeoutMs: 1_000,
    },
    random: () => 0,
    policy: async () => toPolicy([]),
    org: 'test',
    publicUrl: '',
    metrics: createDeliveryMetrics(new Registry()),
    seal: createSeal(new Uint8Array(32)),
    log: { warn: keep, error: keep },
    concurrency: 1,
  });
  return { worker, lines, rounds: () => rounds };
}

describe('the rounds of deliveries', () => {
  test('come at once at the start, every second, and at once when something happened', async () => {
    const { worker, rounds } = idleWorker();
    worker.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(rounds()).toBe(1);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(rounds()).toBe(2);
    worker.wake();
    await vi.advanceTimersByTimeAsync(0);
    expect(rounds()).toBe(3);
    await vi.advanceTimersByTimeAsync(999);
    expect(rounds()).toBe(3);
    await worker.stop();
  });

  test('go on after one that failed, which the log tells', async () => {
    let first = true;
    const { worker, rounds, lines } = idleWorker(() => {
      const failing = first;
      first = false;
      return failing;
    });
    worker.start();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(rounds()).toBe(2);
    expect(lines).toEqual(['Deliveries could not be planned; it is tried again']);
    await worker.stop();
  });

  test('end with stop, and don’t begin by a wake alone', async () => {
    const { worker, rounds } = idleWorker();
    worker.wake();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(rounds()).toBe(0);
    worker.start();
    await vi.advanceTimersByTimeAsync(0);
    await worker.stop();
    worker.wake();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(rounds()).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});
