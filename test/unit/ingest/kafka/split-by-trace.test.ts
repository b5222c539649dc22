import { describe, expect, it } from 'vitest';
import type { Span } from '../../../../engine/core/span.ts';
import { splitByTrace } from '../../../../ingest/kafka/split-by-trace.ts';
import type { OtlpEncoding } from '../../../../ingest/otlp/decode-export.ts';
import { DEFAULT_DECODE_LIMITS } from '../../../../ingest/otlp/decode-limits.ts';
import { decodeLogs } from '../../../../ingest/otlp/decode-logs.ts';
import { decodeMetrics } from '../../../../ingest/otlp/decode-metrics.ts';
import { decodeTraces } from '../../../../ingest/otlp/decode-traces.ts';
import { newRandom } from '../otlp/random.ts';
import { NOW_UNIX_MS, randomRequest } from '../otlp/random-request.ts';
import { encode } from '../otlp/reference.ts';
import { bodyOf, exportOf, sampleSpan } from '../otlp/sample-request.ts';

const ROOMY = 8 * 1024 * 1024;
const ENCODINGS: readonly OtlpEncoding[] = ['protobuf', 'json'];

const traceId = (n: number) => (n + 1).toString(16).padStart(32, '0');
const spanId = (n: number) => (n + 1).toString(16).padStart(16, '0');
const decoded = (body: Uint8Array, encoding: OtlpEncoding) =>
  decodeTraces(body, encoding, DEFAULT_DECODE_LIMITS, () => NOW_UNIX_MS).spans;

function expectSameSpans(body: Uint8Array, encoding: OtlpEncoding, traces: number): void {
  const { parts, accepted } = splitByTrace('traces', body, encoding, ROOMY);
  expect(parts).toHaveLength(traces);
  const inOrder = (spans: readonly Span[]) =>
    spans
      .map((span) => [span.traceId + span.spanId + span.startTimeUnixNano + span.name, span] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, span]) => span);
  const whole = decoded(body, encoding);
  expect(accepted).toBe(whole.length);
  expect(inOrder(parts.flatMap((part) => decoded(part.body, encoding)))).toEqual(inOrder(whole));
  for (const part of parts) for (const span of decoded(part.body, encoding)) expect(span.traceId).toBe(part.traceId);
}

it('reads protobuf in every form that the wire format allows', () => {
  for (let seed = 0; seed < 60; seed++) {
    const body = randomRequest(newRandom(seed));
    expectSameSpans(body, 'protobuf', new Set(decoded(body, 'protobuf').map((span) => span.traceId)).size);
  }
});

