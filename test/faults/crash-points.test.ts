import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AlertStore } from '../../engine/alerts/alert-store.ts';
import { orgAlertQueries } from '../../engine/clickhouse/org-alert-queries.ts';
import { alertingOn, openTestEngine, type TestEngine, testClock } from '../integration/alerts/alerting-on-engine.ts';
import { answer, hangUp, type Receiver, startReceiver } from '../integration/alerts/receiver.ts';
import { sampleFinding, sampleRule } from '../unit/alerts/sample-finding.ts';
import { newRandom } from '../unit/ingest/otlp/random.ts';

const CRASHES = 30;
const SEED = 20_261_123;
/** Calls of the store that one round of findings and deliveries makes at most. */
const MOST_CALLS = 30;

const rule = sampleRule();
const random = newRandom(SEED);

let engine: TestEngine;
let receiver: Receiver;
beforeAll(async () => {
  engine = await openTestEngine();
  receiver = await startReceiver();
});
afterAll(async () => {
  await receiver.close();
  await engine.close();
});

/** Queries that are never answered once so many were asked, as of a process that died; the last one may still have been done. */
function dyingStore(queries: AlertStore, calls: number, crashed: () => void): AlertStore {
  let left = calls;
  const wrap =
    (query: (...given: unknown[]) => Promise<unknown>) =>
    async (...given: unknown[]) => {
      left -= 1;
      if (left > 0) return query(...given);
      if (left === 0 && random.chance(0.5)) await query(...given);
      crashed();
      return new Promise(() => {});
    };
  return Object.fromEntries(Object.entries(queries).map(([name, query]) => [name, wrap(query as never)])) as never;
}

test(`an engine that dies at ${CRASHES} random points, before a receiver that fails now and then, loses no delivery`, async ({
  annotate,
}) => {
  const database = await engine.newOrg();
  const queries = orgAlertQueries(engine.store, database);
  const clock = testClock();
  const first = alertingOn(engine.store, database, { clock });
  const single = await first.destinations.create(
    { kind: 'webhook', name: 'ops', url: receiver.url, secret: 's' },
    'ana',
  );
  const grouped = await first.destinations.create(
    { kind: 'webhook', name: 'group', url: receiver.url, secret: 's' },
    'ana',
  );
  await first.policies.create(
    'route',
    { name: 'one by one', position: 1, destinations: [single.id], continue: true },
    'ana',
  );
  const group = { name: 'grouped', position: 2, destinations: [grouped.id], group_by: ['rule'], group_wait_seconds: 1 };
  await first.policies.create('route', group, 'ana');
  const points: number[] = [];
  for (let crash = 0; crash < CRASHES; crash++) {
    // What a rule found is found again after a crash, for its watermark was not written.
    const findings = Array.from({ length: 3 }, (_, i) => sampleFinding(rule, `s${crash}-${i}`, ['a']));
    const calls = 1 + random.below(MOST_CALLS);
    points.push(calls);
    if (random.chance(0.5)) receiver.script.push(random.chance(0.5) ? answer(500) : hangUp);
    const died = Promise.withResolvers<void>();
    const dying = alertingOn(engine.store, database, { clock, store: dyingStore(queries, calls, died.resolve) });
    const round = async () => {
      await dying.applyFindings(rule, findings);
      clock.now += 2_000;
      await dying.deliverDue();
    };
    await Promise.race([died.promise, round()]);
    clock.now += 2_000;
    const next = alertingOn(engine.store, database, { clock });
    await next.applyFindings(rule, findings);
    await next.stop();
  }
  receiver.script.length = 0;
  const last = alertingOn(engine.store, database, { clock });
  for (let round = 0; round < 4; round++) {
    clock.now += 11 * 60_000;
    await last.deliverDue();
  }
  const alerts = (await last.list({ limit: 500 })).items;
  expect(alerts).toHaveLength(CRASHES * 3);
  const bodies = receiver.received.map(({ json }) => json);
  const opened = bodies.filter(({ event }) => event === 'opened');
  const inSummaries = bodies.flatMap(({ alert_ids }) => (alert_ids as string[] | undefined) ?? []);
  const missing = alerts.filter(({ id }) => !opened.some((body) => body['id'] === id));
  expect(missing).toEqual([]);
  const [queue] = await queries.readQueues();
  expect(queue).toBeUndefined();
  // To each of the two destinations under one id of its own, however often it was repeated.
  const ids = new Set([...opened.map((body) => `${body['id']} ${body['delivery_id']}`)]);
  expect(ids.size).toBeLessThanOrEqual(alerts.length * 2);
  const toGroup = await engine.store.query<{ n: string }>(
    `SELECT uniqExact(alert_id) AS n FROM deliveries FINAL
     WHERE destination_id = {id: String} AND state IN ('grouped', 'delivered') AND event = 'opened'`,
    { id: grouped.id },
    { database },
  );
  expect(Number(toGroup[0]!.n)).toBe(alerts.length);
  expect(new Set(inSummaries).size).toBeGreaterThan(0);
  await annotate(`died after ${points.join(', ')} calls; ${bodies.length} messages about ${alerts.length} alerts`);
  await Promise.all([first.stop(), last.stop()]);
}, 120_000);
