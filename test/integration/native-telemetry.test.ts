import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { readSession } from '../../dashboards/api/queries/sessions.ts';
import { readUsage } from '../../dashboards/api/queries/usage.ts';
import type { Store } from '../../engine/clickhouse/store.ts';
import { createRedactor } from '../../engine/redaction/redactor.ts';
import { INGEST_COLUMNS } from '../../ingest/ingest-columns.ts';
import { inspectExport } from '../../ingest/inspect-export.ts';
import { DEFAULT_DECODE_LIMITS } from '../../ingest/otlp/decode-limits.ts';
import type { Signal } from '../../ingest/otlp/signal.ts';
import { temporaryStore } from '../temporary-store.ts';

/** Native telemetry of coding tools through the whole pipeline and the real engine. */

const DATABASE = 'org_default';
const EVERYTHING = { condition: 'Timestamp > 0', params: {} };
const CLAUDE = '4f1a2c7e-7b53-4d0a-9c41-5f0b8a6f2d11';
const GEMINI = 'c0ffee00-1111-4222-8333-444455556666';
const CODEX = '0199f0aa-1111-7222-8333-444455556666';

const { store } = await temporaryStore();
const redactor = createRedactor({ key: new Uint8Array(32).fill(9) });
let ingestedAt = Date.UTC(2026, 8, 22) * 1_000;

async function take(
  signal: Signal,
  body: unknown,
  now = Date.UTC(2026, 8, 22),
): Promise<{ accepted: number; errors: readonly string[] }> {
  const inspected = await inspectExport(signal, Buffer.from(JSON.stringify(body)), 'json', {
    redactor,
    limits: DEFAULT_DECODE_LIMITS,
    clock: () => now,
    ingestedAt: ingestedAt++,
    secondScanners: [],
  });
  for (const { table, rows } of inspected.pieces) {
    await store.insertLines(`${DATABASE}.${table}`, INGEST_COLUMNS[table], rows, randomUUID());
  }
  return inspected;
}

/** Several exports as one. */
function joined(member: string, exports: readonly unknown[]) {
  return { [member]: exports.flatMap((body) => (body as Record<string, unknown[]>)[member]!) };
}

