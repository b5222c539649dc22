import { describe, expect, test } from 'vitest';
import { CodedError } from '../../../../engine/core/errors.ts';
import type { OtlpEncoding } from '../../../../ingest/otlp/decode-export.ts';
import { DEFAULT_DECODE_LIMITS, type DecodeLimits } from '../../../../ingest/otlp/decode-limits.ts';
import { decodeLogs } from '../../../../ingest/otlp/decode-logs.ts';
import { decodeMetrics } from '../../../../ingest/otlp/decode-metrics.ts';
import type { decodeTraces } from '../../../../ingest/otlp/decode-traces.ts';
import { newRandom } from './random.ts';
import { NOW_UNIX_MS } from './random-request.ts';
import { encode } from './reference.ts';

const NOW = BigInt(NOW_UNIX_MS) * 1_000_000n;
const ENCODINGS: readonly OtlpEncoding[] = ['protobuf', 'json'];
const HEX_IDS = /^(?:traceId|spanId)$/;

/** The same request in either encoding; protobuf by another implementation. */
function bodyOf(encoding: OtlpEncoding, type: string, request: object): Buffer {
  const json = JSON.stringify(request);
  const toBytes = (key: string, value: unknown) =>
    HEX_IDS.test(key) ? Buffer.from(value as string, 'hex').toString('base64') : value;
  return encoding === 'json' ? Buffer.from(json) : encode(type, JSON.parse(json, toBytes));
}

function logs(encoding: OtlpEncoding, records: object[], limits: Partial<DecodeLimits> = {}) {
  const request = {
    resourceLogs: [
      {
        resource: { attributes: [attribute('service.name', { stringValue: 'svc' })] },
        scopeLogs: [{ scope: { name: 'scope', version: '2' }, logRecords: records }],
      },
    ],
  };
  const body = bodyOf(encoding, 'ExportLogsServiceRequest', request);
  return decodeLogs(body, encoding, { ...DEFAULT_DECODE_LIMITS, ...limits }, () => NOW_UNIX_MS);
}

function metrics(encoding: OtlpEncoding, list: object[]) {
  const request = { resourceMetrics: [{ scopeMetrics: [{ scope: { name: 'meter' }, metrics: list }] }] };
  const body = bodyOf(encoding, 'ExportMetricsServiceRequest', request);
  return decodeMetrics(body, encoding, DEFAULT_DECODE_LIMITS, () => NOW_UNIX_MS);
}

function attribute(key: string, value: object) {
  return { key, value };
}