describe.each(ENCODINGS)('a request in %s, split by trace', (encoding) => {
  it('has the same spans as before, those of a trace together', () => {
    const attributes = (value: string) => [{ key: 'k', value: { stringValue: value } }];
    const spans = Array.from({ length: 12 }, (_, n) => sampleSpan({ traceId: traceId(n % 3), spanId: spanId(n) }));
    const scopeSpans = [
      {
        scope: { name: 'one', attributes: attributes('"}]') },
        schemaUrl: 'https://one.example',
        spans: spans.slice(0, 5),
      },
      { scope: { name: 'two' }, spans: spans.slice(5, 8) },
      { scope: { name: 'none' } },
    ];
    const resourceSpans = [
      { resource: { attributes: attributes('first') }, scopeSpans },
      { resource: { attributes: attributes('second') }, scopeSpans: [{ spans: spans.slice(8) }] },
      {},
    ];
    expectSameSpans(bodyOf(encoding, { resourceSpans }), encoding, 3);
  });

  it('parts a trace that is larger than a message', () => {
    const spans = Array.from({ length: 40 }, (_, n) => sampleSpan({ spanId: spanId(n), name: 'x'.repeat(1_000) }));
    const { parts, accepted } = splitByTrace('traces', exportOf(encoding, spans), encoding, 8_000);
    expect(accepted).toBe(40);
    expect(parts.length).toBeGreaterThan(5);
    expect(Math.max(...parts.map((part) => part.body.length))).toBeLessThanOrEqual(8_000);
    expect(
      parts
        .flatMap((part) => decoded(part.body, encoding))
        .map((span) => span.spanId)
        .sort(),
    ).toEqual(spans.map((_, n) => spanId(n)).sort());
  });

  it('rejects a span that no message can hold, and one without a trace id, and says so', () => {
    const spans = [
      sampleSpan({ name: 'x'.repeat(10_000) }),
      sampleSpan(),
      sampleSpan({ traceId: '0'.repeat(32) }),
      sampleSpan({ traceId: 'ab' }),
    ];
    expect(splitByTrace('traces', exportOf(encoding, spans), encoding, 5_000)).toMatchObject({
      accepted: 1,
      rejected: 3,
      errors: ['2 spans have no valid trace id', '1 spans are larger than a Kafka message may be'],
      parts: [{ items: 1 }],
    });
  });

  it('does not multiply a large resource by many traces', () => {
    const resource = { attributes: [{ key: 'k', value: { stringValue: 'x'.repeat(100_000) } }] };
    const spans = Array.from({ length: 2_000 }, (_, n) => sampleSpan({ traceId: traceId(n) }));
    const body = bodyOf(encoding, { resourceSpans: [{ resource, scopeSpans: [{ spans }] }] });
    const { parts, accepted } = splitByTrace('traces', body, encoding, ROOMY);
    expect(accepted).toBe(2_000);
    expect(parts.reduce((sum, part) => sum + part.body.length, 0)).toBeLessThan(4 * body.length + 2_000_000);
  });

  it('tells another signal', () => {
    const logs = { resourceLogs: [{ scopeLogs: [{ logRecords: [{ timeUnixNano: '1', severityNumber: 9 }] }] }] };
    // Field by field, a log export has the shape of a trace export.
    const body =
      encoding === 'json'
        ? Buffer.from(JSON.stringify(logs))
        : Buffer.from('0a0f120d120b090100000000000000100' + '9', 'hex');
    expect(() => splitByTrace('traces', body, encoding, ROOMY)).toThrow('the body holds logs, not traces');
  });

  it('keeps log records outside a trace together, and parts the others by trace', () => {
    const ids = [traceId(1), undefined, traceId(1), traceId(2), undefined];
    const logRecords = ids.map((id, n) => ({
      timeUnixNano: '1',
      severityNumber: n + 1,
      ...(id && { traceId: id, spanId: spanId(n) }),
    }));
    const resource = { attributes: [{ key: 'k', value: { stringValue: 'v' } }] };
    const body = bodyOfType('ExportLogsServiceRequest', { resourceLogs: [{ resource, scopeLogs: [{ logRecords }] }] });
    const { parts, accepted } = splitByTrace('logs', body, encoding, ROOMY);
    const read = (bytes: Uint8Array) => decodeLogs(bytes, encoding, DEFAULT_DECODE_LIMITS, () => NOW_UNIX_MS).records;
    expect(accepted).toBe(5);
    expect(parts.map((part) => [part.traceId, part.items])).toEqual([
      [traceId(1), 2],
      ['', 2],
      [traceId(2), 1],
    ]);
    const inOrder = (records: ReturnType<typeof read>) =>
      [...records].sort((a, b) => a.severityNumber - b.severityNumber);
    expect(inOrder(parts.flatMap((part) => read(part.body)))).toEqual(inOrder(read(body)));
  });

  it('leaves metrics as they are', () => {
    const metrics = ['a', 'b'].map((name) => ({ name, sum: { dataPoints: [{ timeUnixNano: '1', asInt: '3' }] } }));
    const body = bodyOfType('ExportMetricsServiceRequest', { resourceMetrics: [{ scopeMetrics: [{ metrics }] }] });
    const { parts } = splitByTrace('metrics', body, encoding, ROOMY);
    const read = (bytes: Uint8Array) => decodeMetrics(bytes, encoding, DEFAULT_DECODE_LIMITS, () => NOW_UNIX_MS);
    expect(parts.map((part) => [part.traceId, part.items])).toEqual([['', 2]]);
    expect(read(parts[0]!.body)).toEqual(read(body));
  });

  function bodyOfType(type: string, request: object): Buffer {
    const json = JSON.stringify(request);
    const toBytes = (key: string, value: unknown) =>
      /^(?:trace|span)Id$/.test(key) ? Buffer.from(value as string, 'hex').toString('base64') : value;
    return encoding === 'json' ? Buffer.from(json) : encode(type, JSON.parse(json, toBytes));
  }

  it('refuses what is no OTLP, and has nothing to split in an empty body', () => {
    expect(() => splitByTrace('traces', Buffer.from('{{{{'), encoding, ROOMY)).toThrow('the body is not valid');
    expect(splitByTrace('traces', Buffer.alloc(0), encoding, ROOMY)).toEqual({
      parts: [],
      accepted: 0,
      rejected: 0,
      errors: [],
    });
  });

  it('refuses a request of countless empty spans', () => {
    const empty =
      encoding === 'json' ? `{"resourceSpans":[{"scopeSpans":[{"spans":[${'{},'.repeat(260_000)}{}]}]}]}` : '';
    const scope = Buffer.alloc(520_000, Buffer.from([0x12, 0x00]));
    const frame = (tag: number, inner: Buffer) => Buffer.concat([Buffer.from([tag, ...varint(inner.length)]), inner]);
    const body = encoding === 'json' ? Buffer.from(empty) : frame(0x0a, frame(0x12, scope));
    expect(() => splitByTrace('traces', body, encoding, ROOMY)).toThrow('send smaller batches');
  });
});

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}
