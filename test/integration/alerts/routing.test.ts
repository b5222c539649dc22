import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Alerting } from '../../../engine/alerts/alerting.ts';
import { createDeliveryMetrics } from '../../../engine/alerts/delivery-metrics.ts';
import { until } from '../../running-server.ts';
import { sampleFinding, sampleRule } from '../../unit/alerts/sample-finding.ts';
import { alertingOn, openTestEngine, type TestClock, type TestEngine, testClock } from './alerting-on-engine.ts';
import { answer, type Receiver, startReceiver } from './receiver.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const rule = sampleRule();
const grave = sampleRule({ id: 'leaked-secret', severity: 'critical', risk_score: 90, tags: ['pci'] });

let engine: TestEngine;
let database: string;
let clock: TestClock;
let alerts: Alerting;
let soc: Receiver;
let boss: Receiver;
let ids: { soc: string; boss: string };

beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => engine.close());

beforeEach(async () => {
  database = await engine.newOrg();
  clock = testClock();
  alerts = alertingOn(engine.store, database, { clock });
  soc = await startReceiver();
  boss = await startReceiver();
  ids = { soc: await add('soc', soc), boss: await add('boss', boss) };
});
afterEach(async () => {
  await alerts.stop();
  await Promise.all([soc.close(), boss.close()]);
});

async function add(name: string, { url }: Receiver, more = {}): Promise<string> {
  return (await alerts.destinations.create({ kind: 'webhook', name, url, secret: 's', ...more }, 'ana')).id;
}

const route = (body: object) => alerts.policies.create('route', { name: 'r', ...body }, 'ana');
const find = (by: typeof rule, entity: string, ...spans: string[]) =>
  alerts.applyFindings(by, [sampleFinding(by, entity, spans)]);

async function pass(ms: number): Promise<void> {
  clock.now += ms;
  await alerts.deliverDue();
}

function told(receiver: Receiver): string[] {
  return receiver.received.map(({ json }) =>
    `${json['event']} ${json['session_id'] ?? json['alerts_total'] ?? ''}`.trim(),
  );
}

async function first() {
  const { items } = await alerts.list({});
  return items.at(-1)!;
}

describe('routes', () => {
  test('are asked in order, and the first that matches decides', async () => {
    await route({ position: 2, match: {}, destinations: [ids.soc] });
    await route({ position: 1, match: { severity: ['critical'] }, destinations: [ids.boss] });
    await find(rule, 's1', 'a');
    await find(grave, 's2', 'a');
    await pass(0);
    expect([told(soc), told(boss)]).toEqual([['opened s1'], ['opened s2']]);
  });

  test('that say continue let those behind them decide too', async () => {
    await route({ position: 1, match: { tag: ['pci'] }, destinations: [ids.boss], continue: true });
    await route({ position: 2, match: { rule: ['leaked-*'] }, destinations: [ids.soc] });
    await find(grave, 's1', 'a');
    await pass(0);
    expect([told(soc), told(boss)]).toEqual([['opened s1'], ['opened s1']]);
  });

  test('that match nothing leave it to the fallback destination, else to everybody', async () => {
    await route({ match: { rule: ['other'] }, destinations: [ids.boss] });
    await find(rule, 's1', 'a');
    await pass(0);
    expect([told(soc), told(boss)]).toEqual([['opened s1'], ['opened s1']]);
    const spare = await startReceiver();
    await add('spare', spare, { fallback: true });
    clock.now += 1;
    await find(rule, 's2', 'a');
    await pass(0);
    expect([told(soc), told(boss), told(spare)]).toEqual([['opened s1'], ['opened s1'], ['opened s2']]);
    await spare.close();
  });

  test('without destinations send nothing, and the alert says so', async () => {
    await route({ match: { severity: ['medium'] }, destinations: [] });
    await find(rule, 's1', 'a');
    await pass(0);
    expect([told(soc), told(boss)]).toEqual([[], []]);
    const { deliveries } = await alerts.get((await first()).id);
    expect(deliveries).toMatchObject([{ state: 'unrouted', reason: 'the route sends nothing' }]);
  });

  test('that change later send nothing old to anybody', async () => {
    await route({ destinations: [ids.soc] });
    await find(rule, 's1', 'a');
    await pass(0);
    const [old] = await alerts.policies.list('route');
    await alerts.policies.replace('route', old!.id, { name: 'r', destinations: [ids.boss] });
    const next = alertingOn(engine.store, database, { clock });
    await next.deliverDue();
    await next.stop();
    expect([told(soc), told(boss)]).toEqual([['opened s1'], []]);
  });

  test('know agents and users of a session', async () => {
    await engine.store.command(
      `INSERT INTO otel_traces (SessionId, AgentId, UserId, IngestedAt, Timestamp) VALUES ('s1', 'billing-bot', 'kim', now64(6), now64(9))`,
      {},
      { database },
    );
    await route({ match: { agent: ['billing-*'], user: ['kim'] }, destinations: [ids.boss] });
    await route({ position: 2_000, destinations: [ids.soc] });
    await find(rule, 's1', 'a');
    await find(rule, 's2', 'a');
    await pass(0);
    expect([told(soc), told(boss)]).toEqual([['opened s2'], ['opened s1']]);
  });

  test('apply in their hours; outside the next is asked, or what they take waits', async () => {
    // It is Friday, 10:01.
    const night = { days: ['fri'], from: '20:00', to: '06:00', timezone: 'Europe/Zurich' };
    await route({ position: 1, match: { severity: ['critical'] }, hours: night, destinations: [ids.boss] });
    await route({ position: 2, hours: night, outside_hours: 'hold', destinations: [ids.soc] });
    await find(grave, 's1', 'a');
    await find(rule, 's2', 'a');
    await pass(0);
    expect([told(soc), told(boss)]).toEqual([[], []]);
    clock.now = Date.parse('2026-11-20T19:00:00Z');
    await find(grave, 's3', 'a');
    await pass(0);
    expect([told(soc), told(boss)]).toEqual([['summary 2'], ['opened s3']]);
  });
});

