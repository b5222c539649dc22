import { beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../../../engine/clickhouse/store.ts';
import { listFindings } from '../../../engine/clickhouse/tables/findings.ts';
import type { Finding } from '../../../engine/core/finding.ts';
import { toFinding } from '../../../engine/core/finding.ts';
import type { Rule } from '../../../engine/core/rule.ts';
import { createRaiseFindings } from '../../../engine/raise-findings.ts';
import { temporaryStore } from '../../temporary-store.ts';
import { RULE, testApi } from '../api/test-api.ts';

const database = 'org_default';
let store: Store;
let api: Awaited<ReturnType<typeof testApi>>;
let now = Date.now();

const call: ReturnType<Awaited<ReturnType<typeof testApi>>['as']> = (...request) =>
  api.as(api.tokens.admin)(...request);

beforeAll(async () => {
  ({ store } = await temporaryStore());
  api = await testApi(store);
});

function ruleCalled(id: string, metadata: Partial<Rule['metadata']> = {}): Rule {
  return { ...RULE, id, metadata: { ...RULE.metadata, ...metadata } } as Rule;
}

function finding(rule: Rule, session: string, values: Record<string, string> = {}, trace = session): Finding {
  const at = '2026-11-21 10:00:00.000000';
  const evidence = [{ trace_id: trace, span_id: 'b'.repeat(16), note: 'seen' }];
  return toFinding(
    rule,
    {
      entity: session,
      session_id: session,
      title: `seen in ${session}`,
      starts_at: at,
      ends_at: at,
      evidence,
      ...values,
    },
    false,
  );
}

/** Raises as the engine does; answers the alerts' rules and entities. */
async function raise(rule: Rule, findings: readonly Finding[], times = 1): Promise<void> {
  const alerting = await api.alerting('default');
  for (let n = 0; n < times; n++) {
    const raiseFindings = createRaiseFindings({
      store,
      database,
      clock: () => now,
      alert: alerting.applyFindings,
      divert: ({ session_id }) => session_id.startsWith('diverted'),
    });
    await raiseFindings(rule, findings);
  }
}

async function alertsOf(ruleId: string): Promise<string[]> {
  const { items } = await (await api.alerting('default')).list({ rule_id: ruleId, limit: 100 });
  return items.map((alert) => alert.entity.value).sort();
}

async function suppressed(ruleId: string) {
  return store.query(
    `SELECT session_id AS session, cause FROM suppressed_findings FINAL WHERE rule_id = {rule: String} ORDER BY session`,
    { rule: ruleId },
    { database },
  );
}

describe('exceptions', () => {
  it('keep what they cover from alerting, count it, and leave it to be queried', async () => {
    const created = await call('POST', '/api/v1/exceptions', {
      rule_id: RULE.id,
      matchers: [{ field: 'agent_id', op: 'starts_with', value: 'test-' }],
      owner: 'blue team',
      reason: 'Agents of the nightly tests leak on purpose',
      expires_at: new Date(now + 3_600_000).toISOString(),
    });
    expect(created.status).toBe(201);
    const rule = ruleCalled(RULE.id);
    await raise(rule, [finding(rule, 's1', { agent_id: 'test-7' }), finding(rule, 's2', { agent_id: 'live' })], 2);
    expect(await alertsOf(RULE.id)).toEqual(['s2']);
    expect(await suppressed(RULE.id)).toEqual([{ session: 's1', cause: 'exception' }]);
    const [listed] = (await call('GET', '/api/v1/exceptions')).body.items;
    expect(listed).toMatchObject({ owner: 'blue team', hits: 1, expired: false });
    expect(listed.last_hit_at).not.toBeNull();

    now += 3_600_001;
    await raise(rule, [finding(rule, 's3', { agent_id: 'test-8' })]);
    expect(await alertsOf(RULE.id)).toEqual(['s2', 's3']);
    expect((await call('DELETE', `/api/v1/exceptions/${listed.id}`)).status).toBe(204);
    expect((await call('GET', '/api/v1/exceptions')).body.items).toEqual([]);
    expect((await call('DELETE', `/api/v1/exceptions/${listed.id}`)).status).toBe(404);
  });

  it.each([
    ['without an owner', { owner: undefined }],
    ['without an end', { expires_at: undefined }],
    ['that has ended', { expires_at: '2020-01-01T00:00:00Z' }],
    ['for a rule that is not there', { rule_id: 'no-such-rule' }],
    ['that matches everything', { matchers: [] }],
    ['with an unknown key', { forever: true }],
  ])('are refused %s', async (_, change) => {
    const body = {
      matchers: [{ field: 'entity', value: 'x' }],
      owner: 'me',
      reason: 'long enough a reason',
      expires_at: new Date(Date.now() + 60_000).toISOString(),
      ...change,
    };
    expect((await call('POST', '/api/v1/exceptions', body)).status).toBe(400);
  });
});

describe('suppression by group', () => {
  it('lets the first of a group raise alerts for the duration, and the same again on a replay', async () => {
    const rule = ruleCalled('grouped', { alert_suppression: { group_by: ['agent_id'], seconds: 600 } });
    const [a1, a2, b1] = [
      finding(rule, 'a1', { agent_id: 'a' }),
      finding(rule, 'a2', { agent_id: 'a' }),
      finding(rule, 'b1', { agent_id: 'b' }),
    ];
    await raise(rule, [a1!, a2!, b1!], 2);
    expect(await alertsOf('grouped')).toEqual(['a1', 'b1']);
    expect(await suppressed('grouped')).toEqual([{ session: 'a2', cause: 'suppression' }]);
    now += 601_000;
    await raise(rule, [finding(rule, 'a3', { agent_id: 'a' })]);
    expect(await alertsOf('grouped')).toEqual(['a1', 'a3', 'b1']);
  });
});

describe('risk', () => {
  beforeAll(async () => {
    await store.command(
      `INSERT INTO otel_traces (Timestamp, TraceId, SpanId, SessionId, AgentId, UserId, IngestedAt)
       SELECT now64(9), concat('trace-', toString(number)), toString(number), concat('r', toString(number)), 'agent-r', 'user-r', now64(6)
       FROM numbers(4)`,
      {},
      { database },
    );
  });

  it('adds up over rules for the session, agent and user, counts each finding once, and fires on the sum', async () => {
    for (const [n, id] of ['risk-a', 'risk-b', 'risk-c'].entries()) {
      const rule = ruleCalled(id, { risk_score: 90 });
      await raise(rule, [finding(rule, `r${n}`, {}, `trace-${n}`)], 3);
    }
    expect(await alertsOf('risk-added-up')).toEqual(['agent-r', 'user-r']);
    const [sum] = await store.query<{ risk: string }>(
      "SELECT sum(score) AS risk FROM risk_contributions FINAL WHERE entity_kind = 'agent' AND entity_value = 'agent-r'",
      {},
      { database },
    );
    expect(Number(sum!.risk)).toBe(270);
  });

  it('forgets what lies outside the window, and leaves experimental rules out', async () => {
    now += 25 * 3_600_000;
    const rule = ruleCalled('risk-d', { risk_score: 90 });
    await raise(rule, [finding(rule, 'r3', {}, 'trace-3')]);
    const silent = ruleCalled('risk-e', { risk_score: 90, status: 'experimental' });
    await raise(silent, [finding(silent, 'r3', {}, 'trace-3')]);
    const risk = (await (await api.alerting('default')).list({ rule_id: 'risk-added-up', limit: 10 })).items;
    expect(risk.map((alert) => alert.count)).toEqual([1, 1]);
    expect(await listFindings(store, database, { ruleId: 'risk-e', limit: 10 })).toHaveLength(1);
    expect(await alertsOf('risk-e')).toEqual([]);
  });
});

describe('findings of a canary', () => {
  it('raise nothing and are kept for the record', async () => {
    const rule = ruleCalled('canaried');
    await raise(rule, [finding(rule, 'diverted-1')]);
    expect(await alertsOf('canaried')).toEqual([]);
    expect(await suppressed('canaried')).toEqual([{ session: 'diverted-1', cause: 'canary' }]);
  });
});
