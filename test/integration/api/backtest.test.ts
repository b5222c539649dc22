import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ruleQueries } from '../../../engine/clickhouse/rule-queries.ts';
import { insertOrg } from '../../../engine/clickhouse/tables/orgs.ts';
import { ruleTestSchema } from '../../../engine/core/rule-test.ts';
import { backtest } from '../../../engine/detection/backtest.ts';
import { parseRuleText } from '../../../engine/detection/load-rules.ts';
import { toOtlpSpans } from '../../../engine/detection/test-spans.ts';
import { ruleTestBench } from '../../../ingest/rule-test-bench.ts';
import { temporaryStore } from '../../temporary-store.ts';
import { testApi } from './test-api.ts';

const DAY = 86_400_000;
const START = Date.UTC(2026, 9, 1);
const TEXT = readFileSync(new URL('../../fixtures/rules/many-denials.sql', import.meta.url), 'utf8');
const WIDER = TEXT.replace('at_least: 3', 'at_least: 2').replace('version: 1', 'version: 2');
const deployed = parseRuleText('many-denials', 'many-denials.sql', TEXT);

const { store } = await temporaryStore();
const api = await testApi(store, {}, [deployed]);
const bench = ruleTestBench(store);
const admin = api.as(api.tokens.admin);
const analyst = api.as(api.tokens.analyst);

/** Refused calls of one session, accepted on a day. */
async function refused(session: string, day: number, count: number): Promise<void> {
  const test = ruleTestSchema.parse({
    name: 'stored',
    spans: [
      { id: session, session, trace: session, kind: 'tool', tool: 'rm', error: 'PermissionDenied', repeat: count },
    ],
    expect: [],
  });
  const spans = toOtlpSpans('stored', test.spans, START + day * DAY).map(({ span }) => span);
  await bench.ingest(spans, (START + day * DAY) * 1_000);
}

await refused('one', 0, 3);
await refused('two', 1, 4);
await refused('three', 2, 2);
await refused('later', 20, 5);
await insertOrg(store, { slug: 'other', name: 'Other', now: Date.now() });

const range = { from: '2026-10-01T00:00:00Z', to: '2026-10-15T00:00:00Z' };
const path = '/api/v1/rules/many-denials/backtest';

describe('a backtest', () => {
  it('tells what the deployed rule would have done, half-open at both ends', async () => {
    const { status, body } = await analyst('POST', path, range);
    expect(status, JSON.stringify(body)).toBe(200);
    expect(body).toMatchObject({
      rule_id: 'many-denials',
      windows: 3,
      alerts: 2,
      alerts_a_week: 1,
      suppressed: 0,
      truncated_windows: 0,
      diff: null,
      top_entities: [
        { kind: 'session', value: 'stored/one', alerts: 1 },
        { kind: 'session', value: 'stored/two', alerts: 1 },
      ],
    });
    expect(body.rows_read).toBeGreaterThan(0);
    expect(body.examples[0].evidence).toHaveLength(3);
    const before = await analyst('POST', path, { from: '2026-09-20T00:00:00Z', to: range.from });
    expect(before.body).toMatchObject({ windows: 0, alerts: 0 });
  });

  it('compares a rule that is not saved with the deployed one and shows how far it has come', async () => {
    const asked = { ...range, rule: { format: 'sql', text: WIDER }, progress: true };
    const { status, text } = await analyst('POST', path, asked);
    expect(status, text).toBe(200);
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.slice(0, -1).every((line) => line.progress >= 0 && line.progress <= 1)).toBe(true);
    expect(lines.at(-1).result).toMatchObject({
      alerts: 3,
      rule_version: 2,
      diff: { deployed_version: 1, alerts_a_week: 1, added: 1, removed: 0, unchanged: 2 },
    });
    expect(lines.at(-1).result.diff.added_examples[0].entity.value).toBe('stored/three');
  });

  it('stores nothing', async () => {
    expect(await store.query('SELECT 1 FROM org_default.findings')).toEqual([]);
    expect(await store.query('SELECT 1 FROM spanwarden.rule_runs')).toEqual([]);
  });

  it('leaves out what exceptions hold back, and counts it', async () => {
    const queries = { ...ruleQueries(store, 'org_default'), anyIngested: async () => true };
    const week = { from: START * 1_000, to: (START + 7 * DAY) * 1_000 };
    const exception = {
      id: 'known',
      rule_id: deployed.id,
      matchers: [{ field: 'entity', op: 'equals' as const, value: 'stored/one' }],
      owner: 'ops',
      reason: 'a drill that is known',
      created_at: '2026-10-01T00:00:00Z',
      created_by: 'ops',
      expires_at: '2027-10-01T00:00:00Z',
    };
    const { summary } = await backtest(deployed, week, queries, { exceptions: [exception], now: START });
    expect(summary).toMatchObject({ alerts: 1, alerts_a_week: 1, suppressed: 1 });
    expect(summary.days).toEqual([
      { day: '2026-10-01', alerts: 0, suppressed: 0, excepted: 1 },
      { day: '2026-10-02', alerts: 1, suppressed: 0, excepted: 0 },
    ]);
  });

  it('tells what the rule itself suppresses apart from what is excepted, by the day', async () => {
    const grouped = { ...deployed.metadata, alert_suppression: { group_by: ['rule_id'], seconds: 7 * 86_400 } };
    const week = { from: START * 1_000, to: (START + 7 * DAY) * 1_000 };
    const queries = { ...ruleQueries(store, 'org_default'), anyIngested: async () => true };
    const { summary } = await backtest({ ...deployed, metadata: grouped }, week, queries);
    expect(summary.days).toEqual([
      { day: '2026-10-01', alerts: 1, suppressed: 0, excepted: 0 },
      { day: '2026-10-02', alerts: 0, suppressed: 1, excepted: 0 },
    ]);
  });

  it.each([
    [
      "another org's spans",
      TEXT.replace("Kind = 'tool'", 'SessionId IN (SELECT SessionId FROM org_other.otel_traces)'),
      400,
    ],
    ['files of the host', TEXT.replace("Kind = 'tool'", "Kind = file('/etc/passwd')"), 400],
    ['content', TEXT.replace("Kind = 'tool'", "ToolResultPreview LIKE 'a%'"), 400],
    ['an unknown key', TEXT.replace('severity:', 'sevrity:'), 400],
  ])('of an analyst refuses a sent rule that reads %s', async (_what, text, status) => {
    const answer = await analyst('POST', path, { ...range, rule: { format: 'sql', text } });
    expect(answer.status, answer.text).toBe(status);
    expect(answer.text).not.toMatch(/root:/);
  });

  it.each([
    ['an unknown rule', '/api/v1/rules/nothing/backtest', range, 404],
    ['a range that ends before it begins', path, { from: range.to, to: range.from }, 400],
    ['a range beyond the longest', path, { from: '2025-01-01T00:00:00Z', to: range.to }, 400],
  ])('refuses %s', async (_what, url, body, status) => {
    expect((await admin('POST', url, body)).status).toBe(status);
  });
});
