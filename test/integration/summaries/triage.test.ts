import { describe, expect, it } from 'vitest';
import { insertAlertTriage } from '../../../engine/clickhouse/tables/alert-triage.ts';
import { saveModelPasses } from '../../../engine/clickhouse/tables/model-passes.ts';
import { toFinding } from '../../../engine/core/finding.ts';
import type { StoredTriage } from '../../../engine/core/triage.ts';
import { temporaryStore } from '../../temporary-store.ts';
import { RULE, testApi } from '../api/test-api.ts';

const { store } = await temporaryStore();
const DATABASE = 'org_default';
const { as, tokens, token, alerting, summaries } = await testApi(store);
const admin = as(tokens.admin);
const analyst = as(tokens.analyst);
const alerts = await alerting('default');
const engine = summaries('default');

const now = new Date(Date.now() - 2 * 86_400_000).toISOString().replace('T', ' ').replace('Z', '');
const rows = ['a', 'b', 'c'].flatMap((session, index) =>
  [
    { SpanId: `${index}1`, Kind: 'tool', ToolName: 'fetch', InputSource: 'external', StatusCode: 'Error' },
    { SpanId: `${index}2`, Kind: 'tool', ToolName: 'send_mail', ToolDirection: 'output' },
    { SpanId: `${index}3`, Kind: 'guardrail', SpanAttributes: { source: 'user_temporary' } },
  ].map((span) => ({
    Timestamp: now,
    TraceId: `trace-${session}`,
    SessionId: session,
    AgentId: 'helper',
    UserId: `person-${session}`,
    AgentFramework: 'claude-code',
    ServiceName: 'shop',
    ResourceAttributes: { 'team.id': 'platform' },
    IngestedAt: now,
    ToolDirection: '',
    InputSource: '',
    ToolName: '',
    StatusCode: 'Unset',
    SpanAttributes: {},
    ...span,
  })),
);
const FROM = new Date(Date.now() - 4 * 86_400_000).toISOString();
const columns = Object.keys(rows[0]!);
const lines = rows.map((row) => JSON.stringify(columns.map((column) => row[column as keyof typeof row])));
await store.insertLines(`${DATABASE}.otel_traces`, columns, Buffer.from(`${lines.join('\n')}\n`), 'spans');

const found = (session: string, index: number) =>
  toFinding(
    RULE,
    {
      entity: session,
      session_id: session,
      title: `Something in ${session}`,
      starts_at: now,
      ends_at: now,
      evidence: [
        { trace_id: `trace-${session}`, span_id: `${index}1`, note: '' },
        { trace_id: `trace-${session}`, span_id: `${index}2`, note: '' },
      ],
    },
    false,
  );
await alerts.applyFindings(RULE, ['a', 'b', 'c'].map(found));
const list = async (order: string, limit = 50, cursor = '') =>
  (await analyst('GET', `/api/v1/alerts?order=${order}&limit=${limit}${cursor && `&cursor=${cursor}`}`)).body;

