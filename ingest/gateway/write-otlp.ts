import { gzipSync } from 'node:zlib';
import type { RedactedLog } from '../../engine/clickhouse/tables/otel-logs.ts';
import type { RedactedPoint } from '../../engine/clickhouse/tables/otel-metrics.ts';
import type { RedactedSpan } from '../../engine/core/redacted-span.ts';
import { SENT_FINDINGS_KEY, writeFindings } from '../../engine/redaction/sent-findings.ts';
import type { Signal } from '../otlp/signal.ts';
import { GATEWAY_KEY, type RecordFacts, writeFacts } from './gateway-facts.ts';

/** An OTLP/JSON export request, gzipped. */
export interface ForwardBody {
  readonly signal: Signal;
  readonly body: Uint8Array;
}

type Shared = Pick<RedactedSpan, 'resourceAttributes' | 'scopeName' | 'scopeVersion'>;

interface Item {
  readonly shared: Shared;
  readonly record: string;
}

/** UTF-16 units of one request, so that it stays within what receivers and brokers take. */
const REQUEST_LENGTH = 4 * 1024 * 1024;

const NAMES: Readonly<Record<Signal, readonly [string, string, string]>> = {
  traces: ['resourceSpans', 'scopeSpans', 'spans'],
  logs: ['resourceLogs', 'scopeLogs', 'logRecords'],
  metrics: ['resourceMetrics', 'scopeMetrics', 'metrics'],
};
/** The numbers of OTLP's enums are the places in these lists. */
const KINDS = ['Unspecified', 'Internal', 'Server', 'Client', 'Producer', 'Consumer'] as const;
const STATUSES = ['Unset', 'Ok', 'Error'] as const;
const TEMPORALITIES = ['unspecified', 'delta', 'cumulative'] as const;

export function spanBodies(spans: readonly RedactedSpan[]): ForwardBody[] {
  return bodies(
    'traces',
    spans.map((span) => ({
      shared: span,
      record: JSON.stringify({
        traceId: span.traceId,
        spanId: span.spanId,
        parentSpanId: span.parentSpanId,
        traceState: span.traceState,
        name: span.name,
        kind: KINDS.indexOf(span.kind),
        startTimeUnixNano: String(span.startTimeUnixNano),
        endTimeUnixNano: String(span.endTimeUnixNano),
        status: { code: STATUSES.indexOf(span.statusCode), message: span.statusMessage },
        attributes: [...told(span), ...listOf(span.attributes)],
        events: span.events.map(({ timeUnixNano, name, attributes }) => ({
          timeUnixNano: String(timeUnixNano),
          name,
          attributes: listOf(attributes),
        })),
        links: span.links.map((link) => ({ ...link, attributes: listOf(link.attributes) })),
      }),
    })),
  );
}

export function logBodies(logs: readonly RedactedLog[]): ForwardBody[] {
  return bodies(
    'logs',
    logs.map(({ record, id, severityText, body, bodyLength, isSpan, span }) => ({
      shared: span,
      record: JSON.stringify({
        timeUnixNano: String(record.timeUnixNano),
        observedTimeUnixNano: String(record.timeUnixNano),
        severityNumber: record.severityNumber,
        severityText,
        eventName: span.name,
        traceId: record.traceId,
        spanId: record.spanId,
        flags: record.flags,
        body: { stringValue: body },
        attributes: [...told(span, recordFacts(span, id, bodyLength, isSpan)), ...listOf(span.attributes)],
      }),
    })),
  );
}

export function pointBodies(points: readonly RedactedPoint[]): ForwardBody[] {
  return bodies(
    'metrics',
    points.map(({ point, series, unit, span }) => {
      const { value, count, metric } = point;
      const dataPoint = {
        timeUnixNano: String(point.timeUnixNano),
        startTimeUnixNano: String(point.startTimeUnixNano),
        attributes: [...told(span, recordFacts(span, series, 0, false)), ...listOf(span.attributes)],
      };
      const observed = { ...dataPoint, sum: value, count: String(Math.max(0, Math.trunc(count))) };
      const measured = { ...dataPoint, asDouble: value };
      const aggregationTemporality = TEMPORALITIES.indexOf(metric.temporality);
      const data = {
        gauge: { gauge: { dataPoints: [measured] } },
        sum: { sum: { aggregationTemporality, isMonotonic: metric.monotonic, dataPoints: [measured] } },
        histogram: { histogram: { aggregationTemporality, dataPoints: [observed] } },
        exponential_histogram: { exponentialHistogram: { aggregationTemporality, dataPoints: [observed] } },
        summary: { summary: { dataPoints: [observed] } },
      }[metric.type];
      return { shared: span, record: JSON.stringify({ name: span.name, unit, ...data }) };
    }),
  );
}

function recordFacts(span: RedactedSpan, id: string, bodyLength: number, isSpan: boolean): RecordFacts {
  return {
    id,
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    start: span.startTimeUnixNano,
    end: span.endTimeUnixNano,
    status: span.statusCode,
    message: span.statusMessage,
    bodyLength,
    isSpan,
  };
}

/** First, so that no limit on attributes cuts them. */
function told(span: RedactedSpan, record?: RecordFacts) {
  return listOf({
    [GATEWAY_KEY]: writeFacts(span, record),
    ...(span.redactions.length > 0 && { [SENT_FINDINGS_KEY]: writeFindings(span.redactions) }),
  });
}

function listOf(attributes: Readonly<Record<string, string>>) {
  return Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } }));
}

/** Neighbours of the same resource and scope share a group. */
function bodies(signal: Signal, items: readonly Item[]): ForwardBody[] {
  const [ofResource, ofScope, name] = NAMES[signal];
  const requests: string[] = [];
  let groups = '';
  let open = '';
  for (const { shared, record } of items) {
    const head = `{"resource":${JSON.stringify({ attributes: listOf(shared.resourceAttributes) })},"${ofScope}":[{"scope":${JSON.stringify({ name: shared.scopeName, version: shared.scopeVersion })},"${name}":[`;
    if (groups.length > 0 && groups.length + record.length + head.length > REQUEST_LENGTH) {
      requests.push(`${groups}]}]}`);
      groups = '';
      open = '';
    }
    if (head === open) groups += `,${record}`;
    else groups += `${groups === '' ? '' : ']}]},'}${head}${record}`;
    open = head;
  }
  if (groups !== '') requests.push(`${groups}]}]}`);
  return requests.map((request) => ({
    signal,
    body: new Uint8Array(gzipSync(`{"${ofResource}":[${request}]}`, { level: 1 })),
  }));
}