describe('one message for several alerts', () => {
  test('a group waits for the rest of it, and for its interval before the next message', async () => {
    await route({ destinations: [ids.soc], group_by: ['rule'], group_wait_seconds: 30, group_interval_seconds: 300 });
    await find(rule, 's1', 'a');
    await find(rule, 's2', 'a');
    await find(grave, 's3', 'a');
    await pass(29 * SECOND);
    expect(told(soc)).toEqual([]);
    await pass(SECOND);
    expect(told(soc).sort()).toEqual(['opened s3', 'summary 2']);
    await find(rule, 's4', 'a');
    await find(rule, 's5', 'a');
    await pass(MINUTE);
    expect(soc.received).toHaveLength(2);
    await pass(5 * MINUTE);
    expect(told(soc).at(-1)).toBe('summary 2');
    const summary = soc.received.at(-1)!.json;
    expect(summary).toMatchObject({
      reason: 'group',
      severity: 'medium',
      matches_total: 2,
      rules: [{ rule_id: rule.id, alerts: 2 }],
    });
    expect((summary['alert_ids'] as string[]).length).toBe(2);
  });

  test('a digest says once what it collected, and nothing of what becomes of it', async () => {
    await route({ match: { severity: ['medium'] }, destinations: [ids.soc], digest_minutes: 60 });
    for (const session of ['s1', 's2', 's3']) await find(rule, session, 'a');
    await find(rule, 's1', 'b');
    await alerts.act((await first()).id, { action: 'close', reason: 'benign' }, 'ana');
    await pass(30 * MINUTE);
    expect(told(soc)).toEqual([]);
    await pass(30 * MINUTE);
    expect(told(soc)).toEqual(['summary 3']);
    expect(soc.received[0]!.json).toMatchObject({ reason: 'digest', matches_total: 4 });
    await find(rule, 's2', 'c');
    await pass(60 * MINUTE);
    expect(soc.received).toHaveLength(1);
  });

  test('a crash after the message was put together repeats the same message', async () => {
    await route({ destinations: [ids.soc], group_by: [], group_wait_seconds: 1 });
    for (const session of ['s1', 's2', 's3']) await find(rule, session, 'a');
    soc.script.push(answer(500));
    await pass(SECOND);
    const next = alertingOn(engine.store, database, { clock });
    clock.now += MINUTE;
    await next.deliverDue();
    await next.stop();
    expect(told(soc)).toEqual(['summary 3', 'summary 3']);
    const [one, two] = soc.received;
    expect(one!.json['delivery_id']).toBe(two!.json['delivery_id']);
  });

  test('a storm is one message a minute that tells the totals, never a thousand and never none', async () => {
    const quiet = await startReceiver();
    await alerts.destinations.remove(ids.boss);
    await alerts.destinations.remove(ids.soc);
    await add('pager', quiet, { rate_per_minute: 30 });
    clock.now += 1;
    const sessions = Array.from({ length: 10_000 }, (_, i) => sampleFinding(grave, `storm-${i}`, ['a']));
    for (let second = 0; second < 10; second++) {
      await alerts.applyFindings(grave, sessions.slice(second * 1_000, (second + 1) * 1_000));
      await pass(6 * SECOND);
    }
    await pass(MINUTE);
    await pass(MINUTE);
    const totals = quiet.received.map(({ json }) => Number(json['alerts_total'] ?? 1));
    expect(totals.reduce((sum, total) => sum + total, 0)).toBe(10_000);
    expect(quiet.received.length).toBeLessThanOrEqual(6);
    expect(quiet.received[0]!.json).toMatchObject({
      event: 'summary',
      reason: 'rate_limit',
      explanation: expect.stringContaining('30 messages a minute'),
      severity: 'critical',
    });
    await quiet.close();
  });
});

