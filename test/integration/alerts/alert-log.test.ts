import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AlertStore } from '../../../engine/alerts/alert-store.ts';
import type { Alerting } from '../../../engine/alerts/alerting.ts';
import { orgAlertQueries } from '../../../engine/clickhouse/org-alert-queries.ts';
import { listFindings } from '../../../engine/clickhouse/tables/findings.ts';
import { sampleFinding, sampleRule } from '../../unit/alerts/sample-finding.ts';
import { alertingOn, openTestEngine, type TestEngine, testClock } from './alerting-on-engine.ts';

let engine: TestEngine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => engine.close());

const rule = sampleRule();

describe('findings become alerts', () => {
  test('an alert carries what the contract names, with nanoseconds where the source has them', async () => {
    const alerts = alertingOn(engine.store, await engine.newOrg());
    await alerts.applyFindings(rule, [sampleFinding(rule, 's1', ['a', 'b'])]);
    const { items, next_cursor } = await alerts.list({});
    expect(next_cursor).toBeNull();
    expect(items).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f]{32}$/),
        rule_id: 'step-count-blowup',
        rule_version: 1,
        rule_status: 'stable',
        title: 'Session s1 took 90 steps',
        severity: 'medium',
        risk_score: 40,
        status: 'open',
        close_reason: null,
        entity: { kind: 'session', value: 's1' },
        session_id: 's1',
        fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
        episode: 1,
        starts_at: '2026-11-20T10:00:00.123456789Z',
        ends_at: '2026-11-20T10:00:05.500000000Z',
        count: 1,
        evidence: [
          { trace_id: 'trace-s1', span_id: 'a', note: 'step a' },
          { trace_id: 'trace-s1', span_id: 'b', note: 'step b' },
        ],
        evidence_total: 2,
        values: { steps: '90' },
        threat: [{ framework: 'OWASP LLM', version: '2025', technique: ['LLM10'] }],
        runbook: rule.metadata.runbook,
        tags: [],
        assignee: null,
        filled_in: false,
        opened_at: '2026-11-20T10:01:00.000000Z',
        updated_at: '2026-11-20T10:01:00.000000Z',
      },
    ]);
  });

  test('replaying findings any number of times changes nothing', async () => {
    const database = await engine.newOrg();
    const clock = testClock();
    const alerts = alertingOn(engine.store, database, { clock });
    const findings = ['s1', 's2', 's3'].map((entity) => sampleFinding(rule, entity, ['a']));
    expect(await alerts.applyFindings(rule, findings)).toHaveLength(3);
    const before = await alerts.list({});
    for (const _ of [1, 2]) {
      clock.now += 60_000;
      expect(await alerts.applyFindings(rule, findings)).toEqual([]);
    }
    expect(await alerts.list({})).toEqual(before);
    const stored = await listFindings(engine.store, database, { ruleId: rule.id, limit: 10 });
    expect(stored.map((finding) => finding.found_at)).toEqual(Array(3).fill('2026-11-20 10:01:00.000000'));
    expect(await listFindings(engine.store, database, { from: '2026-11-20 10:01:00.000001', limit: 10 })).toEqual([]);
    expect(await listFindings(engine.store, database, { ruleId: 'another', limit: 10 })).toEqual([]);
    const { found_at: _, ...finding } = stored.find((row) => row.entity.value === 's1')!;
    expect(finding).toEqual({
      ...findings[0],
      starts_at: '2026-11-20 10:00:00.123456789',
      ends_at: '2026-11-20 10:00:05.500000000',
    });
  });

  test('more evidence while open is counted; after a close it opens the next alert, and a replay of the old does not', async () => {
    const clock = testClock();
    const alerts = alertingOn(engine.store, await engine.newOrg(), { clock });
    const [first, second, third] = [['a'], ['b'], ['c']].map((spans) => sampleFinding(rule, 's1', spans));
    await alerts.applyFindings(rule, [first!]);
    await alerts.applyFindings(rule, [first!, second!]);
    const [alert] = (await alerts.list({})).items;
    expect(alert).toMatchObject({ count: 2, status: 'open', evidence_total: 2 });
    expect(alert!.evidence.map((item) => item.span_id)).toEqual(['a', 'b']);

    await alerts.act(alert!.id, { action: 'close', reason: 'benign' }, 'ana');
    expect(await alerts.applyFindings(rule, [first!, second!])).toEqual([]);
    clock.now += 1_000;
    await alerts.applyFindings(rule, [third!]);
    const { items } = await alerts.list({});
    expect(items.map(({ episode, status, count, fingerprint }) => ({ episode, status, count, fingerprint }))).toEqual([
      { episode: 2, status: 'open', count: 1, fingerprint: alert!.fingerprint },
      { episode: 1, status: 'closed', count: 2, fingerprint: alert!.fingerprint },
    ]);
  });
});

