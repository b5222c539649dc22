import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AlertStore } from '../../../engine/alerts/alert-store.ts';
import type { Alerting } from '../../../engine/alerts/alerting.ts';
import { planDeliveries } from '../../../engine/alerts/plan-deliveries.ts';
import { toPolicy } from '../../../engine/alerts/routing/policy.ts';
import { orgAlertQueries } from '../../../engine/clickhouse/org-alert-queries.ts';
import { CodedError } from '../../../engine/core/errors.ts';
import { sampleFinding, sampleRule } from '../../unit/alerts/sample-finding.ts';
import {
  alertingOn,
  type LoggedLine,
  openTestEngine,
  type TestClock,
  type TestEngine,
  testClock,
} from './alerting-on-engine.ts';
import { answer, hang, type Receiver, startReceiver } from './receiver.ts';

const rule = sampleRule();
const HOUR = 3_600_000;
const LONG_AGO = '2026-01-01 00:00:00.000000';

let engine: TestEngine;
let database: string;
let queries: AlertStore;
let clock: TestClock;
let lines: LoggedLine[];
let alerts: Alerting;
let receiver: Receiver;

beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => engine.close());

beforeEach(async () => {
  database = await engine.newOrg();
  queries = orgAlertQueries(engine.store, database);
  clock = testClock();
  lines = [];
  alerts = alertingOn(engine.store, database, { clock, lines });
  receiver = await startReceiver();
});
afterEach(async () => {
  await alerts.stop();
  await receiver.close();
});

async function addWebhook(to = receiver): Promise<string> {
  const webhook = { kind: 'webhook', name: 'ops', url: to.url, secret: 'secret' };
  return (await alerts.destinations.create(webhook, 'ana')).id;
}

const find = (entity: string, ...spans: string[]) => alerts.applyFindings(rule, [sampleFinding(rule, entity, spans)]);

async function planning(store: AlertStore = queries) {
  return { store, policy: toPolicy([]), org: 'test', destinations: await store.listDestinations() };
}

function told(to = receiver): string[] {
  return to.received.map(({ json }) => `${json['event']} ${json['session_id']}`);
}

/** An engine that starts on what another one left behind. */
async function deliverAfterRestart(store: AlertStore = queries): Promise<void> {
  const next = alertingOn(engine.store, database, { store, clock, lines });
  await next.deliverDue();
  await next.stop();
}

describe('a crash', () => {
  test('between the event and its plan loses nothing', async () => {
    await addWebhook();
    await find('s1', 'a');
    await deliverAfterRestart();
    expect(told()).toEqual(['opened s1']);
  });

  test('between the plan and the attempt loses nothing', async () => {
    await addWebhook();
    await find('s1', 'a');
    await planDeliveries(await planning(), LONG_AGO, clock.now);
    await deliverAfterRestart();
    expect(told()).toEqual(['opened s1']);
  });

  test('between the attempt and its record repeats it under the same delivery id', async () => {
    await addWebhook();
    await find('s1', 'a');
    const dying: AlertStore = { ...queries, insertAttempts: () => new Promise(() => {}) };
    void alertingOn(engine.store, database, { store: dying, clock }).deliverDue();
    await receiver.untilReceived(1);
    await deliverAfterRestart();
    await deliverAfterRestart();
    const ids = receiver.received.map(({ json }) => json['delivery_id']);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  });

  test('after everything was delivered repeats nothing', async () => {
    await addWebhook();
    await find('s1', 'a');
    await alerts.deliverDue();
    for (const days of [0, 1, 29, 31, 60]) {
      clock.now += days * 24 * HOUR;
      await deliverAfterRestart();
    }
    expect(told()).toEqual(['opened s1']);
  });

  test('followed by three days of downtime still delivers', async () => {
    await addWebhook();
    await find('s1', 'a');
    clock.now += 72 * HOUR;
    receiver.script.push(answer(503));
    await deliverAfterRestart();
    clock.now += HOUR;
    await deliverAfterRestart();
    expect(told()).toEqual(['opened s1', 'opened s1']);
    expect(lines).toEqual([]);
  });
});