describe('reminders', () => {
  test('an alert that nobody acknowledges escalates, once', async () => {
    await route({ destinations: [ids.soc], escalate: { after_minutes: 15, destinations: [ids.boss] } });
    await find(rule, 's1', 'a');
    await pass(0);
    await pass(14 * MINUTE);
    expect(told(boss)).toEqual([]);
    await pass(MINUTE);
    await pass(60 * MINUTE);
    expect([told(soc), told(boss)]).toEqual([['opened s1'], ['escalated s1']]);
    await alerts.act((await first()).id, { action: 'close', reason: 'benign' }, 'ana');
    await pass(0);
    expect([told(soc).at(-1), told(boss).at(-1)]).toEqual(['closed s1', 'closed s1']);
  });

  test('an alert that somebody took on reminds nobody', async () => {
    await route({
      destinations: [ids.soc],
      repeat_minutes: 60,
      escalate: { after_minutes: 15, destinations: [ids.boss] },
    });
    await find(rule, 's1', 'a');
    await pass(0);
    await alerts.act((await first()).id, { action: 'acknowledge' }, 'ana');
    await pass(24 * 60 * MINUTE);
    expect([told(soc), told(boss)]).toEqual([['opened s1', 'acknowledged s1'], []]);
    const { deliveries } = await alerts.get((await first()).id);
    expect(
      deliveries
        .filter(({ state }) => state === 'superseded')
        .map(({ event, reason }) => [event, reason])
        .sort(),
    ).toEqual([
      ['escalated', 'the alert is acknowledged'],
      ['repeated', 'the alert is acknowledged'],
    ]);
  });

  test('an open alert is said again at each interval', async () => {
    await route({ destinations: [ids.soc], repeat_minutes: 60 });
    await find(rule, 's1', 'a');
    await pass(0);
    for (let hour = 0; hour < 3; hour++) await pass(60 * MINUTE);
    expect(told(soc)).toEqual(['opened s1', 'repeated s1', 'repeated s1', 'repeated s1']);
  });

  test('evidence that grows at each evaluation is one update an interval, without a new page', async () => {
    await find(rule, 's1', 'a');
    await pass(0);
    for (let n = 0; n < 100; n++) {
      await find(rule, 's1', `more-${n}`);
      await pass(3 * SECOND);
    }
    await pass(5 * MINUTE);
    expect(told(soc)).toEqual(['opened s1', 'updated s1']);
    expect(soc.received[1]!.json).toMatchObject({ count: 101 });
  });
});