describe('two engines at once', () => {
  /** Queries of two engines that both read the state before either of them writes. */
  function together(database: string): [AlertStore, AlertStore] {
    const queries = orgAlertQueries(engine.store, database);
    const gate = Promise.withResolvers<void>();
    let readers = 0;
    const store: AlertStore = {
      ...queries,
      readAlertStates: async (...given) => {
        const states = await queries.readAlertStates(...given);
        readers += 1;
        if (readers === 2) gate.resolve();
        await gate.promise;
        return states;
      },
    };
    return [store, { ...store }];
  }

  test('that apply the same findings end with one alert each, counted once', async () => {
    const database = await engine.newOrg();
    const findings = ['s1', 's2'].map((entity) => sampleFinding(rule, entity, ['a']));
    const engines = together(database).map((store, i) =>
      alertingOn(engine.store, database, { store, clock: testClock(Date.parse('2026-11-20T10:01:00Z') + i) }),
    );
    const written = await Promise.all(engines.map((alerts) => alerts.applyFindings(rule, findings)));
    expect(written.map((events) => events.length)).toEqual([2, 2]);
    const before = await engines[0]!.list({});
    expect(before.items.map((alert) => [alert.entity.value, alert.count]).sort()).toEqual([
      ['s1', 1],
      ['s2', 1],
    ]);
    await engine.store.command('OPTIMIZE TABLE alert_events FINAL', {}, { database });
    const [rows] = await engine.store.query<{ n: string }>('SELECT count() AS n FROM alert_events', {}, { database });
    expect(Number(rows!.n)).toBe(2);
    const openings = before.items.map((alert) => alert.opened_at);
    expect((await engines[0]!.list({})).items).toEqual(
      before.items.map((alert, i) => ({ ...alert, updated_at: openings[i] })),
    );
  });

  test('that open one alert on different evidence lose none of it', async () => {
    const database = await engine.newOrg();
    const [one, two] = together(database).map((store) => alertingOn(engine.store, database, { store }));
    await Promise.all([
      one!.applyFindings(rule, [sampleFinding(rule, 's1', ['a'])]),
      two!.applyFindings(rule, [sampleFinding(rule, 's1', ['b'])]),
    ]);
    await engine.store.command('OPTIMIZE TABLE alert_events FINAL', {}, { database });
    const { items } = await one!.list({});
    expect(items).toMatchObject([{ count: 2, evidence_total: 2, status: 'open' }]);
    const { log } = await one!.get(items[0]!.id);
    expect(new Set(log.map((entry) => entry.event_id)).size).toBe(1);
  });

  test('a late opening does not undo what people did meanwhile', async () => {
    const database = await engine.newOrg();
    const [slow, quick] = together(database);
    const late = testClock(Date.parse('2026-11-20T10:09:00Z'));
    const gate = Promise.withResolvers<void>();
    const waiting: AlertStore = {
      ...slow,
      insertAlertEvents: async (events) => {
        await gate.promise;
        await slow.insertAlertEvents(events);
      },
    };
    const first = alertingOn(engine.store, database, { store: quick });
    const second = alertingOn(engine.store, database, { store: waiting, clock: late });
    const applied = second.applyFindings(rule, [sampleFinding(rule, 's1', ['b'])]);
    await first.applyFindings(rule, [sampleFinding(rule, 's1', ['a'])]);
    const [alert] = (await first.list({})).items;
    await first.act(alert!.id, { action: 'close', reason: 'benign' }, 'ana');
    gate.resolve();
    await applied;
    expect((await first.list({})).items).toMatchObject([{ status: 'closed', count: 2, opened_at: alert!.opened_at }]);
  });

  test('calls in one process follow each other', async () => {
    const alerts = alertingOn(engine.store, await engine.newOrg());
    const finding = sampleFinding(rule, 's1', ['a']);
    const written = await Promise.all([1, 2, 3].map(() => alerts.applyFindings(rule, [finding])));
    expect(written.map((events) => events.length)).toEqual([1, 0, 0]);
  });
});

