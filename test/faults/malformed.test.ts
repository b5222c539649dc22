import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import type { Signal } from '../../ingest/otlp/signal.ts';
import { messageField, textField } from '../../ingest/otlp/wire-writer.ts';
import { startServer } from '../running-server.ts';
import { post } from './post.ts';
import { zipBomb } from './zip-bomb.ts';

const SECRET = ['ghp', 'f4uLt5Pl4nt3dS3cr3tZq8WmKx2VbN7cJd9R'].join('_');
const MIB = 1024 * 1024;
/** The bound that the product promises under load; garbage must not take more. */
const MOST_RSS = 1_200 * 1_000_000;

const server = await startServer();
afterAll(() => server.stop());

let made = 0;

/** A good span but for what `members` change; it holds a secret so that traces of it anywhere can be found. */
function span(name: string, attributes: Record<string, unknown> = {}, members: object = {}) {
  const start = BigInt(Date.now()) * 1_000_000n;
  return {
    traceId: '5b8efff798038103d269b633813fc60c',
    spanId: (++made).toString(16).padStart(16, 'f'),
    name,
    kind: 3,
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(start + 1_000n),
    attributes: Object.entries({ 'gen_ai.tool.call.result': SECRET, ...attributes }).map(([key, value]) => ({
      key,
      value: typeof value === 'string' ? { stringValue: value } : value,
    })),
    ...members,
  };
}

const request = (...spans: object[]) => JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
const nested = (depth: number) => `${'['.repeat(depth)}"${SECRET}"${']'.repeat(depth)}`;
const anyValue = (depth: number): object =>
  depth === 0 ? { stringValue: SECRET } : { arrayValue: { values: [anyValue(depth - 1)] } };
const many = (count: number, key: (i: number) => string) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [key(i), 'slot']));
const inYear = (year: number) => ({ startTimeUnixNano: `${Date.UTC(year, 5)}000000` });

interface Case {
  body: () => Buffer | string;
  status: number;
  /** Names of spans that must be there afterwards, the others of the request rejected. */
  stored?: string[];
  rejected?: number;
  protobuf?: boolean;
  gzip?: boolean;
}

const good = (name: string) => span(name);

const CASES: Record<string, Case> = {
  'truncated protobuf': {
    protobuf: true,
    status: 400,
    body: () => messageField(1, [textField(2, 'x'.repeat(50))]).subarray(0, 20),
  },
  'random bytes': { protobuf: true, status: 400, body: () => Buffer.from(SECRET.repeat(50)) },
  'truncated JSON': { status: 400, body: () => request(good('cut')).slice(0, -9) },
  'broken gzip': { gzip: true, status: 400, body: () => gzipSync(request(good('broken'))).fill(7, 30, 60) },
  'truncated gzip': { gzip: true, status: 400, body: () => gzipSync(request(good('short'))).subarray(0, 60) },
  'a gzip bomb of 1 GB': { gzip: true, status: 413, body: () => zipBomb(Buffer.from(SECRET), 1_024) },
  'a body of 65 MiB': { status: 413, body: () => Buffer.alloc(65 * MIB, 'x') },
  'a string of 30 MB': {
    status: 200,
    body: () => request(span('long', { 'gen_ai.tool.call.arguments': 'word '.repeat(6e6) })),
    stored: ['long'],
  },
  '10,000 attributes': {
    status: 200,
    body: () =>
      request(
        span(
          'wide',
          many(10_000, (i) => `key.${i}`),
        ),
      ),
    stored: ['wide'],
  },
  '10,001 flattened message slots': {
    status: 200,
    body: () =>
      request(
        span(
          'slots',
          many(10_001, (i) => `llm.input_messages.${i}.message.content`),
        ),
      ),
    stored: ['slots'],
  },
  'an index bomb': {
    status: 200,
    body: () => request(span('index', { 'llm.input_messages.99999999.message.role': 'user' })),
    stored: ['index'],
  },
  'deep JSON in text': {
    status: 200,
    body: () => request(span('deep', { 'input.value': nested(100_000) })),
    stored: ['deep'],
  },
  'deep attribute values': {
    status: 200,
    body: () => request(span('nested', { deep: anyValue(500) })),
    stored: ['nested'],
  },
  'a body of brackets': { status: 400, body: () => '['.repeat(5 * MIB) },
  'a time that is no number beside a good span': {
    status: 200,
    body: () => request(span('nan', {}, { startTimeUnixNano: 'NaN' }), good('beside-nan')),
    stored: ['beside-nan'],
    rejected: 1,
  },
  'a time in 1970 beside a good span': {
    status: 200,
    body: () => request(span('old', {}, inYear(1970)), good('beside-1970')),
    stored: ['beside-1970'],
    rejected: 1,
  },
  'a time in 2100 beside a good span': {
    status: 200,
    body: () => request(span('ahead', {}, inYear(2100)), good('beside-2100')),
    stored: ['beside-2100'],
    rejected: 1,
  },
  'ids of zeros, of the wrong length and of no hex': {
    status: 200,
    body: () =>
      request(
        span('zero', {}, { traceId: '0'.repeat(32) }),
        span('cut', {}, { spanId: 'abcd' }),
        span('hex', {}, { traceId: 'z'.repeat(32) }),
        good('beside-ids'),
      ),
    stored: ['beside-ids'],
    rejected: 3,
  },
  'half surrogate pairs and NUL': {
    status: 200,
    body: () =>
      request(span('halves \ud83e', { 'input.value': '{"a":"\\ud83e"}\u0000', '\ud83e': 'x' }), good('beside-halves')),
    stored: ['beside-halves'],
  },
  'names of the object prototype': {
    status: 200,
    body: () =>
      request(span('proto', { constructor: 'x', toString: 'x', ['__proto__x']: 'x' })).replace(
        '__proto__x',
        '__proto__',
      ),
    stored: ['proto'],
  },
  'a key of 1 MB': { status: 200, body: () => request(span('key', { ['k'.repeat(MIB)]: 'x' })), stored: ['key'] },
  'logs instead of traces': { status: 400, body: () => '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{}]}]}]}' },
  '20,000 spans in one request': {
    status: 200,
    body: () => request(...Array.from({ length: 20_000 }, (_, i) => ({ ...good(`bulk-${i % 3}`), attributes: [] }))),
    stored: ['bulk-0', 'bulk-1', 'bulk-2'],
  },
};