describe('planning', () => {
  test('again, even by an engine that sees no plan, never undoes what was delivered', async () => {
    await addWebhook();
    await find('s1', 'a');
    await alerts.deliverDue();
    const blind: AlertStore = { ...queries, readPlanned: async () => [] };
    clock.now += 1_000;
    expect((await planDeliveries(await planning(blind), LONG_AGO, clock.now)).size).toBe(1);
    await deliverAfterRestart();
    expect(told()).toEqual(['opened s1']);
  });

  test('gives a destination only what happened since it is there', async () => {
    await find('before', 'a');
    clock.now += 1;
    await addWebhook();
    await find('after', 'a');
    await alerts.deliverDue();
    expect(told()).toEqual(['opened after']);
  });

  test('covers every destination', async () => {
    const second = await startReceiver();
    await addWebhook();
    await addWebhook(second);
    await find('s1', 'a');
    await alerts.deliverDue();
    expect([told(), told(second)]).toEqual([['opened s1'], ['opened s1']]);
    const ids = [receiver, second].map((to) => to.received[0]!.json['delivery_id']);
    expect(ids[0]).not.toBe(ids[1]);
    await second.close();
  });

  test('reaches over thousands of events', async () => {
    await addWebhook();
    const findings = Array.from({ length: 2_100 }, (_, i) => sampleFinding(rule, `s${i}`, ['a']));
    await alerts.applyFindings(rule, findings);
    await planDeliveries(await planning(), LONG_AGO, clock.now);
    const [row] = await engine.store.query<{ n: string }>(
      'SELECT uniqExact(delivery_id) AS n FROM deliveries',
      {},
      { database },
    );
    expect(Number(row!.n)).toBe(2_100);
  });

  test('rules in test and windows evaluated late notify nobody, nor does what people do to their alerts', async () => {
    await addWebhook();
    const inTest = sampleRule({ id: 'rule-in-test', status: 'test' });
    await alerts.applyFindings(inTest, [sampleFinding(inTest, 'tested', ['a'])]);
    await alerts.applyFindings(rule, [sampleFinding(rule, 'late', ['a'], {}, true)]);
    for (const { id } of (await alerts.list({})).items) {
      await alerts.act(id, { action: 'acknowledge' }, 'ana');
      await alerts.act(id, { action: 'close', reason: 'benign' }, 'ana');
    }
    await alerts.deliverDue();
    expect(told()).toEqual([]);
    const filledIn = (await alerts.list({})).items.map((alert) => `${alert.entity.value} ${alert.filled_in}`);
    expect(filledIn.sort()).toEqual(['late true', 'tested false']);
  });

  test('the first match on time of an alert that was found late opens it for its receivers', async () => {
    await addWebhook();
    await alerts.applyFindings(rule, [sampleFinding(rule, 's1', ['a'], {}, true)]);
    await find('s1', 'a', 'b');
    await find('s1', 'a', 'b', 'c');
    clock.now += 300_000;
    await alerts.deliverDue();
    expect(told()).toEqual(['opened s1', 'updated s1']);
  });
});

describe('order', () => {
  test('events of one alert wait for the one before; other alerts go past', async () => {
    receiver.script.push(answer(500));
    await addWebhook();
    await find('s1', 'a');
    await alerts.deliverDue();
    const [alert] = (await alerts.list({})).items;
    await alerts.act(alert!.id, { action: 'acknowledge' }, 'ana');
    await find('s2', 'a');
    await alerts.deliverDue();
    expect(told()).toEqual(['opened s1', 'opened s2']);
    clock.now += 1_000;
    await alerts.deliverDue();
    expect(told()).toEqual(['opened s1', 'opened s2', 'opened s1', 'acknowledged s1']);
  });

  test('updates that pile up behind a receiver that is down become one', async () => {
    receiver.script.push(answer(500));
    await addWebhook();
    await find('s1', 'a');
    await alerts.deliverDue();
    for (const span of ['b', 'c', 'd', 'e']) await find('s1', span);
    clock.now += 300_000;
    await alerts.deliverDue();
    expect(told()).toEqual(['opened s1', 'opened s1', 'updated s1']);
    expect(receiver.received.at(-1)!.json).toMatchObject({ count: 5 });
    const { deliveries } = await alerts.get(String(receiver.received[0]!.json['id']));
    expect(deliveries.map((delivery) => delivery.state)).toEqual([
      'delivered',
      'superseded',
      'superseded',
      'superseded',
      'delivered',
    ]);
  });
});

