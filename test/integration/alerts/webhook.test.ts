import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Alerting } from '../../../engine/alerts/alerting.ts';
import { orgAlertQueries } from '../../../engine/clickhouse/org-alert-queries.ts';
import { sampleFinding, sampleRule } from '../../unit/alerts/sample-finding.ts';
import { alertingOn, openTestEngine, type TestClock, type TestEngine, testClock } from './alerting-on-engine.ts';
import {
  answer,
  type Behaviour,
  closeInBody,
  endlessBody,
  endlessHeaders,
  garbage,
  hang,
  hangInBody,
  hangUp,
  type Receiver,
  startReceiver,
} from './receiver.ts';

const rule = sampleRule();
const SECRET = 'a shared secret';
const MINUTE = 60_000;

let engine: TestEngine;
let database: string;
let clock: TestClock;
let alerts: Alerting;
let receiver: Receiver;

beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => engine.close());

beforeEach(async () => {
  database = await engine.newOrg();
  clock = testClock();
  alerts = alertingOn(engine.store, database, { clock });
  receiver = await startReceiver();
});
afterEach(async () => {
  await alerts.stop();
  await receiver.close();
});

async function addWebhook(url = receiver.url): Promise<string> {
  return (await alerts.destinations.create({ kind: 'webhook', name: 'ops', url, secret: SECRET }, 'ana')).id;
}

/** A round of deliveries; an impatient engine makes it when the receiver is about to hang. */
async function deliver(): Promise<void> {
  const next = receiver.script[0];
  if (next !== hang && next !== hangInBody) return alerts.deliverDue();
  const impatient = alertingOn(engine.store, database, { clock, attemptTimeoutMs: 300 });
  await impatient.deliverDue();
  await impatient.stop();
}

async function onlyAlert() {
  const [alert] = (await alerts.list({})).items;
  return alerts.get(alert!.id);
}

/** Checks a signature as a receiver would, by the contract alone. */
function verify({ headers, body }: Receiver['received'][number]): boolean {
  const header = String(headers['x-spanwarden-signature']);
  const [, time, given] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(header) ?? [];
  return given === createHmac('sha256', SECRET).update(`${time}.${body}`).digest('hex');
}