function rss(): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${server.process.pid}/status`, 'utf8'))![1]) * 1_024;
}

const now = () => String(BigInt(Date.now()) * 1_000_000n);
const attributes = (given: Record<string, object>) => Object.entries(given).map(([key, value]) => ({ key, value }));
const record = (members: object) => ({ timeUnixNano: now(), body: { stringValue: SECRET }, ...members });
const logs = (...logRecords: object[]) => JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] });
const point = (members: object) => ({ timeUnixNano: now(), asInt: '1', ...members });
const gauge = (name: string, ...dataPoints: object[]) =>
  JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name, gauge: { dataPoints } }] }] }] });

interface Refused {
  signal: Signal;
  body: () => Buffer | string;
  status: number;
  rejected?: number;
  protobuf?: boolean;
  gzip?: boolean;
}

const OTHER_DOORS: Record<string, Refused> = {
  'random bytes as logs': { signal: 'logs', protobuf: true, status: 400, body: () => Buffer.from(SECRET.repeat(50)) },
  'random bytes as metrics': {
    signal: 'metrics',
    protobuf: true,
    status: 400,
    body: () => Buffer.from(SECRET.repeat(50)),
  },
  'a body of brackets as logs': { signal: 'logs', status: 400, body: () => '['.repeat(MIB) },
  'a gzip bomb of logs': { signal: 'logs', gzip: true, status: 413, body: () => zipBomb(Buffer.from(SECRET), 128) },
  'truncated gzip of metrics': {
    signal: 'metrics',
    gzip: true,
    status: 400,
    body: () => gzipSync(gauge('m', point({}))).subarray(0, 40),
  },
  'traces as logs': { signal: 'logs', status: 400, body: () => request(good('as-log')) },
  'logs as metrics': { signal: 'metrics', status: 400, body: () => logs(record({})) },
  'a record of 30 MB': {
    signal: 'logs',
    status: 200,
    body: () => logs(record({ body: { stringValue: `${SECRET} `.repeat(7e5) } })),
  },
  'a deep body': { signal: 'logs', status: 200, body: () => logs(record({ body: anyValue(500) })) },
  '10,000 attributes of a record': {
    signal: 'logs',
    status: 200,
    body: () =>
      logs(
        record({
          attributes: attributes(
            Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`k${i}`, { stringValue: 'v' }])),
          ),
        }),
      ),
  },
  'names of the object prototype, half surrogates and NUL': {
    signal: 'logs',
    status: 200,
    body: () =>
      logs(
        record({
          eventName: 'constructor',
          severityNumber: -5,
          severityText: '\ud83e',
          body: { stringValue: `\ud83e\u0000${SECRET}` },
          attributes: attributes({
            ['__proto__']: { stringValue: SECRET },
            'event.name': { kvlistValue: {} },
            'session.id': { arrayValue: {} },
          }),
        }),
      ),
  },
  'events that lie about what they are': {
    signal: 'logs',
    status: 200,
    body: () =>
      logs(
        ...[
          'claude_code.tool_result',
          'claude_code.api_request_body',
          'gemini_cli.api_response',
          'codex.tool_result',
          'gen_ai.choice',
        ].map((eventName) =>
          record({
            eventName,
            body: anyValue(3),
            attributes: attributes({
              'session.id': { stringValue: 'liar' },
              duration_ms: { doubleValue: 1e300 },
              body: { stringValue: nested(50_000) },
              tool_input: { stringValue: nested(1_000) },
              input_tokens: { doubleValue: -1e300 },
              cost_usd: { stringValue: 'NaN' },
              success: { intValue: '7' },
            }),
          }),
        ),
      ),
  },
  'records in 1970 and 2100 beside a good one': {
    signal: 'logs',
    status: 200,
    rejected: 2,
    body: () => logs(record({ timeUnixNano: '1' }), record({ timeUnixNano: `${Date.UTC(2100, 1)}000000` }), record({})),
  },
  'points without a value or time beside a good one': {
    signal: 'metrics',
    status: 200,
    rejected: 2,
    body: () => gauge(SECRET, point({ asInt: null }), point({ timeUnixNano: 'NaN' }), point({})),
  },
  'values beyond every number': {
    signal: 'metrics',
    status: 200,
    rejected: 1,
    body: () =>
      gauge(
        'huge',
        point({ asInt: null, asDouble: 1e308 }),
        point({ asInt: null, asDouble: 'Infinity' }),
        point({ asInt: '9223372036854775807' }),
      ),
  },
};

describe('malformed input through the running server', () => {
  it.each(Object.entries(OTHER_DOORS))('%s', async (_, { signal, body, status, rejected = 0, protobuf, gzip }) => {
    const encoding = protobuf ? 'protobuf' : 'json';
    const headers: Record<string, string> = gzip ? { 'content-encoding': 'gzip' } : {};
    const answer = await post(server.otlp, encoding, Buffer.from(body()), headers, signal);
    const text = answer.body.toString();
    expect([answer.status, text]).toEqual([status, expect.not.stringContaining(SECRET)]);
    if (status === 200) {
      const { rejectedLogRecords, rejectedDataPoints } = JSON.parse(text).partialSuccess ?? {};
      expect(Number(rejectedLogRecords ?? rejectedDataPoints ?? 0)).toBe(rejected);
    }
  });

  it.each(Object.entries(CASES))(
    '%s',
    { timeout: 60_000 },
    async (_, { body, status, stored = [], rejected = 0, protobuf, gzip }) => {
      const bytes = Buffer.from(body());
      const answer = await post(
        server.otlp,
        protobuf ? 'protobuf' : 'json',
        bytes,
        gzip ? { 'content-encoding': 'gzip' } : {},
      );
      expect(answer.status).toBe(status);
      const text = answer.body.toString();
      expect(text).not.toContain(SECRET);
      if (status === 200) expect(Number(JSON.parse(text).partialSuccess?.rejectedSpans ?? 0)).toBe(rejected);
      else expect(text.length).toBeGreaterThan(10);
      const names =
        stored.length === 0
          ? []
          : await server.sql(
              'SELECT DISTINCT SpanName FROM otel_traces WHERE SpanName IN {stored: Array(String)} ORDER BY SpanName',
              { stored },
            );
      expect(names.flat()).toEqual(stored);
      expect((await fetch(`${server.api}/healthz`)).status).toBe(200);
    },
  );

  it('leaves the same process running, within its memory, with nothing of the content in its log', async () => {
    expect(server.process.exitCode).toBeNull();
    expect(rss()).toBeLessThan(MOST_RSS);
    expect(server.output()).not.toContain(SECRET);
    const [kept] = await server.sql(
      'SELECT countIf(position(concat(toString(SpanAttributes), SpanName), {secret: String}) > 0) FROM otel_traces',
      { secret: SECRET },
    );
    expect(kept!.map(Number)).toEqual([0]);
    const [others] = await server.sql(
      `SELECT (SELECT countIf(position(concat(Body, toString(LogAttributes), EventName), {secret: String}) > 0) FROM otel_logs),
         (SELECT countIf(position(concat(MetricName, toString(Attributes)), {secret: String}) > 0) FROM otel_metrics),
         (SELECT count() >= 10 FROM otel_logs)`,
      { secret: SECRET },
    );
    expect(others!.map(Number)).toEqual([0, 0, 1]);
  });
});