describe('a receiver in trouble', () => {
  test('that asks for a pause gets nothing at all until it is over', async () => {
    receiver.script.push(answer(429, { 'retry-after': '120' }));
    await addWebhook();
    await find('s1', 'a');
    await alerts.deliverDue();
    await find('s2', 'a');
    clock.now += 119_000;
    await alerts.deliverDue();
    expect(told()).toEqual(['opened s1']);
    clock.now += 1_000;
    await alerts.deliverDue();
    expect(told().sort()).toEqual(['opened s1', 'opened s1', 'opened s2']);
  });

  test('that asks for a pause stops what has not begun yet', async () => {
    receiver.script.push(...Array.from({ length: 20 }, () => answer(503, { 'retry-after': '60' })));
    await addWebhook();
    await alerts.applyFindings(
      rule,
      Array.from({ length: 20 }, (_, i) => sampleFinding(rule, `s${i}`, ['a'])),
    );
    await alerts.deliverDue();
    expect(receiver.received.length).toBeLessThanOrEqual(4);
  });

  test('does not hold up others', async () => {
    const stuck = await startReceiver(hang);
    await addWebhook(stuck);
    await addWebhook();
    await find('s1', 'a');
    const round = alerts.deliverDue();
    await stuck.untilReceived(1);
    await receiver.untilReceived(1);
    await find('s2', 'a');
    const second = alerts.deliverDue();
    await receiver.untilReceived(2);
    expect(told(stuck)).toEqual(['opened s1']);
    await stuck.close();
    await Promise.all([round, second]);
  });

  test('is never asked more than four things at a time', async () => {
    let open = 0;
    let most = 0;
    receiver.script.push(
      ...Array.from({ length: 20 }, () => (response: import('node:http').ServerResponse) => {
        open += 1;
        most = Math.max(most, open);
        setImmediate(() => {
          open -= 1;
          response.writeHead(204).end();
        });
      }),
    );
    await addWebhook();
    await alerts.applyFindings(
      rule,
      Array.from({ length: 20 }, (_, i) => sampleFinding(rule, `s${i}`, ['a'])),
    );
    await alerts.deliverDue();
    expect(receiver.received).toHaveLength(20);
    expect(most).toBeLessThanOrEqual(4);
  });

  test('is given up on after a day, which the log tells; what follows still goes', async () => {
    await addWebhook();
    await find('s1', 'a');
    for (let attempt = 0; attempt < 11; attempt++) {
      receiver.script.push(answer(500));
      await alerts.deliverDue();
      clock.now += 2.5 * HOUR;
    }
    expect(lines).toEqual([{ fields: expect.objectContaining({ attempts: 11 }), message: 'A delivery was given up' }]);
    const [alert] = (await alerts.list({})).items;
    expect((await alerts.get(alert!.id)).deliveries).toMatchObject([{ state: 'dead' }]);
    await alerts.act(alert!.id, { action: 'acknowledge' }, 'ana');
    await alerts.deliverDue();
    expect(told().at(-1)).toBe('acknowledged s1');
  });
});

describe('a store that fails', () => {
  const outage = () => Promise.reject(new CodedError('STORE_UNAVAILABLE', 'no memory'));

  test('to record an attempt: nothing is sent again before the record is stored', async () => {
    let down = true;
    const failing: AlertStore = {
      ...queries,
      saveDeliveries: (rows) =>
        down && rows.some((row) => row.revision > 0) ? outage() : queries.saveDeliveries(rows),
    };
    const shaky = alertingOn(engine.store, database, { store: failing, clock, lines });
    await addWebhook();
    await find('s1', 'a');
    for (let round = 0; round < 3; round++) {
      await shaky.deliverDue();
      clock.now += HOUR;
    }
    expect(told()).toEqual(['opened s1']);
    expect(lines.map((line) => line.message)).toEqual(
      Array(3).fill('The outbox could not be worked on; it is tried again'),
    );
    down = false;
    await shaky.deliverDue();
    await shaky.stop();
    await deliverAfterRestart();
    expect(told()).toEqual(['opened s1']);
  });

  test('to plan: the next round catches up', async () => {
    let down = true;
    const failing: AlertStore = {
      ...queries,
      readRecentEvents: (...given) => (down ? outage() : queries.readRecentEvents(...given)),
    };
    const shaky = alertingOn(engine.store, database, { store: failing, clock, lines });
    await addWebhook();
    await find('s1', 'a');
    await expect(shaky.deliverDue()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    down = false;
    await shaky.deliverDue();
    await shaky.stop();
    expect(told()).toEqual(['opened s1']);
  });
});

describe('the running engine', () => {
  test('delivers by itself as soon as something happens, and stops only when what is under way has ended', async () => {
    await addWebhook();
    alerts.start();
    await find('s1', 'a');
    await receiver.untilReceived(1);
    const gate = Promise.withResolvers<void>();
    receiver.script.push(async (response) => {
      await gate.promise;
      response.writeHead(204).end();
    });
    await find('s2', 'a');
    await receiver.untilReceived(2);
    const stopped = alerts.stop();
    gate.resolve();
    await stopped;
    const states = await engine.store.query<{ state: string }>('SELECT state FROM deliveries FINAL', {}, { database });
    expect(states).toEqual([{ state: 'delivered' }, { state: 'delivered' }]);
    expect(lines).toEqual([]);
  });
});