describe('what people do', () => {
  test('is in the log with who and when, and in the alert', async () => {
    const clock = testClock();
    const alerts = alertingOn(engine.store, await engine.newOrg(), { clock });
    await alerts.applyFindings(rule, [sampleFinding(rule, 's1', ['a'])]);
    const { id } = (await alerts.list({})).items[0]!;
    const steps = [
      [{ action: 'acknowledge' }, { status: 'acknowledged' }],
      [
        { action: 'assign', assignee: 'ben' },
        { assignee: 'ben', status: 'acknowledged' },
      ],
      [{ action: 'comment', text: 'line one\nline two' }, { status: 'acknowledged' }],
      [
        { action: 'close', reason: 'false_positive' },
        { status: 'closed', close_reason: 'false_positive' },
      ],
      [{ action: 'reopen' }, { status: 'open', close_reason: null, assignee: 'ben' }],
      [{ action: 'assign', assignee: null }, { assignee: null }],
    ] as const;
    for (const [action, expected] of steps) {
      clock.now += 1_000;
      expect(await alerts.act(id, action, 'ana')).toMatchObject(expected);
    }
    const { log } = await alerts.get(id);
    expect(log.map(({ type, actor, detail, at }) => [type, actor, detail, at.slice(11, 19)])).toEqual([
      ['opened', 'engine', '', '10:01:00'],
      ['acknowledged', 'ana', '', '10:01:01'],
      ['assigned', 'ana', 'ben', '10:01:02'],
      ['commented', 'ana', 'line one\nline two', '10:01:03'],
      ['closed', 'ana', 'false_positive', '10:01:04'],
      ['reopened', 'ana', '', '10:01:05'],
      ['assigned', 'ana', '', '10:01:06'],
    ]);
  });

  test('tags of people stand beside those of the rule and are set as a whole', async () => {
    const tagged = sampleRule({ id: 'tagged-rule', tags: ['pci'] });
    const alerts = alertingOn(engine.store, await engine.newOrg());
    await alerts.applyFindings(tagged, [sampleFinding(tagged, 's1', ['a'])]);
    const { id } = (await alerts.list({})).items[0]!;
    expect(await alerts.act(id, { action: 'tag', tags: ['vip', 'night'] }, 'ana')).toMatchObject({
      tags: ['pci', 'vip', 'night'],
    });
    await alerts.applyFindings(tagged, [sampleFinding(tagged, 's1', ['b'])]);
    expect(await alerts.act(id, { action: 'tag', tags: ['vip'] }, 'ben')).toMatchObject({ tags: ['pci', 'vip'] });
    const { log } = await alerts.get(id);
    expect(log.filter(({ type }) => type === 'tagged').map(({ actor, detail }) => [actor, detail])).toEqual([
      ['ana', 'vip, night'],
      ['ben', 'vip'],
    ]);
  });

  test('a reopened alert takes new evidence itself', async () => {
    const alerts = alertingOn(engine.store, await engine.newOrg());
    await alerts.applyFindings(rule, [sampleFinding(rule, 's1', ['a'])]);
    const { id } = (await alerts.list({})).items[0]!;
    await alerts.act(id, { action: 'close', reason: 'benign' }, 'ana');
    await alerts.act(id, { action: 'reopen' }, 'ana');
    await alerts.applyFindings(rule, [sampleFinding(rule, 's1', ['b'])]);
    expect((await alerts.list({})).items).toMatchObject([{ id, count: 2, status: 'open' }]);
  });

  test('of two that close at once the second is told', async () => {
    const alerts = alertingOn(engine.store, await engine.newOrg());
    await alerts.applyFindings(rule, [sampleFinding(rule, 's1', ['a'])]);
    const { id } = (await alerts.list({})).items[0]!;
    const results = await Promise.allSettled([
      alerts.act(id, { action: 'close', reason: 'benign' }, 'ana'),
      alerts.act(id, { action: 'close', reason: 'true_positive' }, 'ben'),
    ]);
    expect(results[0]).toMatchObject({ status: 'fulfilled', value: { close_reason: 'benign' } });
    expect(results[1]).toMatchObject({ status: 'rejected', reason: { code: 'CONFLICT' } });
  });

  test('what is not there or not allowed is refused', async () => {
    const alerts = alertingOn(engine.store, await engine.newOrg());
    await expect(alerts.act('nowhere', { action: 'acknowledge' }, 'ana')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(alerts.get("x' OR 1=1 --")).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const invented = { action: 'close', reason: 'because' } as never;
    await expect(alerts.act('nowhere', invented, 'ana')).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });

  test('listeners follow it all', async () => {
    const alerts = alertingOn(engine.store, await engine.newOrg());
    const types: string[] = [];
    const stop = alerts.onEvent((event) => void types.push(event.type));
    await alerts.applyFindings(rule, [sampleFinding(rule, 's1', ['a'])]);
    await alerts.applyFindings(rule, [sampleFinding(rule, 's1', ['b'])]);
    const { id } = (await alerts.list({})).items[0]!;
    await alerts.act(id, { action: 'acknowledge' }, 'ana');
    stop();
    await alerts.act(id, { action: 'close', reason: 'benign' }, 'ana');
    expect(types).toEqual(['opened', 'matched', 'acknowledged']);
  });
});

describe('incidents', () => {
  test('are the alerts of one session, with one timeline', async () => {
    const clock = testClock();
    const alerts = alertingOn(engine.store, await engine.newOrg(), { clock });
    const grave = sampleRule({ id: 'leaked-secret', severity: 'high', risk_score: 70 });
    await alerts.applyFindings(rule, [sampleFinding(rule, 's1', ['a']), sampleFinding(rule, 's2', ['a'])]);
    clock.now += 1_000;
    await alerts.applyFindings(grave, [sampleFinding(grave, 's1', ['b'])]);
    const first = (await alerts.list({ rule_id: rule.id })).items.find((alert) => alert.session_id === 's1')!;
    clock.now += 1_000;
    await alerts.act(first.id, { action: 'close', reason: 'duplicate' }, 'ana');
    const page = await alerts.incidents.list({ limit: 1 });
    expect(page.items).toMatchObject([
      {
        id: 's1',
        status: 'open',
        severity: 'high',
        alerts_total: 2,
        matches: 2,
        rules: ['leaked-secret', 'step-count-blowup'],
      },
    ]);
    const next = await alerts.incidents.list({ limit: 1, cursor: page.next_cursor! });
    expect(next).toMatchObject({ items: [{ id: 's2', alerts_total: 1 }], next_cursor: null });
    const { timeline } = await alerts.incidents.get('s1');
    expect(timeline.map(({ type, rule_id, actor }) => [type, rule_id, actor])).toEqual([
      ['opened', 'step-count-blowup', 'engine'],
      ['opened', 'leaked-secret', 'engine'],
      ['closed', 'step-count-blowup', 'ana'],
    ]);
    await expect(alerts.incidents.get('s3')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(alerts.incidents.list({ cursor: 'x' })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });
});

describe('floods', () => {
  test('an alert shows a hundred spans and says how many there are', async () => {
    const alerts = alertingOn(engine.store, await engine.newOrg());
    const spans = Array.from({ length: 130 }, (_, i) => `span${String(i).padStart(3, '0')}`);
    await alerts.applyFindings(rule, [sampleFinding(rule, 's1', spans)]);
    expect((await alerts.list({})).items).toMatchObject([{ evidence_total: 130, evidence: { length: 100 } }]);
    // One more span each time: the matches overlap, the spans count once.
    const grown = Array.from({ length: 150 }, (_, i) => sampleFinding(rule, 's2', spans.slice(0, i + 1)));
    await alerts.applyFindings(rule, grown.slice(0, 40));
    const grownAlert = (await alerts.list({})).items.find((alert) => alert.entity.value === 's2');
    expect(grownAlert).toMatchObject({ count: 40, evidence_total: 40, evidence: { length: 40 } });
    expect(grownAlert!.evidence.map((item) => item.span_id)).toEqual(spans.slice(0, 40));
  });
});

describe('the list', () => {
  let alerts: Alerting;
  const other = sampleRule({ id: 'leaked-secret', severity: 'critical', risk_score: 90 });
  const clock = testClock();
  beforeAll(async () => {
    alerts = alertingOn(engine.store, await engine.newOrg(), { clock });
    for (let i = 0; i < 25; i++) {
      const made = i % 5 === 0 ? other : rule;
      await alerts.applyFindings(made, [sampleFinding(made, `s${i}`, ['a'])]);
      if (i % 3 === 0) {
        const { items } = await alerts.list({});
        const made = items.find((alert) => alert.entity.value === `s${i}`);
        await alerts.act(made!.id, { action: 'close', reason: 'benign' }, 'ana');
      }
      // Some share their time to the microsecond.
      if (i % 4 === 0) clock.now += 1_000;
    }
  });

  async function all(filter: Parameters<Alerting['list']>[0], each?: () => Promise<unknown>): Promise<string[]> {
    const found: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await alerts.list({ ...filter, ...(cursor && { cursor }) });
      found.push(...page.items.map((alert) => alert.entity.value));
      cursor = page.next_cursor;
      await each?.();
    } while (cursor !== null);
    return found;
  }

  test.each([1, 3, 7, 25, 26])('in pages of %i shows every alert once, the latest first', async (limit) => {
    const found = await all({ limit });
    expect(new Set(found).size).toBe(25);
    expect(found).toHaveLength(25);
    expect(found).toEqual(await all({ limit: 500 }));
    // Four share each time; of the times the order is known.
    expect(found.map((entity) => Math.ceil(Number(entity.slice(1)) / 4))).toEqual(
      Array.from({ length: 25 }, (_, i) => Math.ceil((24 - i) / 4)),
    );
  });

  test('filters by status, rule, severity and time, alone and together', async () => {
    expect(await all({ status: 'closed', limit: 4 })).toHaveLength(9);
    expect(await all({ status: 'open', limit: 4 })).toHaveLength(16);
    expect(await all({ status: 'acknowledged' })).toEqual([]);
    expect((await all({ rule_id: 'leaked-secret', limit: 2 })).sort()).toEqual(['s0', 's10', 's15', 's20', 's5']);
    expect(await all({ severity: 'critical' })).toHaveLength(5);
    expect(await all({ severity: 'critical', status: 'closed', rule_id: 'leaked-secret' })).toEqual(['s15', 's0']);
    expect(await all({ rule_id: 'none' })).toEqual([]);
    expect(await all({ since: '2026-11-20T10:01:06Z' })).toHaveLength(4);
    expect((await all({ since: '2026-11-20T11:01:06+01:00' })).sort()).toEqual(['s21', 's22', 's23', 's24']);
  });

  test('stays itself while alerts open between two pages', async () => {
    const before = await all({ limit: 500 });
    let extra = 0;
    const during = await all({ limit: 4 }, async () => {
      clock.now += 1_000;
      extra += 1;
      await alerts.applyFindings(rule, [sampleFinding(rule, `new${extra}`, ['a'])]);
    });
    expect(during).toEqual(before);
  });

  test.each<[string, Record<string, unknown>]>([
    ['a status that is none', { status: 'new' }],
    ['a severity that is none', { severity: 'huge' }],
    ['a time that is none', { since: 'yesterday' }],
    ['a page of nothing', { limit: 0 }],
    ['a page without bounds', { limit: 501 }],
    ['an unknown filter', { owner: 'ana' }],
    ['a forged cursor', { cursor: 'e30.AAAA' }],
  ])('refuses %s', async (_, filter) => {
    await expect(alerts.list(filter)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });

  test('finds the one alert in thousands that is asked for, once though its opening is there twice', async () => {
    const database = await engine.newOrg();
    const time = testClock();
    const many = alertingOn(engine.store, database, { clock: time });
    await many.applyFindings(rule, [sampleFinding(rule, 'the one', ['a'])]);
    const { id } = (await many.list({})).items[0]!;
    await many.act(id, { action: 'close', reason: 'benign' }, 'ana');
    time.now += 60_000;
    await many.applyFindings(
      rule,
      Array.from({ length: 5_100 }, (_, i) => sampleFinding(rule, `s${i}`, ['a'])),
    );
    time.now += 60_000;
    const blind: AlertStore = { ...orgAlertQueries(engine.store, database), readAlertStates: async () => [] };
    const late = alertingOn(engine.store, database, { store: blind, clock: time });
    await late.applyFindings(rule, [sampleFinding(rule, 'the one', ['b'])]);
    expect((await many.list({ status: 'closed' })).items.map((alert) => alert.id)).toEqual([id]);
    expect(await many.list({ status: 'acknowledged' })).toEqual({ items: [], next_cursor: null });
  });

  test('shows an alert once that two engines opened at different times', async () => {
    const database = await engine.newOrg();
    const queries = orgAlertQueries(engine.store, database);
    const blind: AlertStore = { ...queries, readAlertStates: async () => [] };
    for (const [i, span] of ['a', 'b'].entries()) {
      const time = testClock(Date.parse('2026-11-20T10:01:00Z') + i * 60_000);
      const one = alertingOn(engine.store, database, { store: blind, clock: time });
      await one.applyFindings(
        rule,
        ['x', 'y', 'z'].map((entity) => sampleFinding(rule, entity, [span])),
      );
    }
    const reader = alertingOn(engine.store, database);
    const found: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<Alerting['list']>> = await reader.list({ limit: 1, ...(cursor && { cursor }) });
      found.push(...page.items.map((alert) => `${alert.entity.value} ${alert.count} ${alert.opened_at.slice(11, 19)}`));
      cursor = page.next_cursor;
    } while (cursor !== null);
    expect(found.sort()).toEqual(['x 2 10:01:00', 'y 2 10:01:00', 'z 2 10:01:00']);
  });

  test('refuses a cursor of another filter', async () => {
    const { next_cursor } = await alerts.list({ limit: 1 });
    await expect(alerts.list({ status: 'closed', cursor: next_cursor! })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    });
    await expect(alerts.list({ limit: 5, cursor: next_cursor! })).resolves.toMatchObject({ items: { length: 5 } });
  });
});