describe('triage', () => {
  it('looks at every alert once, and changes nothing about it', async () => {
    const log = () => store.query('SELECT * FROM alert_events ORDER BY event_id', {}, { database: DATABASE });
    const [events, before] = [await log(), (await list('opened')).items];
    expect(before.map(({ verdict }: { verdict: unknown }) => verdict)).toEqual([null, null, null]);
    await engine.tick();
    await engine.tick();
    expect(await log()).toEqual(events);
    expect(await store.query('SELECT * FROM deliveries', {}, { database: DATABASE })).toEqual([]);
    const { triage, ...alert } = (await analyst('GET', `/api/v1/alerts/${before[0].id}`)).body;
    expect(triage).toMatchObject({ provider: 'extractive', revision: 1, model: '', fallback: '' });
    expect(triage.evidence).toHaveLength(2);
    expect(triage.questions.length).toBeGreaterThan(0);
    expect(alert).toMatchObject({ status: before[0].status, count: before[0].count, updated_at: before[0].updated_at });
  });

  it('orders the list, page by page', async () => {
    const [first, second, third] = (await list('opened')).items;
    const stored: StoredTriage = {
      alert_id: first.id,
      made_at: '2100-01-01 00:00:00.000001',
      alert_version: 'v',
      revision: 2,
      verdict: 'likely_benign',
      rank: 1,
      reasoning: 'A model wrote this.',
      questions: ['Who?'],
      evidence: [],
      confidence: 0.5,
      provider: 'openai',
      model: 'small',
      prompt_hash: 'p',
      input_tokens: 1,
      output_tokens: 1,
      cost_usd: 0,
      latency_ms: 1,
      calls: 1,
      fallback: '',
    };
    await insertAlertTriage(store, DATABASE, stored);
    await insertAlertTriage(store, DATABASE, { ...stored, alert_id: third.id, verdict: 'likely_malicious', rank: 3 });
    await insertAlertTriage(store, DATABASE, { ...stored, alert_id: second.id, verdict: 'suspicious', rank: 2 });
    const met: string[] = [];
    let cursor = '';
    do {
      const page = await list('triage', 1, cursor);
      met.push(...page.items.map(({ id }: { id: string }) => id));
      cursor = page.next_cursor ?? '';
    } while (cursor !== '' && met.length < 10);
    expect(met).toEqual([third.id, second.id, first.id]);
    expect((await list('opened')).items.map(({ id }: { id: string }) => id)).toEqual([first.id, second.id, third.id]);
  });

  it("keeps a model's words from who may not read content", async () => {
    const [{ id }] = (await list('opened')).items;
    const shown = (await analyst('GET', `/api/v1/alerts/${id}`)).body.triage;
    expect(shown).toMatchObject({ verdict: 'likely_benign', reasoning: '', questions: [] });
    expect((await admin('GET', `/api/v1/alerts/${id}`)).body.triage.reasoning).toBe('A model wrote this.');
  });
});

describe('what models may do', () => {
  it('is set by admins, shown again and audited', async () => {
    expect((await admin('GET', '/api/v1/model-passes')).body).toEqual({ triage: true, personal_data: 'off' });
    const passes = { triage: false, personal_data: 'required' } as const;
    expect((await admin('POST', '/api/v1/model-passes', passes)).body).toEqual(passes);
    expect((await admin('GET', '/api/v1/model-passes')).body).toEqual(passes);
    expect((await analyst('POST', '/api/v1/model-passes', passes)).status).toBe(403);
    await saveModelPasses(store, DATABASE, { triage: true, personal_data: 'off' }, Date.now() + 1_000);
    expect((await admin('GET', '/api/v1/audit?limit=5')).text).toContain('model-passes.set');
  });
});

describe('insights', () => {
  it('are shares, autonomy and what fails', async () => {
    const { status, body } = await admin('GET', `/api/v1/insights?from=${FROM}`);
    expect(status).toBe(200);
    expect(body.teams).toEqual([{ team: 'platform', sessions: 3, actions: 6, decided_by_people: 3, autonomy: 0.5 }]);
    expect(body.tools).toMatchObject([{ tool: 'claude-code', autonomy: 0.5 }]);
    expect(body.failures).toEqual([{ agent: 'helper', tool: 'fetch', failures: 3, sessions: 3, calls: 3, share: 1 }]);
    // The engine summarised the sessions on its way.
    expect(body.work_by_tool).toMatchObject([{ tool: 'claude-code', sessions: 3, share: 1 }]);
    expect(body.longest_runs).toHaveLength(3);
    expect(body.edits).toEqual([]);
  });

  it('show a manager no group of fewer people than the org demands', async () => {
    const manager = as(await token('manager'));
    const shown = async () => (await manager('GET', `/api/v1/insights?from=${FROM}`)).body;
    const few = await shown();
    expect([few.teams, few.tools, few.work_by_team, few.failures]).toEqual([[], [], [], []]);
    await admin('POST', '/api/v1/access-settings', { minimum_cohort: 3 });
    expect(await shown()).toMatchObject({
      teams: [{ team: 'platform', actions: 6 }],
      work_by_team: [{ team: 'platform', sessions: 3, share: 1 }],
      longest_runs: [],
    });
    expect((await as(tokens.ingest)('GET', '/api/v1/insights')).status).toBe(403);
    expect((await admin('GET', '/api/v1/insights?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z')).status).toBe(400);
  });
});