describe('a webhook', () => {
  test('is a signed POST of the alert with event and delivery id', async () => {
    await addWebhook();
    await alerts.applyFindings(rule, [sampleFinding(rule, 's1', ['a'])]);
    await alerts.deliverDue();
    const [request] = receiver.received;
    const { log: _, deliveries, ...alert } = await onlyAlert();
    expect(request!.json).toEqual({ event: 'opened', delivery_id: deliveries[0]!.delivery_id, ...alert });
    expect(verify(request!)).toBe(true);
    expect(request!.headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': 'spanwarden/0.1.0',
      'x-spanwarden-delivery': deliveries[0]!.delivery_id,
      'x-spanwarden-event': 'opened',
      'x-spanwarden-signature': expect.stringContaining(`t=${clock.now / 1000},`),
    });
    expect(deliveries).toMatchObject([{ event: 'opened', state: 'delivered', attempts: [{ status: 204, error: '' }] }]);
  });

  test('tells of every change in order, and of nothing twice', async () => {
    await addWebhook();
    await alerts.applyFindings(rule, [sampleFinding(rule, 's1', ['a'])]);
    const { id } = await onlyAlert();
    await alerts.act(id, { action: 'assign', assignee: 'ben' }, 'ana');
    await alerts.act(id, { action: 'comment', text: 'on it' }, 'ana');
    await alerts.act(id, { action: 'acknowledge' }, 'ana');
    await alerts.applyFindings(rule, [sampleFinding(rule, 's1', ['b'])]);
    await alerts.act(id, { action: 'close', reason: 'benign' }, 'ana');
    await alerts.act(id, { action: 'reopen' }, 'ana');
    for (const _ of [1, 2, 3]) await alerts.deliverDue();
    expect(receiver.received.map(({ json }) => json['event'])).toEqual(['opened', 'acknowledged', 'closed', 'opened']);
    // The match is told by the close behind it, which shows the alert as it stands.
    expect(new Set(receiver.received.map(({ json }) => json['delivery_id'])).size).toBe(4);
  });

  const failures: [string, Behaviour, { status: number; error: string }][] = [
    ['answers 500', answer(500), { status: 500, error: 'answered 500' }],
    ['answers 404', answer(404), { status: 404, error: 'answered 404' }],
    ['answers 429', answer(429, { 'retry-after': '7' }), { status: 429, error: 'answered 429' }],
    ['redirects', answer(302, { location: '/elsewhere' }), { status: 302, error: 'redirects are not followed' }],
    ['hangs', hang, { status: 0, error: 'timed out' }],
    ['hangs in its answer', hangInBody, { status: 0, error: 'timed out' }],
    ['hangs up', hangUp, { status: 0, error: 'connection closed early' }],
    ['closes early', closeInBody, { status: 0, error: 'connection closed early' }],
    ['talks garbage', garbage, { status: 0, error: 'answer is not HTTP' }],
    ['sends headers without end', endlessHeaders, { status: 0, error: 'answer is not HTTP or too large' }],
  ];
  test.each(failures)('a receiver that %s is asked again', async (_, behaviour, expected) => {
    receiver.script.push(behaviour);
    await addWebhook();
    await alerts.applyFindings(rule, [sampleFinding(rule, 's1', ['a'])]);
    await deliver();
    expect((await onlyAlert()).deliveries).toMatchObject([{ state: 'pending', attempts: [expected] }]);
    clock.now += MINUTE;
    await deliver();
    expect((await onlyAlert()).deliveries).toMatchObject([
      { state: 'delivered', attempts: [expected, { attempt: 2, status: 204, error: '' }] },
    ]);
    expect(receiver.received).toHaveLength(2);
  });

  test('a receiver with every fault there is gets everything in the end, under one delivery id and a valid signature each time', async () => {
    receiver.script.push(...failures.map(([, behaviour]) => behaviour));
    await addWebhook();
    await alerts.applyFindings(rule, [sampleFinding(rule, 's1', ['a'])]);
    for (let round = 0; round <= failures.length; round++) {
      await deliver();
      clock.now += 10 * MINUTE;
    }
    expect(receiver.received).toHaveLength(failures.length + 1);
    expect(new Set(receiver.received.map(({ json }) => json['delivery_id'])).size).toBe(1);
    expect(new Set(receiver.received.map(({ headers }) => headers['x-spanwarden-signature'])).size).toBe(
      failures.length + 1,
    );
    expect(receiver.received.every(verify)).toBe(true);
    expect((await onlyAlert()).deliveries).toMatchObject([{ state: 'delivered' }]);
  });

  test('no redirect is followed', async () => {
    const trap = await startReceiver();
    for (const status of [301, 302, 303, 307, 308]) receiver.script.push(answer(status, { location: trap.url }));
    await addWebhook();
    await alerts.applyFindings(rule, [sampleFinding(rule, 's1', ['a'])]);
    for (let round = 0; round < 6; round++) {
      await alerts.deliverDue();
      clock.now += 10 * MINUTE;
    }
    expect(receiver.received).toHaveLength(6);
    expect(trap.received).toEqual([]);
    await trap.close();
  });

  test('of an answer without end only the beginning is read', async () => {
    receiver.script.push(endlessBody);
    await addWebhook();
    await alerts.applyFindings(rule, [sampleFinding(rule, 's1', ['a'])]);
    await alerts.deliverDue();
    expect((await onlyAlert()).deliveries).toMatchObject([{ state: 'delivered', attempts: [{ status: 200 }] }]);
  });

  test('nobody listening is a failure like others', async () => {
    await addWebhook();
    await receiver.close();
    await alerts.applyFindings(rule, [sampleFinding(rule, 's1', ['a'])]);
    await alerts.deliverDue();
    expect((await onlyAlert()).deliveries).toMatchObject([
      { state: 'pending', attempts: [{ status: 0, error: 'connection refused' }] },
    ]);
  });
});

describe('the secret of a destination', () => {
  test('is shown by nothing and stored sealed', async () => {
    const id = await addWebhook();
    const shown = { id, kind: 'webhook', name: 'ops', url: receiver.url, created_by: 'ana' };
    expect(await alerts.destinations.get(id)).toEqual({ ...shown, created_at: '2026-11-20T10:01:00.000000Z' });
    expect(await alerts.destinations.list()).toEqual([await alerts.destinations.get(id)]);
    const [row] = await engine.store.query('SELECT * FROM destinations', {}, { database });
    expect(JSON.stringify(row)).not.toContain(SECRET);
  });

  test('under another master key nothing is sent, the reason is in the attempt log, and the delivery waits', async () => {
    await addWebhook();
    await alerts.applyFindings(rule, [sampleFinding(rule, 's1', ['a'])]);
    const other = alertingOn(engine.store, database, { clock, sealKey: Buffer.alloc(32) });
    await other.deliverDue();
    await other.stop();
    expect(receiver.received).toEqual([]);
    expect((await onlyAlert()).deliveries).toMatchObject([
      { state: 'pending', attempts: [{ error: expect.stringContaining('does not open under this master key') }] },
    ]);
  });
});