describe('silences', () => {
  const silence = (body: object) =>
    alerts.policies.create(
      'silence',
      {
        starts_at: '2026-11-20T10:00:00Z',
        ends_at: '2026-11-20T12:00:00Z',
        reason: 'migration',
        notice_minutes: null,
        ...body,
      },
      'ana',
    );

  test('hold messages back and nothing else: the alert is there, and the hits are counted', async () => {
    const { id } = await silence({ match: { rule: [rule.id] }, except: { session: ['vip-*'] } });
    await find(rule, 's1', 'a');
    await find(rule, 'vip-1', 'a');
    await find(grave, 's1', 'b');
    await pass(0);
    expect(told(soc).sort()).toEqual(['opened s1', 'opened vip-1']);
    expect((await alerts.list({})).items).toHaveLength(3);
    expect((await alerts.heldBack('silence'))(id)).toEqual({ hits: 1, alerts_held: 1 });
  });

  test('that have ended let the next match open the alert for its receivers', async () => {
    await silence({ match: { rule: [rule.id] } });
    await find(rule, 's1', 'a');
    await pass(3 * 60 * MINUTE);
    expect(told(soc)).toEqual([]);
    await find(rule, 's1', 'b');
    await pass(0);
    expect(told(soc)).toEqual(['opened s1']);
    await alerts.act((await first()).id, { action: 'close', reason: 'benign' }, 'ana');
    await pass(0);
    expect(told(soc)).toEqual(['opened s1', 'closed s1']);
  });

  test('announce their end, once, with what they held back', async () => {
    await silence({ match: { rule: [rule.id] }, notice_minutes: 30 });
    await find(rule, 's1', 'a');
    await pass(80 * MINUTE);
    expect(told(soc)).toEqual([]);
    await pass(10 * MINUTE);
    await pass(MINUTE);
    const next = alertingOn(engine.store, database, { clock });
    await next.deliverDue();
    await next.stop();
    expect(told(soc)).toEqual(['notice']);
    expect(soc.received[0]!.json).toMatchObject({
      title: 'A silence ends at 2026-11-20T12:00:00Z',
      lines: [expect.stringContaining('migration'), expect.stringContaining('1 messages about 1 alerts')],
    });
  });

  test('stop reminders of alerts that were told before', async () => {
    await route({ destinations: [ids.soc], escalate: { after_minutes: 5, destinations: [ids.boss] } });
    await find(rule, 's1', 'a');
    await pass(0);
    await silence({ match: { rule: [rule.id] } });
    await pass(5 * MINUTE);
    expect(told(boss)).toEqual([]);
  });

  test('with hours are maintenance windows', async () => {
    const hours = { days: ['fri'], from: '11:00', to: '11:30' };
    await silence({ match: { rule: [rule.id] }, hours });
    await find(rule, 's1', 'a');
    clock.now = Date.parse('2026-11-20T11:15:00Z');
    await find(rule, 's2', 'a');
    clock.now = Date.parse('2026-11-20T11:30:00Z');
    await find(rule, 's3', 'a');
    await pass(0);
    expect(told(soc)).toEqual(['opened s1', 'opened s3']);
  });

  test('an inhibition tells of the cause and not of what follows from it', async () => {
    const body = {
      name: 'i',
      source: { severity: ['critical'] },
      target: { severity: ['medium'] },
      equal: ['session'],
    };
    const { id } = await alerts.policies.create('inhibition', body, 'ana');
    await find(grave, 's1', 'a');
    await find(rule, 's1', 'b');
    await find(rule, 's2', 'c');
    await pass(0);
    expect(told(soc).sort()).toEqual(['opened s1', 'opened s2']);
    expect((await alerts.heldBack('inhibition'))(id)).toEqual({ hits: 1, alerts_held: 1 });
    const next = alertingOn(engine.store, database, { clock });
    await next.deliverDue();
    await next.stop();
    expect(soc.received).toHaveLength(2);
  });
});

