import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../running-server.ts';
import { post } from './post.ts';

/** What is too large to be shown at once is stored with its true size, shown in pages, and never cut without a word. */

const TRACE = 'a'.repeat(32);
const SPANS_OF_TRACE = 100_000;
const WEEK_MS = 7 * 86_400_000;
const start = Date.now() - WEEK_MS;

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

function span(id: number, members: object = {}, attributes: Record<string, string> = {}, atMs = start) {
  return {
    traceId: TRACE,
    spanId: id.toString(16).padStart(16, '0'),
    name: 's',
    startTimeUnixNano: `${atMs}000000`,
    endTimeUnixNano: `${atMs}000000`,
    attributes: Object.entries(attributes).map(([key, value]) => ({ key, value: { stringValue: value } })),
    ...members,
  };
}

async function send(spans: object[]): Promise<void> {
  const body = Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }));
  const answer = await post(server.otlp, 'json', body);
  expect([answer.status, answer.body.toString()]).toEqual([200, '{}']);
}

interface Page {
  spans: { span_id: string }[];
  spans_truncated: boolean;
  next_cursor: string | null;
}

async function pagesOf(path: string, most = Number.POSITIVE_INFINITY): Promise<Page[]> {
  const pages: Page[] = [];
  for (let cursor: string | null = ''; cursor !== null && pages.length < most; cursor = pages.at(-1)!.next_cursor) {
    pages.push(await server.get<Page>(`${path}${cursor === '' ? '' : `?cursor=${cursor}`}`));
  }
  return pages;
}

describe('through the running server', () => {
  it('a trace of 100,000 spans is stored whole and shown in pages', async () => {
    const batch = 20_000;
    for (let from = 1; from <= SPANS_OF_TRACE; from += batch) {
      await send(
        Array.from({ length: batch }, (_, i) =>
          span(from + i, { parentSpanId: from + i === 1 ? '' : '0'.repeat(15).concat('1') }),
        ),
      );
    }
    const [[count]] = (await server.sql('SELECT count() FROM otel_traces FINAL WHERE TraceId = {trace: String}', {
      trace: TRACE,
    })) as [[string]];
    expect(Number(count)).toBe(SPANS_OF_TRACE);

    const outline = await pagesOf(`/sessions/${TRACE}/outline`);
    const shown = outline.flatMap((page) => page.spans.map(({ span_id }) => span_id));
    expect(new Set(shown).size).toBe(SPANS_OF_TRACE);
    expect(shown).toHaveLength(SPANS_OF_TRACE);
    expect(outline.map((page) => page.spans_truncated)).toEqual([true, true, true, true, false]);

    const whole = await pagesOf(`/traces/${TRACE}`, 2);
    expect(whole.map((page) => page.spans_truncated)).toEqual([true, true]);
    expect(new Set(whole.flatMap((page) => page.spans.map(({ span_id }) => span_id))).size).toBe(4_000);
    expect(await server.get(`/sessions/${TRACE}`)).toMatchObject({ spans: expect.anything(), spans_truncated: true });
  });

  it('a text of 10 MB is kept out and says how long it was', async () => {
    const words = 'a word or two '.repeat(750_000);
    await send([
      span(
        0xf1,
        { traceId: 'b'.repeat(32) },
        {
          'gen_ai.operation.name': 'execute_tool',
          'gen_ai.tool.name': 'read_file',
          'gen_ai.tool.call.result': words,
        },
      ),
    ]);
    const { spans } = await server.get<{ spans: Record<string, never>[] }>(`/traces/${'b'.repeat(32)}`);
    const { tool_result: result } = spans[0] as unknown as { tool_result: { length: number } };
    // Whoever may not read the text still learns its length.
    expect(result.length).toBe(words.length);
    // More than redaction looks through: replaced as a whole, which is a finding.
    const [[preview, attribute, failed]] = (await server.sql(
      `SELECT length(ToolResultPreview), SpanAttributes['gen_ai.tool.call.result'],
         has(Redactions.Class, 'failure') FROM otel_traces WHERE TraceId = {trace: String}`,
      { trace: 'b'.repeat(32) },
    )) as [[string, string, unknown]];
    expect(Number(preview)).toBeLessThan(3_000);
    expect(attribute).toMatch(/^\[REDACTED:\w+\]$/);
    expect(Number(failed)).toBe(1);
  });

  it('a thousand attributes are all kept', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 1_000 }, (_, i) => [`gen_ai.prompt.${i}.content`, `text ${i}`]),
    );
    await send([span(0xf2, { traceId: 'c'.repeat(32) }, many)]);
    const [[kept, last]] = (await server.sql(
      `SELECT length(mapFilter((key, _) -> startsWith(key, 'gen_ai.prompt.') AND endsWith(key, '.content'), SpanAttributes)),
         SpanAttributes['gen_ai.prompt.999.content'] FROM otel_traces WHERE TraceId = {trace: String}`,
      { trace: 'c'.repeat(32) },
    )) as [[string, string]];
    expect([Number(kept), last]).toEqual([1_000, 'text 999']);
  });

  it('a session of a week is one session from its first span to its last', async () => {
    for (let day = 0; day <= 7; day++) {
      await send([
        span(
          0x1000 + day,
          { traceId: `d${day}`.repeat(16) },
          { 'gen_ai.operation.name': 'chat', 'gen_ai.conversation.id': 'week' },
          start + day * 86_400_000,
        ),
      ]);
    }
    expect(await server.get('/sessions/week')).toMatchObject({
      started_at: expect.stringContaining(new Date(start).toISOString().slice(0, 19)),
      ended_at: expect.stringContaining(new Date(start + WEEK_MS).toISOString().slice(0, 19)),
      traces: 8,
      llm_calls: 8,
      spans_truncated: false,
    });
  });

  it('a log record of 10 MB and a batch of 20,000 records are stored with their true size', async () => {
    const record = (i: number, text: string) => ({
      timeUnixNano: `${start}${String(i).padStart(6, '0')}`,
      body: { stringValue: text },
      attributes: [{ key: 'session.id', value: { stringValue: 'many-logs' } }],
    });
    const words = 'another word '.repeat(800_000);
    const records = [record(0, words), ...Array.from({ length: 20_000 }, (_, i) => record(i + 1, `line ${i}`))];
    const body = Buffer.from(JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: records }] }] }));
    const answer = await post(server.otlp, 'json', body, {}, 'logs');
    expect([answer.status, answer.body.toString()]).toEqual([200, '{}']);
    const [[count, longest]] = (await server.sql(
      "SELECT count(), max(BodyLength) FROM otel_logs FINAL WHERE SessionId = 'many-logs'",
    )) as [[string, string]];
    expect([Number(count), Number(longest)]).toEqual([20_001, words.length]);
    type Logs = { items: { id: string }[]; next_cursor: string };
    const first = await server.get<Logs>('/sessions/many-logs/logs?limit=500');
    const second = await server.get<Logs>(`/sessions/many-logs/logs?limit=500&cursor=${first.next_cursor}`);
    expect(new Set([...first.items, ...second.items].map(({ id }) => id)).size).toBe(1_000);
  });
});
