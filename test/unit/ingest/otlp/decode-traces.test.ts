import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { CodedError } from '../../../../engine/core/errors.ts';
import type { OtlpEncoding } from '../../../../ingest/otlp/decode-export.ts';
import { DEFAULT_DECODE_LIMITS, type DecodeLimits } from '../../../../ingest/otlp/decode-limits.ts';
import { decodeTraces } from '../../../../ingest/otlp/decode-traces.ts';
import { newRandom } from './random.ts';
import { NOW_UNIX_MS, randomRequest } from './random-request.ts';
import { encode, toOtlpJson } from './reference.ts';
import { bodyOf, exportOf, NOW_NANO, type SampleSpan, sampleSpan } from './sample-request.ts';

const ENCODINGS: OtlpEncoding[] = ['protobuf', 'json'];
const SECRET = 'hunter2-do-not-print';

function decode(encoding: OtlpEncoding, body: Uint8Array, limits: Partial<DecodeLimits> = {}) {
  return decodeTraces(body, encoding, { ...DEFAULT_DECODE_LIMITS, ...limits }, () => NOW_UNIX_MS);
}

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof CodedError) return error.code;
    throw error;
  }
  return 'none';
}

describe.each(ENCODINGS)('decoding %s', (encoding) => {
  test('reads every field of the sample export', () => {
    const sample = JSON.parse(readFileSync(new URL('../../../fixtures/otlp/trace.json', import.meta.url), 'utf8'));
    const { spans, errors, rejected } = decode(encoding, bodyOf(encoding, sample));
    expect({ errors, rejected }).toEqual({ errors: [], rejected: 0 });
    expect(spans).toEqual([
      {
        traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
        spanId: '00f067aa0ba902b7',
        parentSpanId: '53995c3f42cd8ad8',
        traceState: 'vendor=1',
        name: 'execute_tool send_email',
        kind: 'Internal',
        startTimeUnixNano: 1795219200000000001n,
        endTimeUnixNano: 1795219201500000000n,
        statusCode: 'Error',
        statusMessage: 'upstream timed out',
        resource: {
          attributes: {
            'service.name': 'travel-desk',
            'service.version': '2.4.0',
            'process.command_args': ['node', 'agent.js'],
          },
        },
        scope: {
          name: 'travel-desk.instrumentation',
          version: '1.0.0',
          attributes: { 'scope.attribute': 'of the scope' },
        },
        attributes: {
          'gen_ai.operation.name': 'execute_tool',
          'gen_ai.tool.name': 'send_email',
          retries: 2,
          exact: 9007199254740993n,
          score: 0.25,
          approved: true,
          digest: new Uint8Array([0xde, 0xad, 0xbe, 0xef]),
          arguments: { to: 'ops@example.com' },
          'otel.dropped_attributes_count': 1,
        },
        events: [
          { timeUnixNano: 1795219200500000000n, name: 'exception', attributes: { 'exception.type': 'Timeout' } },
        ],
        links: [
          {
            traceId: '0af7651916cd43dd8448eb211c80319c',
            spanId: 'b7ad6b7169203331',
            traceState: '',
            attributes: { relation: 'caused_by' },
          },
        ],
      },
    ]);
  });

  test('an empty body, an empty request and one without spans are no error', () => {
    for (const body of [Buffer.alloc(0), bodyOf(encoding, {}), exportOf(encoding, [])]) {
      expect(decode(encoding, body)).toMatchObject({ spans: [], rejected: 0, errors: [] });
    }
  });

  const rejections: [string, SampleSpan, RegExp][] = [
    ['no trace id', { traceId: '' }, /trace id/],
    ['an all-zero trace id', { traceId: '0'.repeat(32) }, /trace id/],
    ['a trace id of 8 bytes', { traceId: '5b8efff798038103' }, /trace id/],
    ['a trace id of 17 bytes', { traceId: '5b8efff798038103d269b633813fc60cff' }, /trace id/],
    ['no span id', { spanId: '' }, /span id/],
    ['an all-zero span id', { spanId: '0'.repeat(16) }, /span id/],
    ['a span id of 16 bytes', { spanId: 'eee19b7ec3c1b174eee19b7ec3c1b174' }, /span id/],
    ['a parent span id of 4 bytes', { parentSpanId: 'eee19b7e' }, /parent span id/],
    ['no start time', { startTimeUnixNano: undefined }, /start time is missing/],
    ['a start time of 0', { startTimeUnixNano: '0' }, /start time is missing/],
    ['a start in 1970', { startTimeUnixNano: '1795219200000000' }, /before the year 2000/],
    ['a start in 2100', { startTimeUnixNano: '4102444800000000000' }, /start time is too far in the future/],
    [
      'a start 25 hours ahead',
      { startTimeUnixNano: String(NOW_NANO + 90_000n * 1_000_000_000n) },
      /start time is too far/,
    ],
    ['an end in 2100', { endTimeUnixNano: '4102444800000000000' }, /end time is too far in the future/],
    [
      'the largest times',
      { startTimeUnixNano: '18446744073709551615', endTimeUnixNano: '18446744073709551615' },
      /start time/,
    ],
  ];

  test.each(rejections)('a span with %s is rejected alone', (_what, members, message) => {
    const good = sampleSpan({ spanId: '00f067aa0ba902b7' });
    const result = decode(encoding, exportOf(encoding, [good, sampleSpan({ ...members, name: SECRET }), good]));
    expect(result.spans.map((span) => span.spanId)).toEqual(['00f067aa0ba902b7', '00f067aa0ba902b7']);
    expect(result.rejected).toBe(1);
    expect(result.errors).toHaveLength(1);
    expect(result.errors[0]).toMatch(message);
    expect(result.errors[0]).toContain('(1 rejected, first at span 1)');
    expect(result.errors[0]).not.toContain(SECRET);
  });

  test.each([
    ['is absent', undefined],
    ['lies before the start', String(NOW_NANO - 5n)],
  ])('an end time that %s becomes the start time', (_what, endTimeUnixNano) => {
    const { spans, errors } = decode(encoding, exportOf(encoding, [sampleSpan({ endTimeUnixNano })]));
    expect(errors).toEqual([]);
    expect(spans[0]!.endTimeUnixNano).toBe(NOW_NANO);
  });

  test('a start 23 hours ahead is a clock that is off, and taken', () => {
    const startTimeUnixNano = String(NOW_NANO + 82_800n * 1_000_000_000n);
    expect(decode(encoding, exportOf(encoding, [sampleSpan({ startTimeUnixNano })])).spans).toHaveLength(1);
  });

  test('an all-zero parent span id is that of a root', () => {
    expect(
      decode(encoding, exportOf(encoding, [sampleSpan({ parentSpanId: '0'.repeat(16) })])).spans[0]!.parentSpanId,
    ).toBe('');
  });

  test('event times out of range become the start of the span, with a warning', () => {
    const events = ['0', '1795219200', '18446744073709551615', String(NOW_NANO + 7n)].map((timeUnixNano) => ({
      timeUnixNano,
    }));
    const { spans, errors, rejected } = decode(encoding, exportOf(encoding, [sampleSpan({ events })]));
    expect(spans[0]!.events.map((event) => event.timeUnixNano)).toEqual([NOW_NANO, NOW_NANO, NOW_NANO, NOW_NANO + 7n]);
    expect(rejected).toBe(0);
    expect(errors).toEqual([expect.stringMatching(/event time was out of range .*\(3 times, first at span 0\)/)]);
  });

  test('a link without valid ids is dropped, with a warning', () => {
    const links = [{ traceId: '00', spanId: 'eee19b7ec3c1b174' }, { traceId: '5b8efff798038103d269b633813fc60c' }];
    const { spans, errors } = decode(encoding, exportOf(encoding, [sampleSpan({ links })]));
    expect(spans[0]!.links).toEqual([]);
    expect(errors).toEqual([expect.stringMatching(/link without valid ids .*\(2 times/)]);
  });

  test('10,000 attributes: the first ones are kept, the drop is recorded and told', () => {
    const attributes = Array.from({ length: 10_000 }, (_, i) => ({ key: `k${i}`, value: { intValue: String(i) } }));
    const { spans, errors, rejected } = decode(
      encoding,
      exportOf(encoding, [sampleSpan({ attributes, droppedAttributesCount: 5 })]),
    );
    expect(Object.keys(spans[0]!.attributes)).toHaveLength(8_193);
    expect(spans[0]!.attributes['k8191']).toBe(8_191);
    expect(spans[0]!.attributes['otel.dropped_attributes_count']).toBe(10_000 - 8_192 + 5);
    expect(rejected).toBe(0);
    expect(errors).toEqual([expect.stringMatching(/too many attributes, the rest was dropped \(1 times/)]);
  });

  test('10,001 flattened message slots pass, within the limit on attributes', () => {
    const attributes = Array.from({ length: 10_001 }, (_, i) => ({
      key: `gen_ai.prompt.${10_001 - i}.content`,
      value: { stringValue: 'x' },
    }));
    const { spans } = decode(encoding, exportOf(encoding, [sampleSpan({ attributes })]));
    expect(spans[0]!.attributes['gen_ai.prompt.10001.content']).toBe('x');
  });

  test('events and links beyond the limit are dropped, recorded and told', () => {
    const events = Array.from({ length: 5 }, () => ({ timeUnixNano: String(NOW_NANO), name: 'e' }));
    const links = Array.from({ length: 5 }, () => ({
      traceId: '5b8efff798038103d269b633813fc60c',
      spanId: 'eee19b7ec3c1b174',
    }));
    const body = exportOf(encoding, [sampleSpan({ events, links })]);
    const { spans, errors } = decode(encoding, body, { maxEvents: 2, maxLinks: 3 });
    expect(spans[0]!.events).toHaveLength(2);
    expect(spans[0]!.links).toHaveLength(3);
    expect(spans[0]!.attributes).toMatchObject({ 'otel.dropped_events_count': 3, 'otel.dropped_links_count': 2 });
    expect(errors).toHaveLength(2);
  });

  test('a deeply nested value loses its inside, not its span', () => {
    let value: object = { stringValue: 'inside' };
    for (let i = 0; i < 34; i++)
      value = i % 2 ? { arrayValue: { values: [value] } } : { kvlistValue: { values: [{ key: 'k', value }] } };
    const { spans, errors } = decode(
      encoding,
      exportOf(encoding, [sampleSpan({ attributes: [{ key: 'deep', value }] })]),
    );
    expect(JSON.stringify(spans[0]!.attributes['deep']).match(/[[{]/g)).toHaveLength(33);
    expect(errors).toEqual([expect.stringMatching(/nested too deep/)]);
  });

  test('nesting of any depth is no stack overflow', () => {
    const { spans, errors } = decode(encoding, nestedExport(encoding, 3_000));
    expect(spans).toHaveLength(1);
    expect(errors).toEqual([expect.stringMatching(/nested too deep/)]);
  });

  test('32 levels are kept', () => {
    let value: object = { stringValue: 'inside' };
    for (let i = 0; i < 32; i++) value = { arrayValue: { values: [value] } };
    const { spans, errors } = decode(
      encoding,
      exportOf(encoding, [sampleSpan({ attributes: [{ key: 'deep', value }] })]),
    );
    expect(JSON.stringify(spans[0]!.attributes['deep'])).toBe(`${'['.repeat(32)}"inside"${']'.repeat(32)}`);
    expect(errors).toEqual([]);
  });

  test('strings and bytes beyond the limit are cut, with a warning', () => {
    const attributes = [
      { key: 'text', value: { stringValue: 'x'.repeat(101) } },
      { key: 'bytes', value: { bytesValue: Buffer.alloc(101).toString('base64') } },
      { key: 'k'.repeat(101), value: { boolValue: true } },
    ];
    const body = exportOf(encoding, [sampleSpan({ name: 'n'.repeat(101), attributes })]);
    const { spans, errors } = decode(encoding, body, { maxStringBytes: 100 });
    expect(spans[0]!.name).toBe('n'.repeat(100));
    expect(spans[0]!.attributes).toEqual({
      text: 'x'.repeat(100),
      bytes: new Uint8Array(100),
      ['k'.repeat(100)]: true,
    });
    expect(errors).toEqual([expect.stringMatching(/was cut \(4 times/)]);
  });

  test('a string of 100 MB is cut to the limit', () => {
    const attributes = [{ key: 'text', value: { stringValue: 'x'.repeat(100_000_000) } }];
    const { spans } = decode(encoding, exportOf(encoding, [sampleSpan({ attributes })]));
    expect(spans[0]!.attributes['text']).toHaveLength(DEFAULT_DECODE_LIMITS.maxStringBytes);
  });

  test('a request that would take too much memory is too large, whatever takes it', () => {
    const items = Array.from({ length: 60 }, () => ({}));
    const attributes = Array.from({ length: 60 }, (_, i) => ({ key: `k${i}` }));
    const cases = [
      items,
      [{ spans: items }],
      [{ spans: [sampleSpan({ attributes })] }],
      [{ spans: [sampleSpan({ events: items })] }],
      [{ spans: [sampleSpan({ links: items })] }],
      [{ spans: [sampleSpan({ events: [{ attributes }] })] }],
      [{ spans: [sampleSpan({ attributes: [{ key: 'k', value: { arrayValue: { values: items } } }] })] }],
      [{ spans: [sampleSpan({ attributes: [{ key: 'k', value: { kvlistValue: { values: attributes } } }] })] }],
      [{ scope: { attributes }, spans: [] }],
    ];
    for (const scopeSpans of cases) {
      const body = bodyOf(encoding, { resourceSpans: [{ scopeSpans }] });
      expect(codeOf(() => decode(encoding, body, { maxWeight: 50 }))).toBe('TOO_LARGE');
      expect(codeOf(() => decode(encoding, body, { maxWeight: 300 }))).toBe('none');
    }
    for (const resourceSpans of [items, [{ resource: { attributes } }]]) {
      expect(codeOf(() => decode(encoding, bodyOf(encoding, { resourceSpans }), { maxWeight: 50 }))).toBe('TOO_LARGE');
    }
  });

  test('200,000 bad spans give one short message', () => {
    const body = exportOf(
      encoding,
      Array.from({ length: 200_000 }, () => ({})),
    );
    const { rejected, errors } = decode(encoding, body);
    expect(rejected).toBe(200_000);
    expect(errors.join('; ').length).toBeLessThan(2_000);
  });

  test('of duplicate keys the last wins, and keys of Object.prototype are ordinary', () => {
    const keys = ['__proto__', 'a', 'constructor', 'a'];
    const list = keys.map((key, i) => ({ key, value: { intValue: String(i) } }));
    const attributes = [...list, { key: 'map', value: { kvlistValue: { values: list } } }];
    const { spans } = decode(encoding, exportOf(encoding, [sampleSpan({ attributes })]));
    const { map, ...rest } = spans[0]!.attributes as Record<string, object>;
    for (const read of [map!, rest])
      expect(Object.entries(read)).toEqual(
        expect.arrayContaining([
          ['a', 3],
          ['constructor', 2],
        ]),
      );
    expect(Object.entries(map!)).toContainEqual(['__proto__', 0]);
    expect(Object.getPrototypeOf(map)).toBeNull();
    expect(Object.getPrototypeOf(spans[0]!.attributes)).toBeNull();
  });

  test('mutated exports are decoded or refused, never anything else', () => {
    const random = newRandom(99);
    const codes = new Map<string, number>();
    for (let i = 0; i < 200; i++) {
      const valid = randomRequest(random);
      const source = encoding === 'protobuf' ? valid : Buffer.from(JSON.stringify(toOtlpJson(valid)));
      for (let j = 0; j < 20; j++) {
        const body = Buffer.from(source.subarray(0, source.length - random.below(2)));
        for (let flips = random.below(4); flips > 0 && body.length > 0; flips--)
          body[random.below(body.length)] = random.below(256);
        const code = codeOf(() => decode(encoding, body));
        codes.set(code, (codes.get(code) ?? 0) + 1);
      }
    }
    expect([...codes.keys()].sort()).toEqual(['BAD_REQUEST', 'none']);
  });

  test('random bytes are decoded or refused, never anything else', () => {
    const random = newRandom(100);
    const codes = new Set<string>();
    for (let i = 0; i < 20_000; i++) codes.add(codeOf(() => decode(encoding, random.bytes(random.below(60)))));
    expect([...codes].sort()).toEqual(['BAD_REQUEST', 'none']);
  });
});

describe('a truncated body is refused at whatever byte it ends', () => {
  const sample = exportOf('protobuf', [
    sampleSpan({ events: [{ timeUnixNano: String(NOW_NANO), name: 'e' }], status: { code: 2, message: 'm' } }),
  ]);

  test.each(Array.from({ length: sample.length - 1 }, (_, i) => i + 1))('protobuf, %i bytes', (length) => {
    expect(codeOf(() => decode('protobuf', sample.subarray(0, length)))).toBe('BAD_REQUEST');
  });

  test('JSON', () => {
    const json = exportOf('json', [sampleSpan()]);
    for (let length = 1; length < json.length; length++) {
      expect(codeOf(() => decode('json', json.subarray(0, length)))).toBe('BAD_REQUEST');
    }
  });
});

describe('malformed protobuf is refused', () => {
  test.each([
    ['a varint without end', 'ffffffffffffffffffffffff'],
    ['field number 0', '0200'],
    ['a length beyond the body', '0a7f00'],
    ['a length of 2^63', '0affffffffffffffff7f'],
    ['a length of an unknown field beyond the body', '127f00'],
    ['a nested length beyond its message', '0a02127f00000000'],
    ['a tag that runs over the end of its message', '0a01800100'],
    ['a fixed64 that runs over the end of its message', '0a0812061204390000000000000000'],
    ['a varint that runs over the end of its message', '0a061204120230ff01'],
    ['a double that runs over the end of its value', '0a0e120c120a4a080a016b12032100000000000000'],
    ['an end of a group that never began', '0c'],
    ['a group without end', '0b0801'],
    ['groups nested beyond reason', '0b'.repeat(100)],
    ['wire type 6', '0e'],
    ['wire type 7', '0f'],
    ['JSON sent as protobuf', Buffer.from('{"resourceSpans":[]}').toString('hex')],
  ])('%s', (_what, hex) => {
    expect(codeOf(() => decode('protobuf', Buffer.from(hex, 'hex')))).toBe('BAD_REQUEST');
  });

  test('invalid UTF-8 is no reason to refuse: it becomes U+FFFD', () => {
    const body = exportOf('protobuf', [sampleSpan({ name: 'a?b?' })]);
    const at = body.indexOf('a?b?');
    body[at + 1] = 0xff;
    body[at + 3] = 0xed;
    expect(decode('protobuf', body).spans[0]!.name).toBe('a\ufffdb\ufffd');
  });

  test('known fields of a wrong wire type are unknown fields', () => {
    const span = encode('Span', { ...sampleSpan(), traceId: Buffer.alloc(16, 1), spanId: Buffer.alloc(8, 1) });
    const odd = Buffer.concat([span, Buffer.from([0x08, 1, 0x28, 1, 0x3a, 1, 0x41, 0x32, 0])]);
    const body = Buffer.concat([Buffer.from([0x0a, odd.length + 4, 0x12, odd.length + 2, 0x12, odd.length]), odd]);
    expect(decode('protobuf', body).spans).toHaveLength(1);
  });
});

describe("another signal's export on the traces path is refused and named", () => {
  const time = String(NOW_NANO);
  const ids = { traceId: Buffer.alloc(16, 7), spanId: Buffer.alloc(8, 7) };
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'claude-code' } }] };
  const point = { startTimeUnixNano: time, timeUnixNano: time, asInt: '4', attributes: resource.attributes };
  const logs = (...logRecords: object[]) =>
    encode('ExportLogsServiceRequest', {
      resourceLogs: [{ resource, scopeLogs: [{ scope: { name: 's' }, logRecords }] }],
    });
  const metrics = (...list: object[]) =>
    encode('ExportMetricsServiceRequest', { resourceMetrics: [{ resource, scopeMetrics: [{ metrics: list }] }] });

  test.each([
    [
      'logs',
      logs({ timeUnixNano: time, severityNumber: 9, body: { stringValue: SECRET }, attributes: resource.attributes }),
    ],
    ['logs', logs({ timeUnixNano: time, ...ids, body: { stringValue: 'x' } }, { timeUnixNano: time })],
    ['logs', logs({ observedTimeUnixNano: time, eventName: 'user_prompt', flags: 1 })],
    ['logs', logs({ severityNumber: 17, severityText: 'ERROR', attributes: resource.attributes })],
    [
      'metrics',
      metrics({ name: 'claude_code.token.usage', unit: 'tokens', sum: { dataPoints: [point], isMonotonic: true } }),
    ],
    ['metrics', metrics({ name: 'queue.size', description: 'items', gauge: { dataPoints: [point] } })],
    ['metrics', metrics({ name: 'sixteen-bytes-xx', description: '8-bytes!', gauge: { dataPoints: [point] } })],
    [
      'metrics',
      metrics({
        name: 'latency',
        histogram: { dataPoints: [{ timeUnixNano: time, count: '3', bucketCounts: ['1', '2'] }] },
      }),
    ],
  ])('%s as protobuf', (signal, body) => {
    expect(codeOf(() => decode('protobuf', body))).toBe('BAD_REQUEST');
    expect(() => decode('protobuf', body)).toThrow(`the body holds ${signal}, not traces: send it to /v1/${signal}`);
  });

  test.each([
    ['logs', '{"resourceLogs":[{"scopeLogs":[]}]}'],
    ['metrics', '{"resourceMetrics":[]}'],
  ])('%s as JSON', (signal, json) => {
    expect(() => decode('json', Buffer.from(json))).toThrow(`the body holds ${signal}, not traces`);
  });

  test('spans that are merely bad are not taken for another signal', () => {
    const body = exportOf('protobuf', [sampleSpan({ traceId: '' }), sampleSpan({ spanId: 'ff' })]);
    expect(decode('protobuf', body)).toMatchObject({ spans: [], rejected: 2 });
  });
});

/** An export whose one attribute is lists in lists; the reference encoder refuses to go that deep. */
function nestedExport(encoding: OtlpEncoding, depth: number): Buffer {
  if (encoding === 'json') {
    const value = `${'{"arrayValue":{"values":['.repeat(depth)}{}${']}}'.repeat(depth)}`;
    return Buffer.from(
      exportOf('json', [sampleSpan({ attributes: '@' })])
        .toString()
        .replace('"@"', `[{"key":"deep","value":${value}}]`),
    );
  }
  const field = (tag: number, content: Buffer) => {
    const n = content.length;
    return Buffer.concat([Buffer.from([tag, (n & 0x7f) | 0x80, ((n >> 7) & 0x7f) | 0x80, n >> 14]), content]);
  };
  let value: Buffer = Buffer.alloc(0);
  for (let i = 0; i < depth; i++) value = field(0x2a, field(0x0a, value));
  const good = encode(
    'Span',
    JSON.parse(
      JSON.stringify(
        sampleSpan({ traceId: Buffer.alloc(16, 1).toString('base64'), spanId: Buffer.alloc(8, 1).toString('base64') }),
      ),
    ),
  );
  const span = Buffer.concat([good, field(0x4a, Buffer.concat([Buffer.from([0x0a, 1, 0x6b]), field(0x12, value)]))]);
  return field(0x0a, field(0x12, field(0x12, span)));
}