describe.each(ENCODINGS)('log records in %s', (encoding) => {
  test('keep every field', () => {
    const { records, rejected, errors } = logs(encoding, [
      {
        timeUnixNano: String(NOW + 7n),
        observedTimeUnixNano: String(NOW + 9n),
        severityNumber: 17,
        severityText: 'ERROR',
        body: { kvlistValue: { values: [attribute('a', { intValue: '9007199254740993' })] } },
        attributes: [attribute('k', { boolValue: true }), attribute('__proto__', { stringValue: 'own' })],
        droppedAttributesCount: 3,
        flags: 1,
        traceId: '5b8efff798038103d269b633813fc60c',
        spanId: 'eee19b7ec3c1b174',
        eventName: 'app.started',
      },
    ]);
    expect({ rejected, errors }).toEqual({ rejected: 0, errors: [] });
    const [record] = records;
    expect(record).toMatchObject({
      timeUnixNano: NOW + 7n,
      severityNumber: 17,
      severityText: 'ERROR',
      flags: 1,
      traceId: '5b8efff798038103d269b633813fc60c',
      spanId: 'eee19b7ec3c1b174',
      eventName: 'app.started',
      scope: { name: 'scope', version: '2' },
    });
    expect(record!.body).toEqual(Object.assign(Object.create(null), { a: 9007199254740993n }));
    expect({ ...record!.attributes }).toEqual({ k: true, ['__proto__']: 'own', 'otel.dropped_attributes_count': 3 });
    expect(record!.resource.attributes['service.name']).toBe('svc');
  });

  test.each([
    ['what was observed', { observedTimeUnixNano: String(NOW - 5n) }, NOW - 5n],
    ['when it came', {}, NOW],
  ])('without a time have that of %s', (_, members, expected) => {
    expect(logs(encoding, [{ body: { stringValue: 'x' }, ...members }]).records[0]!.timeUnixNano).toBe(expected);
  });

  test('ids that are none are dropped, the record is kept', () => {
    const { records, rejected, errors } = logs(encoding, [
      { timeUnixNano: String(NOW), traceId: 'abcd', spanId: 'eee19b7ec3c1b174' },
      { timeUnixNano: String(NOW), traceId: '0'.repeat(32), spanId: '0'.repeat(16) },
    ]);
    expect(records.map(({ traceId, spanId }) => traceId + spanId)).toEqual(['', '']);
    expect({ rejected, errors }).toEqual({
      rejected: 0,
      errors: ['trace and span ids that are not valid were dropped (1 times, first at log record 0)'],
    });
  });

  test('with a time that can not be are rejected, the others are not', () => {
    const { records, rejected, errors } = logs(encoding, [
      { timeUnixNano: '1000' },
      { timeUnixNano: String(NOW) },
      { timeUnixNano: String(NOW + 10n ** 17n) },
    ]);
    expect(records).toHaveLength(1);
    expect(rejected).toBe(2);
    expect(errors.join()).toMatch(/before the year 2000.*first at log record 0.*future.*first at log record 2/);
  });

  test('beyond the limits are cut, beyond their weight refused', () => {
    const many = Array.from({ length: 5 }, (_, i) => attribute(`k${i}`, { stringValue: 'v'.repeat(50) }));
    const { records, errors } = logs(encoding, [{ timeUnixNano: String(NOW), attributes: many }], {
      maxAttributes: 3,
      maxStringBytes: 10,
    });
    expect(Object.keys(records[0]!.attributes)).toEqual(['k0', 'k1', 'k2', 'otel.dropped_attributes_count']);
    expect(records[0]!.attributes['k0']).toHaveLength(10);
    expect(errors).toHaveLength(2);
    expect(() => logs(encoding, [{}, {}, {}], { maxWeight: 8 })).toThrow(/too many log records/);
  });
});

describe.each(ENCODINGS)('data points in %s', (encoding) => {
  test('of each type keep their value, and what their metric says wherever it says it', () => {
    const times = { startTimeUnixNano: String(NOW - 60n), timeUnixNano: String(NOW) };
    const { points, rejected } = metrics(encoding, [
      {
        name: 'counted',
        unit: 's',
        sum: { dataPoints: [{ ...times, asInt: '-3' }], aggregationTemporality: 1, isMonotonic: true },
      },
      { name: 'level', gauge: { dataPoints: [{ timeUnixNano: String(NOW), asDouble: 1.5 }] } },
      {
        name: 'spread',
        histogram: { dataPoints: [{ ...times, count: '4', sum: 10.5 }], aggregationTemporality: 2 },
      },
    ]);
    expect(rejected).toBe(0);
    expect(
      points.map(({ metric, value, count }) => [metric.name, metric.type, metric.temporality, value, count]),
    ).toEqual([
      ['counted', 'sum', 'delta', -3, 0],
      ['level', 'gauge', 'unspecified', 1.5, 0],
      ['spread', 'histogram', 'cumulative', 10.5, 4],
    ]);
    expect(points[0]).toMatchObject({
      metric: { unit: 's', monotonic: true, scope: { name: 'meter' } },
      startTimeUnixNano: NOW - 60n,
      timeUnixNano: NOW,
    });
  });

  test('without a name, a time or a finite value are rejected', () => {
    const point = { timeUnixNano: String(NOW), asDouble: 1 };
    const { points, rejected, errors } = metrics(encoding, [
      { gauge: { dataPoints: [point] } },
      { name: 'no time', gauge: { dataPoints: [{ asDouble: 1 }] } },
      { name: 'no value', gauge: { dataPoints: [{ timeUnixNano: String(NOW) }] } },
      { name: 'not finite', gauge: { dataPoints: [{ ...point, asDouble: encoding === 'json' ? 'NaN' : Number.NaN }] } },
      { name: 'good', gauge: { dataPoints: [point] } },
    ]);
    expect(points.map(({ metric }) => metric.name)).toEqual(['good']);
    expect(rejected).toBe(4);
    expect(errors).toHaveLength(3);
  });
});

