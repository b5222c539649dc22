import { beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../../../engine/clickhouse/store.ts';
import { saveRuleGap } from '../../../engine/clickhouse/tables/rule-gaps.ts';
import { insertRuleRuns, type RuleRun } from '../../../engine/clickhouse/tables/rule-runs.ts';
import { saveRuleState } from '../../../engine/clickhouse/tables/rule-states.ts';
import { toFinding } from '../../../engine/core/finding.ts';
import { temporaryStore } from '../../temporary-store.ts';
import { RULE, testApi } from './test-api.ts';

let store: Store;
let call: ReturnType<Awaited<ReturnType<typeof testApi>>['as']>;
let api: Awaited<ReturnType<typeof testApi>>;

beforeAll(async () => {
  ({ store } = await temporaryStore());
  api = await testApi(store);
  call = api.as(api.tokens.analyst);
});

async function health() {
  return (await call('GET', '/api/v1/rules/health')).body.items[0];
}

describe('GET /rules/health', () => {
  it('answers for a rule that has never run', async () => {
    expect(await health()).toMatchObject({
      rule_id: RULE.id,
      state: 'running',
      last_day: null,
      precision: null,
      evaluated_to: null,
      required_fields: [{ field: 'AgentId', fill_rate: null }],
    });
  });

  it('sums up runs, gaps, state, fill rates and what people said of the alerts', async () => {
    const run: RuleRun = {
      org: 'default',
      ruleId: RULE.id,
      ruleVersion: 3,
      window: { from: 0, to: 1 },
      startedAt: Date.now(),
      durationMs: 2,
      rowsRead: 10,
      findings: 0,
      truncated: false,
      filledIn: false,
      error: '',
      runs: 20,
    };
    await insertRuleRuns(store, [
      run,
      { ...run, durationMs: 50, runs: 1, findings: 3, truncated: true },
      { ...run, durationMs: 9, runs: 1, error: 'it failed' },
      { ...run, org: 'other', runs: 1_000 },
    ]);
    const gap = { ruleId: RULE.id, from: 5, to: 9, state: 'open' } as const;
    await saveRuleGap(store, 'default', gap, Date.now());
    await saveRuleGap(store, 'default', { ...gap, state: 'filled' }, Date.now() + 1);
    const state = { ruleId: RULE.id, ruleVersion: 3, state: 'parked', failures: 8, error: 'no such column' } as const;
    await saveRuleState(store, 'default', state, Date.now());
    await store.command(
      `INSERT INTO otel_traces (Timestamp, TraceId, SpanId, AgentId, IngestedAt)
       SELECT now64(9), 't', toString(number), if(number < 3, 'a', ''), now64(6) FROM numbers(4)`,
      {},
      { database: 'org_default' },
    );
    const alerting = await api.alerting('default');
    for (const [entity, reason] of [
      ['a', 'true_positive'],
      ['b', 'true_positive'],
      ['c', 'true_positive'],
      ['d', 'false_positive'],
      ['e', 'duplicate'],
    ] as const) {
      const at = '2026-11-21 10:00:00.000000';
      const evidence = [{ trace_id: 't', span_id: entity, note: '' }];
      const draft = { entity, session_id: '', title: 'seen', starts_at: at, ends_at: at, evidence };
      const [opened] = await alerting.applyFindings(RULE, [toFinding(RULE, draft, false)]);
      await alerting.act(opened!.alert_id, { action: 'close', reason }, 'tester');
    }
    expect(await health()).toMatchObject({
      state: 'parked',
      error: 'no such column',
      failures: 8,
      last_day: { runs: 22, p50_ms: 2, p95_ms: 9, rows_read: 30, findings: 3, errors: 1, truncated_runs: 1 },
      gaps: { open: 0, filled: 1, skipped: 0 },
      required_fields: [{ field: 'AgentId', fill_rate: 0.75 }],
      closed: { true_positive: 3, false_positive: 1, duplicate: 1 },
      precision: 0.75,
    });
  });
});
