import { encodeMetricRow, type RedactedPoint } from '../engine/clickhouse/tables/otel-metrics.ts';
import { readPoint } from '../engine/core/events/read-point.ts';
import { PREVIEW_LIMIT } from '../engine/redaction/clip.ts';
import { redactPlainText } from '../engine/redaction/redact-plain-text.ts';
import { encodePieces } from './encode-pieces.ts';
import { takeRecordFacts } from './gateway/gateway-facts.ts';
import { keptPoint } from './gateway/kept-record.ts';
import { enrichTaken } from './gateway/kept-span.ts';
import type { InspectContext } from './inspect-context.ts';
import { identifier } from './inspect-logs.ts';
import type { Inspected, RedactedExport } from './inspected.ts';
import type { OtlpEncoding } from './otlp/decode-export.ts';
import { decodeMetrics } from './otlp/decode-metrics.ts';
import { redactAndScan } from './redact-and-scan.ts';

/** The way of a data point from the wire to its row, through the same boundary as a span's. Throws as inspectTraces. */
export async function inspectMetrics(
  body: Uint8Array,
  encoding: OtlpEncoding,
  context: InspectContext,
): Promise<Inspected> {
  const { items, ...counts } = await redactMetrics(body, encoding, context);
  return { pieces: encodePieces('otel_metrics', items, (row) => encodeMetricRow(row, context.ingestedAt)), ...counts };
}

/** The same way as far as the redaction boundary. */
export async function redactMetrics(
  body: Uint8Array,
  encoding: OtlpEncoding,
  context: InspectContext,
): Promise<RedactedExport<RedactedPoint>> {
  const { points, rejected, errors } = decodeMetrics(body, encoding, context.limits, context.clock);
  const { redactor } = context;
  const facts = points.map(({ attributes }) => takeRecordFacts(attributes, context.fromGateway));
  const measured = points.map(
    (point, index) => keptPoint(point, facts[index]) ?? readPoint(point, identifier(redactor)),
  );
  const taken = enrichTaken(
    measured.map(({ span }) => span),
    facts,
  );
  const redacted = await redactAndScan(taken, context);
  const items = measured.map(({ point, series }, index) => ({
    point,
    series,
    unit: redactPlainText(point.metric.unit, redactor, PREVIEW_LIMIT),
    span: redacted.spans[index]!,
  }));
  return { items, accepted: points.length, rejected, errors, scannedAgain: redacted.scannedAgain };
}
