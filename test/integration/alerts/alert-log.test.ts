import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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
