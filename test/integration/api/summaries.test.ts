import { describe, expect, it } from 'vitest';
import { insertSessionSummary } from '../../../engine/clickhouse/tables/session-summaries.ts';
import { systemClock } from '../../../engine/core/clock.ts';
import type { StoredSummary } from '../../../engine/core/session-summary.ts';
import { createModelSettingsBook } from '../../../engine/model-settings-book.ts';
import { temporaryStore } from '../../temporary-store.ts';
import { testApi } from './test-api.ts';

const { store } = await temporaryStore();
const { as, tokens, token } = await testApi(store);
const admin = as(tokens.admin);
const analyst = as(tokens.analyst);
const DATABASE = 'org_default';
const TRACE = 'b'.repeat(32);
const SPAN = 'c'.repeat(16);

const now = new Date().toISOString().replace('T', ' ').replace('Z', '');
const columns = [
  'Timestamp',
  'TraceId',
  'SpanId',
  'SpanName',
  'SessionId',
  'Kind',
  'ToolName',
  'PromptPreview',
  'IngestedAt',
];
const row = [now, TRACE, SPAN, 'call', 'shown', 'llm', '', 'Refund order 7, please.', now];
await store.insertLines(`${DATABASE}.otel_traces`, columns, Buffer.from(`${JSON.stringify(row)}\n`), 'spans');

const STORED: StoredSummary = {
  session_id: 'shown',
  made_at: '2026-11-21 10:00:00.123456',
  session_version: 'v1',
  revision: 2,
  title: 'A refund',
  asked: 'A refund.',
  summary: 'It was made.',
  outcome: 'completed',
  work_class: 'operations',
  files: ['orders.csv'],
  systems: ['issue_refund'],
  risks: [{ kind: 'money_moved', claim: 'Money went out.', evidence: [{ trace_id: TRACE, span_id: SPAN }] }],
  confidence: 0.5,
  provider: 'openai',
  model: 'small',
  prompt_hash: '0123456789abcdef',
  input_tokens: 120,
  output_tokens: 30,
  cost_usd: 0.00125,
  latency_ms: 900,
  calls: 1,
  fallback: '',
};

describe('a summary', () => {
  it('is null until it is made', async () => {
    expect((await admin('GET', '/api/v1/sessions/shown')).body.summary).toBeNull();
    expect((await admin('GET', '/api/v1/sessions/shown/summary')).body).toEqual({ summary: null });
  });

  it('is shown with the session and by itself', async () => {
    await insertSessionSummary(store, DATABASE, STORED);
    const { session_id: _, session_version: __, calls: ___, ...fields } = STORED;
    const shown = { ...fields, made_at: '2026-11-21T10:00:00.123456Z' };
    expect((await admin('GET', '/api/v1/sessions/shown')).body.summary).toEqual(shown);
    expect((await admin('GET', '/api/v1/sessions/shown/summary')).body).toEqual({ summary: shown });
  });

  it('keeps its words from those who may not read what was said', async () => {
    for (const path of ['/api/v1/sessions/shown', '/api/v1/sessions/shown/summary']) {
      const { status, body } = await analyst('GET', path);
      expect(status).toBe(200);
      expect(body.summary).toMatchObject({
        title: '',
        asked: '',
        summary: '',
        files: [],
        systems: [],
        work_class: 'operations',
      });
      expect(body.summary.risks).toEqual([{ ...STORED.risks[0], claim: '' }]);
    }
    const developer = as(await token('developer'));
    expect((await developer('GET', '/api/v1/sessions/shown/summary')).status).toBe(404);
  });

  it('is made by wish, with progress and cost in lines', async () => {
    const { status, text, headers } = await admin('POST', '/api/v1/summaries/runs', {
      sessions: ['shown'],
      force: true,
    });
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('application/x-ndjson');
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.at(-1).result).toEqual({
      sessions: 1,
      done: 1,
      by_model: 0,
      postponed: 0,
      over_budget: 0,
      failed: 0,
      input_tokens: 0,
      output_tokens: 0,
      cost_usd: 0,
    });
    const { summary } = (await admin('GET', '/api/v1/sessions/shown/summary')).body;
    expect(summary).toMatchObject({ provider: 'extractive', title: 'Refund order 7, please.', revision: 3 });
    const again = await admin('POST', '/api/v1/summaries/runs', {});
    expect(JSON.parse(again.text.trim().split('\n').at(-1)!).result.sessions).toBe(0);
  });

  it('is compared both ways, and neither is kept', async () => {
    const { text } = await admin('POST', '/api/v1/summaries/comparisons', { a: { model: '' }, b: {} });
    const { result } = JSON.parse(text.trim().split('\n').at(-1)!);
    expect(result).toMatchObject({
      sessions: 1,
      compared: 1,
      work_class: 1,
      work_class_kappa: 1,
      words: 1,
      disagreements: [],
    });
  });

  it.each([
    ['POST', '/api/v1/summaries/runs', {}],
    ['POST', '/api/v1/summaries/comparisons', {}],
    ['GET', '/api/v1/summaries/budget', undefined],
    ['GET', '/api/v1/model-settings', undefined],
    ['DELETE', '/api/v1/model-settings', undefined],
  ] as const)('costs money: %s %s is for admins', async (method, path, body) => {
    expect((await analyst(method, path, body)).status).toBe(403);
  });

  it('says what may be spent and what was', async () => {
    const { body } = await admin('GET', '/api/v1/summaries/budget');
    expect(body).toMatchObject({
      provider: 'extractive',
      limits: { day: { tokens: 1e9, usd: 0 } },
      day: { spent: { tokens: 0, usd: 0 }, reserved: { tokens: 0, usd: 0 } },
      stopped: '',
      paused: false,
      notice: '',
    });
  });
});