function fixture(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../fixtures/logs/${name}.json`, import.meta.url), 'utf8'));
}

function ask<Row = Record<string, unknown>>(sql: string, params = {}): Promise<Row[]> {
  return (store as Store).query<Row>(sql, params, { database: DATABASE });
}

/** What the user of one session used, as leaders see it. */
async function usageOf(user: string) {
  const rows = await readUsage(store, DATABASE, 'user', EVERYTHING, 100);
  return rows.find(({ key }) => key === user);
}

async function userOf(session: string): Promise<string> {
  const [row] = await ask<{ user: string }>(
    "SELECT anyIf(UserId, UserId != '') AS user FROM otel_logs WHERE SessionId = {session: String}",
    { session },
  );
  return row!.user;
}

const TOKENS = { input_tokens: 21, cache_read_tokens: 31_450, cache_write_tokens: 1_453, output_tokens: 423 };

beforeAll(async () => {
  await take('logs', fixture('claude-code-logs'));
  await take('logs', fixture('gemini-cli-logs'));
  await take('logs', fixture('codex-logs'));
});

describe('events of Claude Code', () => {
  test('are all records, and the steps among them are spans of the session', async () => {
    const records = await ask<{ name: string; span: number }>(
      `SELECT EventName AS name, toUInt8(EventSpanId != '') AS span FROM otel_logs FINAL
       WHERE SessionId = {session: String} ORDER BY Timestamp, EventName`,
      { session: CLAUDE },
    );
    expect(records.map(({ name, span }) => `${name.replace('claude_code.', '')} ${span}`)).toEqual([
      'user_prompt 1',
      'api_request 1',
      'assistant_response 1',
      'tool_decision 1',
      'tool_result 1',
      'api_request 1',
      'tool_decision 1',
      'tool_result 1',
      'api_error 1',
      'permission_mode_changed 1',
      'mcp_server_connection 0',
      'hook_execution_complete 1',
    ]);
    expect(
      await ask(
        `SELECT Kind AS kind, count() AS n, uniq(TraceId) AS traces FROM otel_traces FINAL
         WHERE SessionId = {session: String} GROUP BY Kind ORDER BY Kind`,
        { session: CLAUDE },
      ),
    ).toEqual([
      { kind: 'agent', n: '1', traces: '1' },
      { kind: 'chain', n: '1', traces: '1' },
      { kind: 'guardrail', n: '4', traces: '1' },
      { kind: 'llm', n: '3', traces: '1' },
      { kind: 'tool', n: '2', traces: '1' },
    ]);
  });

  test('a tool call has its arguments, its time and its decision below it', async () => {
    const [call] = await ask<Record<string, string>>(
      `SELECT SpanId, ToolCategory, ToolArgumentsPreview, toString(Duration) AS Duration, toUnixTimestamp64Milli(Timestamp) AS at
       FROM otel_traces FINAL WHERE ToolCallId = 'toolu_01A000000000000000000001' AND Kind = 'tool'`,
    );
    expect(call).toMatchObject({ ToolCategory: 'code_execution', Duration: '4480000000', at: '1790000003120' });
    expect(call!['ToolArgumentsPreview']).toContain('npm test -- --run');
    expect(
      await ask(`SELECT GuardrailVerdict, ToolCallId FROM otel_traces FINAL WHERE ParentSpanId = {id: String}`, {
        id: call!['SpanId'],
      }),
    ).toEqual([{ GuardrailVerdict: 'accept', ToolCallId: 'toolu_01A000000000000000000001' }]);
  });

  test('a failed call and a refused request are errors', async () => {
    expect(
      await ask(
        `SELECT SpanName FROM otel_traces FINAL WHERE StatusCode = 'Error' AND SessionId = {session: String}
                 ORDER BY Timestamp`,
        { session: CLAUDE },
      ),
    ).toEqual([{ SpanName: 'claude_code.tool_result' }, { SpanName: 'claude_code.api_error' }]);
  });

  test('the prompt is the root, and what came in from outside', async () => {
    const rows = await ask(
      `SELECT SpanName, ParentSpanId = '' AS root FROM otel_traces FINAL WHERE Ingress AND SessionId = {session: String}`,
      { session: CLAUDE },
    );
    expect(rows).toEqual([{ SpanName: 'claude_code.user_prompt', root: 1 }]);
  });
});

test('a recorded session of Claude Code is read: its steps, their texts and what was used', async () => {
  const { logs, metrics } = fixture('claude-code-recorded') as { logs: unknown[]; metrics: unknown[] };
  const { accepted, errors } = await take('logs', joined('resourceLogs', logs), Date.UTC(2027, 0));
  expect(errors).toEqual([]);
  expect(accepted).toBe(10);
  const [{ session } = { session: '' }] = await ask<{ session: string }>(
    "SELECT any(SessionId) AS session FROM otel_logs WHERE ScopeVersion = '2.1.329'",
  );
  expect(
    await ask(
      `SELECT SpanName AS name, Kind AS kind, concat(PromptPreview, CompletionPreview, ToolArgumentsPreview) AS said
       FROM otel_traces FINAL WHERE SessionId = {session: String} ORDER BY SpanName, Timestamp`,
      { session },
    ),
  ).toEqual([
    { name: 'claude_code.api_request', kind: 'llm', said: '' },
    { name: 'claude_code.api_request', kind: 'llm', said: '' },
    { name: 'claude_code.assistant_response', kind: 'chain', said: 'It is 18 degrees and sunny in Paris.' },
    { name: 'claude_code.tool_decision', kind: 'guardrail', said: expect.stringContaining('echo hello') },
    { name: 'claude_code.tool_result', kind: 'tool', said: expect.stringContaining('echo hello') },
    { name: 'claude_code.user_prompt', kind: 'agent', said: 'Say hello with a shell command.' },
  ]);
  await take('metrics', joined('resourceMetrics', metrics), Date.UTC(2027, 0));
  // The stand-in answers both calls under one request id, so that they count as one; the metrics, which say 80, do not add to it.
  expect(await usageOf(await userOf(session))).toMatchObject({
    sessions: 1,
    llm_calls: 1,
    tool_calls: 1,
    input_tokens: 40,
    cache_read_tokens: 64,
    active_seconds: 1,
  });
});

test.each([
  [
    'Gemini CLI',
    GEMINI,
    { llm_calls: 1, tool_calls: 1, input_tokens: 1_200, cache_read_tokens: 8_000, output_tokens: 160 },
  ],
  ['Codex', CODEX, { llm_calls: 1, tool_calls: 1, input_tokens: 600, cache_read_tokens: 6_400, output_tokens: 150 }],
])('events of %s are a session with its calls and tokens', async (_, session, figures) => {
  expect(await usageOf(await userOf(session))).toMatchObject({ sessions: 1, ...figures });
});

describe('counted once', () => {
  test('the same export again changes nothing', async () => {
    const before = await usageOf(await userOf(CLAUDE));
    expect(before).toMatchObject({ sessions: 1, llm_calls: 3, tool_calls: 2, ...TOKENS, cost_usd: 0.0312 });
    await take('logs', fixture('claude-code-logs'));
    expect(await usageOf(await userOf(CLAUDE))).toEqual(before);
    expect(await ask(`SELECT count() AS n FROM otel_logs FINAL WHERE SessionId = {s: String}`, { s: CLAUDE })).toEqual([
      { n: '12' },
    ]);
  });

  test('a session that hooks report too is one session, its calls and tokens counted once', async () => {
    const before = await readSession(store, DATABASE, CLAUDE);
    await take('traces', hookSpans());
    const after = await readSession(store, DATABASE, CLAUDE);
    expect(after!.spans).toBe(before!.spans + 2);
    expect(after).toMatchObject({ llm_calls: 3, tool_calls: 2, input_tokens: 32_924, output_tokens: 423 });
    expect(after!.cost_usd).toBeCloseTo(0.0312, 6);
  });

  test('metrics of the same session add what only they tell', async () => {
    const before = await usageOf(await userOf(CLAUDE));
    await take('metrics', fixture('claude-code-metrics'));
    expect(await usageOf(await userOf(CLAUDE))).toEqual({
      ...before,
      lines_added: 14,
      lines_removed: 3,
      commits: 1,
      active_seconds: 42,
      edits_accepted: 2,
    });
  });

  test('metrics of a session that nothing else reports are its usage', async () => {
    const alone = JSON.parse(JSON.stringify(fixture('claude-code-metrics')).replaceAll(CLAUDE, 'metrics-only'));
    const text = JSON.stringify(alone).replaceAll('ann@example.com', 'di@example.com');
    await take('metrics', JSON.parse(text));
    await take('metrics', JSON.parse(text));
    const [{ user } = { user: '' }] = await ask<{ user: string }>(
      `SELECT any(UserId) AS user FROM otel_metrics WHERE SessionId = 'metrics-only'`,
    );
    expect(await usageOf(user)).toMatchObject({ sessions: 1, llm_calls: 0, ...TOKENS, cost_usd: 0.0312 });
  });

  test('two instrumentations of one model call are one call', async () => {
    const span = (id: string) => ({
      traceId: 'aa'.repeat(16),
      spanId: id.repeat(8),
      name: 'chat',
      startTimeUnixNano: '1790000000000000000',
      endTimeUnixNano: '1790000001000000000',
      attributes: [
        string('gen_ai.operation.name', 'chat'),
        string('user.id', 'two-instrumentations'),
        string('gen_ai.response.id', 'chatcmpl-twice'),
        string('gen_ai.usage.input_tokens', '100'),
        string('gen_ai.usage.output_tokens', '5'),
      ],
    });
    await take('traces', { resourceSpans: [{ scopeSpans: [{ spans: [span('01'), span('02')] }] }] });
    expect(await usageOf('two-instrumentations')).toMatchObject({ llm_calls: 1, input_tokens: 100, output_tokens: 5 });
  });
});

describe('beside spans', () => {
  test('an event inside a span is a record only; what was said in it is a step below the span', async () => {
    const record = (name: string, attributes: unknown[]) => ({
      timeUnixNano: '1790000000000000000',
      eventName: name,
      traceId: 'bb'.repeat(16),
      spanId: 'b1'.repeat(8),
      attributes,
    });
    await take('logs', {
      resourceLogs: [
        {
          scopeLogs: [
            {
              scope: { name: 'com.anthropic.claude_code.events' },
              logRecords: [
                record('claude_code.api_request', [string('input_tokens', '999'), string('session.id', 'traced')]),
                record('gen_ai.client.inference.operation.details', [
                  string('gen_ai.operation.name', 'chat'),
                  string('gen_ai.conversation.id', 'traced'),
                  string('gen_ai.usage.input_tokens', '999'),
                  string(
                    'gen_ai.input.messages',
                    '[{"role":"user","parts":[{"type":"text","content":"Hello there"}]}]',
                  ),
                ]),
              ],
            },
          ],
        },
      ],
    });
    const rows = await ask(
      `SELECT Kind, ParentSpanId, PromptPreview, toString(InputTokens) AS tokens FROM otel_traces FINAL
       WHERE TraceId = {trace: String}`,
      { trace: 'bb'.repeat(16) },
    );
    expect(rows).toEqual([{ Kind: 'chain', ParentSpanId: 'b1'.repeat(8), PromptPreview: 'Hello there', tokens: '0' }]);
  });
});

describe('redaction', () => {
  // In two parts, so that scanners of source code leave this file alone.
  const TOKEN = `ghp_${'8sKq2LmN4pRt6VwX8yZa1Bc3De5Fg7Hj9KlM'}`;

  test('nothing unclassified and no secret is stored, wherever it stands', async () => {
    const name = `event with ${TOKEN}`;
    const { accepted } = await take('logs', {
      resourceLogs: [
        {
          resource: { attributes: [string('service.name', 'hostile'), string('my.own.key', 'quokka in the resource')] },
          scopeLogs: [
            {
              scope: { name: `scope ${TOKEN}` },
              logRecords: [
                {
                  timeUnixNano: '1790000000000000000',
                  severityText: TOKEN,
                  eventName: name,
                  body: { kvlistValue: { values: [string('password', 'correct-horse-9'), string('note', TOKEN)] } },
                  attributes: [string('nobody.knows', 'quokka in an attribute'), string(`key.${TOKEN}`, 'x')],
                },
              ],
            },
          ],
        },
      ],
    });
    expect(accepted).toBe(1);
    await take('metrics', {
      resourceMetrics: [
        {
          scopeMetrics: [
            {
              metrics: [
                {
                  name: `metric ${TOKEN}`,
                  unit: TOKEN,
                  gauge: {
                    dataPoints: [
                      {
                        timeUnixNano: '1790000000000000000',
                        asInt: '1',
                        attributes: [string('unknown.key', 'quokka in a metric'), string('error', TOKEN)],
                      },
                    ],
                  },
                },
              ],
            },
          ],
        },
      ],
    });
    const stored = JSON.stringify([
      await ask('SELECT * FROM otel_logs'),
      await ask('SELECT * FROM otel_metrics'),
      await ask('SELECT * FROM otel_traces'),
    ]);
    for (const marker of [TOKEN, 'quokka', 'correct-horse-9']) expect(stored).not.toContain(marker);
    const [row] = await ask<{ body: string; length: string; kinds: string[] }>(
      `SELECT Body AS body, toString(BodyLength) AS length, arraySort(arrayDistinct(Redactions.Kind)) AS kinds
       FROM otel_logs WHERE ServiceName = 'hostile'`,
    );
    expect(row!.body).toMatch(/^\{"password":"\[\w+:\w+\]","note":"\[GITHUB_TOKEN:\w+\]"\}$/);
    expect(row!.length).toBe(String(JSON.stringify({ password: 'correct-horse-9', note: TOKEN }).length));
    expect(row!.kinds).toContain('GITHUB_TOKEN');
    expect(await ask(`SELECT count() > 3 AS found FROM redaction_findings WHERE kind = 'GITHUB_TOKEN'`)).toEqual([
      { found: 1 },
    ]);
  });
});

function string(key: string, value: string) {
  return { key, value: { stringValue: value } };
}

/** What the client's hooks report of the session above: a call that its events report too, and the same answer of the model. */
function hookSpans() {
  const span = (id: string, name: string, attributes: unknown[]) => ({
    traceId: 'cc'.repeat(16),
    spanId: id.repeat(8),
    name,
    startTimeUnixNano: '1790000003000000000',
    endTimeUnixNano: '1790000004000000000',
    attributes: [string('gen_ai.conversation.id', CLAUDE), ...attributes],
  });
  return {
    resourceSpans: [
      {
        resource: { attributes: [string('service.name', 'claude-code'), string('coding_agent.client', 'claude-code')] },
        scopeSpans: [
          {
            spans: [
              span('c1', 'coding_agent.tool.call', [
                string('gen_ai.operation.name', 'execute_tool'),
                string('gen_ai.tool.name', 'Bash'),
                string('gen_ai.tool.call.id', 'toolu_01A000000000000000000001'),
              ]),
              span('c2', 'coding_agent.llm.turn', [
                string('gen_ai.operation.name', 'chat'),
                string('gen_ai.response.id', 'req_011CUabcDEF0000000000001'),
                string('gen_ai.usage.input_tokens', '16255'),
                string('gen_ai.usage.cache_read.input_tokens', '15210'),
                string('gen_ai.usage.cache_creation.input_tokens', '1033'),
                string('gen_ai.usage.output_tokens', '183'),
              ]),
            ],
          },
        ],
      },
    ],
  };
}