describe('what may be entered', () => {
  const good = { kind: 'webhook', name: 'ops', url: 'https://8.8.8.8/', secret: 's' };
  test.each<[string, unknown, string]>([
    ['no object', null, 'BAD_REQUEST'],
    ['an unknown kind', { ...good, kind: 'pigeon' }, 'BAD_REQUEST'],
    ['an inherited kind', { ...good, kind: 'constructor' }, 'BAD_REQUEST'],
    ['no name', { ...good, name: ' ' }, 'BAD_REQUEST'],
    ['no secret', { ...good, secret: undefined }, 'BAD_REQUEST'],
    ['a field too many', { ...good, method: 'DELETE' }, 'BAD_REQUEST'],
    ['another scheme', { ...good, url: 'ftp://8.8.8.8/' }, 'DESTINATION_REFUSED'],
    ['credentials in the URL', { ...good, url: 'https://a:b@8.8.8.8/' }, 'DESTINATION_REFUSED'],
    ['a metadata address', { ...good, url: 'http://169.254.169.254/' }, 'DESTINATION_REFUSED'],
  ])('%s is refused', async (_, input, code) => {
    await expect(alerts.destinations.create(input, 'ana')).rejects.toMatchObject({ code });
    expect(await alerts.destinations.list()).toEqual([]);
  });

  test('what was removed is gone and gets nothing', async () => {
    const id = await addWebhook();
    await alerts.applyFindings(rule, [sampleFinding(rule, 's1', ['a'])]);
    clock.now += 1;
    await alerts.destinations.remove(id);
    await alerts.deliverDue();
    expect(receiver.received).toEqual([]);
    await expect(alerts.destinations.get(id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(alerts.destinations.remove(id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('the guard of the network at delivery', () => {
  test('a name that turned private after it was entered gets no connection', async () => {
    let address = '8.8.8.8';
    const options = { clock, allowPrivate: false, lookup: async () => [{ address, family: 4 }] };
    const guarded = alertingOn(engine.store, database, options);
    const url = receiver.url.replace('127.0.0.1', 'hooks.example.com');
    await guarded.destinations.create({ kind: 'webhook', name: 'ops', url, secret: SECRET }, 'ana');
    address = '127.0.0.1';
    await guarded.applyFindings(rule, [sampleFinding(rule, 's1', ['a'])]);
    await guarded.deliverDue();
    await guarded.stop();
    expect(receiver.received).toEqual([]);
    expect((await onlyAlert()).deliveries).toMatchObject([
      { state: 'pending', attempts: [{ status: 0, error: expect.stringContaining('private network') }] },
    ]);
  });

  test('the address that was checked is the one connected to', async () => {
    const asked: string[] = [];
    const lookup = async (host: string) => {
      asked.push(host);
      // A second question would get another answer, as a rebinding name server gives it.
      return [{ address: asked.length > 1 ? '169.254.169.254' : '127.0.0.1', family: 4 }];
    };
    const guarded = alertingOn(engine.store, database, { clock, lookup });
    const queries = orgAlertQueries(engine.store, database);
    await addWebhook();
    const [entered] = await queries.listDestinations();
    const url = receiver.url.replace('127.0.0.1', 'hooks.example.com');
    clock.now += 1;
    await queries.insertDestination({ ...entered!, settings: { url }, created_at: '2026-11-20 10:01:00.001000' });
    await guarded.applyFindings(rule, [sampleFinding(rule, 's1', ['a'])]);
    await guarded.deliverDue();
    await guarded.stop();
    expect(asked).toEqual(['hooks.example.com']);
    expect(receiver.received.map(({ headers }) => headers.host)).toEqual([new URL(url).host]);
  });

  test('a destination entered while private networks were allowed is refused once they are not', async () => {
    await addWebhook();
    await alerts.applyFindings(rule, [sampleFinding(rule, 's1', ['a'])]);
    const strict = alertingOn(engine.store, database, { clock, allowPrivate: false });
    await strict.deliverDue();
    await strict.stop();
    expect(receiver.received).toEqual([]);
    expect((await onlyAlert()).deliveries).toMatchObject([
      { state: 'pending', attempts: [{ status: 0, error: expect.stringContaining('private network') }] },
    ]);
  });
});