describe('a body of another signal is refused and named', () => {
  const record = { timeUnixNano: String(NOW), severityNumber: 9, body: { stringValue: 'x' } };
  const log = { resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] };
  const metric = {
    resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'm', gauge: { dataPoints: [{ asInt: '1' }] } }] }] }],
  };
  const span = {
    resourceSpans: [{ scopeSpans: [{ spans: [{ name: 's', startTimeUnixNano: '1', endTimeUnixNano: '2' }] }] }],
  };
  const of = (encoding: OtlpEncoding, type: string, request: object) => bodyOf(encoding, type, request);
  const [trace, decoded] = ['ExportTraceServiceRequest', DEFAULT_DECODE_LIMITS] as const;

  test.each(ENCODINGS)('%s', (encoding) => {
    const clock = () => NOW_UNIX_MS;
    expect(() => decodeLogs(of(encoding, trace, span), encoding, decoded, clock)).toThrow(
      'the body holds traces, not logs: send it to /v1/traces',
    );
    expect(() => decodeMetrics(of(encoding, 'ExportLogsServiceRequest', log), encoding, decoded, clock)).toThrow(
      'the body holds logs, not metrics: send it to /v1/logs',
    );
    expect(() => decodeLogs(of(encoding, 'ExportMetricsServiceRequest', metric), encoding, decoded, clock)).toThrow(
      'the body holds metrics, not logs: send it to /v1/metrics',
    );
  });
});

test('no damage to a body gets beyond an error of the catalogue', () => {
  const records = [
    { timeUnixNano: String(NOW), body: { stringValue: 'b' }, attributes: [attribute('k', { intValue: '1' })] },
  ];
  const sum = {
    dataPoints: [{ timeUnixNano: String(NOW), asInt: '1', attributes: [attribute('k', { boolValue: true })] }],
  };
  const bodies: [typeof decodeLogs | typeof decodeMetrics | typeof decodeTraces, OtlpEncoding, Buffer][] =
    ENCODINGS.flatMap((encoding) => [
      [
        decodeLogs,
        encoding,
        bodyOf(encoding, 'ExportLogsServiceRequest', { resourceLogs: [{ scopeLogs: [{ logRecords: records }] }] }),
      ],
      [
        decodeMetrics,
        encoding,
        bodyOf(encoding, 'ExportMetricsServiceRequest', {
          resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'm', sum }] }] }],
        }),
      ],
    ]);
  const random = newRandom(42);
  const survives = (decode: (typeof bodies)[0][0], body: Uint8Array, encoding: OtlpEncoding) => {
    try {
      decode(body, encoding, DEFAULT_DECODE_LIMITS, () => NOW_UNIX_MS);
    } catch (error) {
      expect(error).toBeInstanceOf(CodedError);
    }
  };
  for (const [decode, encoding, body] of bodies) {
    for (let length = 0; length < body.length; length++) survives(decode, body.subarray(0, length), encoding);
    for (let round = 0; round < 2_000; round++) {
      const damaged = Buffer.from(body);
      damaged[random.below(body.length)] = random.below(256);
      survives(decode, damaged, encoding);
    }
  }
});