describe("an org's own provider", () => {
  const key = 'a-key-that-nobody-may-see';
  const own = { provider: 'openai', model: 'gpt-small', key };

  it('is kept encrypted and never shown', async () => {
    const set = await admin('POST', '/api/v1/model-settings', own);
    expect(set.body).toMatchObject({ provider: 'openai', model: 'gpt-small', own: true });
    const answers = [set, await admin('GET', '/api/v1/model-settings'), await admin('GET', '/api/v1/summaries/budget')];
    for (const { text } of answers) expect(text).not.toContain(key);
    const stored = JSON.stringify(await store.query('SELECT * FROM spanwarden.model_settings'));
    expect(stored).toContain('v1.');
    expect(stored).not.toContain(key);
    expect(JSON.stringify(await store.query('SELECT * FROM spanwarden.audit_log'))).not.toContain(key);
  });

  it('is of no use under another master key, or to another org', async () => {
    const book = (byte: number) =>
      createModelSettingsBook({
        store,
        clock: systemClock,
        keyFor: () => new Uint8Array(32).fill(byte),
        server: { kind: 'extractive', model: '', baseUrl: '', apiKey: '', region: '' },
        prices: { inputUsdPerMillion: 0, outputUsdPerMillion: 0 },
      });
    expect(await book(1).open('default')).toMatchObject({ model: 'gpt-small', provider: { kind: 'openai' } });
    await expect(book(2).open('default')).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    expect(await book(1).open('another')).toBeUndefined();
  });

  it('goes back to the server’s when it is deleted', async () => {
    expect((await admin('DELETE', '/api/v1/model-settings')).body).toMatchObject({
      provider: 'extractive',
      own: false,
    });
    expect((await admin('GET', '/api/v1/model-settings')).body).toMatchObject({ own: false });
  });

  it.each([
    ['an address of its own', { ...own, base_url: 'http://169.254.169.254' }],
    ['no provider that is reached by one', { ...own, provider: 'openai-compatible' }],
    ['no resource of another host', { ...own, provider: 'azure-openai', resource: 'evil.example/x' }],
    ['azure without a resource', { ...own, provider: 'azure-openai' }],
    ['bedrock without a region', { ...own, provider: 'bedrock' }],
    ['a region with a host in it', { ...own, provider: 'bedrock', region: 'eu-central-1.evil.example' }],
    ['no key', { provider: 'openai', model: 'x' }],
    ['a key with a line end', { ...own, key: 'abcdefgh\r\nX: y' }],
  ])('takes %s for an answer of 400', async (_what, body) => {
    expect((await admin('POST', '/api/v1/model-settings', body)).status).toBe(400);
  });
});
