import { encodeMetricRow } from '../engine/clickhouse/tables/otel-metrics.ts';
import { enrich } from '../engine/core/enrichment/enrich.ts';
import { readPoint } from '../engine/core/events/read-point.ts';
import { PREVIEW_LIMIT } from '../engine/redaction/clip.ts';
import { redactPlainText } from '../engine/redaction/redact-plain-text.ts';
import { encodePieces } from './encode-pieces.ts';
import type { InspectContext } from './inspect-context.ts';
import { identifier } from './inspect-logs.ts';
import type { Inspected } from './inspected.ts';
import type { OtlpEncoding } from './otlp/decode-export.ts';
import { decodeMetrics } from './otlp/decode-metrics.ts';
import { redactAndScan } from './redact-and-scan.ts';

/** The way of a data point from the wire to its row, through the same boundary as a span's. Throws as inspectTraces. */
export async function inspectMetrics(
  body: Uint8Array,
  encoding: OtlpEncoding,
  context: InspectContext,
): Promise<Inspected> {
  const { points, rejected, errors } = decodeMetrics(body, encoding, context.limits, context.clock);
  const { redactor, ingestedAt } = context;
  const measured = points.map((point) => readPoint(point, identifier(redactor)));
  const redacted = await redactAndScan(enrich(measured.map(({ span }) => span)), context);
  const rows = measured.map(({ point, series }, index) => ({
    point,
    series,
    unit: redactPlainText(point.metric.unit, redactor, PREVIEW_LIMIT),
    span: redacted.spans[index]!,
  }));
  const pieces = encodePieces('otel_metrics', rows, (row) => encodeMetricRow(row, ingestedAt));
  return { pieces, accepted: points.length, rejected, errors, scannedAgain: redacted.scannedAgain };
}