describe('the dry run', () => {
  test('says where an alert would go and why, and sends nothing', async () => {
    await route({
      name: 'grave',
      match: { severity: ['critical'] },
      destinations: [ids.boss],
      escalate: { after_minutes: 5, destinations: [ids.soc] },
    });
    await find(grave, 's1', 'a');
    const { id } = await first();
    expect(await alerts.whereTo({ alert_id: id })).toEqual({
      explanation: 'route "grave"',
      held_back_by: null,
      destinations: [
        {
          id: ids.boss,
          name: 'boss',
          kind: 'webhook',
          route: 'grave',
          not_before: new Date(clock.now).toISOString(),
          how: 'at once',
        },
      ],
      escalates_to: [{ id: ids.soc, name: 'soc', after_minutes: 5 }],
    });
    expect((await alerts.whereTo({ severity: 'low' })).explanation).toContain('no route matches');
    await expect(alerts.whereTo({ alert_id: 'nowhere' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect([told(soc), told(boss)]).toEqual([[], []]);
  });

  test.each([
    ['route', { name: 'x', destinations: ['nowhere'] }],
    ['route', { name: 'x', destinations: [], hours: { from: '9:00', to: '17:00' } }],
    ['route', { name: 'x', destinations: [], hours: { from: '09:00', to: '17:00', timezone: 'Mars/Olympus' } }],
    ['route', { name: 'x', destinations: [], surprise: true }],
    ['silence', { match: {}, starts_at: '2026-11-20T10:00:00Z', ends_at: '2026-11-20T12:00:00Z', reason: 'all' }],
    [
      'silence',
      { match: { rule: ['x'] }, starts_at: '2026-11-20T12:00:00Z', ends_at: '2026-11-20T10:00:00Z', reason: 'x' },
    ],
    ['inhibition', { name: 'x', source: {}, target: { rule: ['x'] }, equal: ['session'] }],
  ] as const)('what makes no sense as a %s is refused', async (kind, body) => {
    await expect(alerts.policies.create(kind, body, 'ana')).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });
});

describe('figures', () => {
  test('tell the delay since the acknowledgement of the spans, the attempts and the queue', async () => {
    const register = new Registry();
    const metrics = createDeliveryMetrics(register);
    const measured = alertingOn(engine.store, database, { metrics, clock: Date.now });
    await engine.store.command(
      `INSERT INTO otel_traces (TraceId, SpanId, SessionId, IngestedAt, Timestamp)
       VALUES ('trace-s1', 'a', 's1', now64(6) - INTERVAL 2 SECOND, now64(9))`,
      {},
      { database },
    );
    boss.script.push(answer(500));
    await measured.applyFindings(rule, [sampleFinding(rule, 's1', ['a'])]);
    await measured.deliverDue();
    await until(
      async () => (await register.metrics()).includes('spanwarden_alert_delay_seconds_count 1'),
      10_000,
      'the delay',
    );
    const text = await register.metrics();
    expect(Number(/delay_seconds_sum ([\d.]+)/.exec(text)![1])).toBeGreaterThanOrEqual(1.9);
    expect(text).toContain(`attempts_total{destination="${ids.soc}",kind="webhook",outcome="delivered"} 1`);
    expect(text).toContain(`attempts_total{destination="${ids.boss}",kind="webhook",outcome="failed"} 1`);
    expect(text).toContain(`queue{org="test",destination="${ids.boss}",state="pending"} 1`);
    await measured.stop();
  });
});

describe('a destination that fails', () => {
  test('is left alone for a while after five failures in a row, then asked by one attempt', async () => {
    soc.script.push(...Array.from({ length: 8 }, () => answer(500)));
    await alerts.destinations.remove(ids.boss);
    for (let n = 0; n < 20; n++) await find(rule, `s${n}`, 'a');
    for (let round = 0; round < 3; round++) await pass(0);
    // Four attempts at a time: what was under way when the fifth failed ends.
    const asked = soc.received.length;
    expect(asked).toBeLessThanOrEqual(8);
    const health = (await alerts.deliveries.health([ids.soc])).get(ids.soc);
    expect(health).toMatchObject({ queued: 20, dead: 0, paused_until: expect.any(String) });
    await pass(5 * MINUTE);
    await pass(5 * MINUTE);
    expect(new Set(soc.received.map(({ json }) => json['id'])).size).toBe(20);
    expect((await alerts.deliveries.health([ids.soc])).get(ids.soc)).toMatchObject({ queued: 0, failures_in_a_row: 0 });
  });

  test('hands over to the fallback destination, and what was given up can be replayed', async () => {
    await alerts.destinations.remove(ids.boss);
    const spare = await startReceiver();
    const spareId = await add('spare', spare, { fallback: true });
    await route({ destinations: [ids.soc] });
    await find(rule, 's1', 'a');
    for (let attempt = 0; attempt < 12; attempt++) {
      soc.script.push(answer(500));
      await pass(2.5 * 60 * MINUTE);
    }
    expect(told(spare)).toEqual(['opened s1']);
    const [dead] = await alerts.deliveries.list({});
    expect(dead).toMatchObject({ destination_id: ids.soc, state: 'dead' });
    expect((await alerts.deliveries.list({ state: 'delivered' })).map(({ destination_id }) => destination_id)).toEqual([
      spareId,
    ]);
    soc.script.length = 0;
    const before = soc.received.length;
    await alerts.deliveries.replay(dead!.delivery_id);
    await pass(5 * MINUTE);
    expect(soc.received.slice(before).map(({ json }) => json['delivery_id'])).toEqual([dead!.delivery_id]);
    await expect(alerts.deliveries.replay(dead!.delivery_id)).rejects.toMatchObject({ code: 'CONFLICT' });
    await spare.close();
  });

  test('can be tested: an alert that opens and closes, outside the outbox', async () => {
    expect(await alerts.destinations.test(ids.soc)).toMatchObject({ status: 204, error: '' });
    expect(soc.received.map(({ json }) => [json['event'], json['rule_id']])).toEqual([
      ['opened', 'spanwarden-test'],
      ['closed', 'spanwarden-test'],
    ]);
    soc.script.push(answer(403));
    expect(await alerts.destinations.test(ids.soc)).toMatchObject({ status: 403, error: 'answered 403' });
    await expect(alerts.destinations.test('nowhere')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
