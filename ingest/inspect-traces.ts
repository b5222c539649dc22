import { encodeSpanRow } from '../engine/clickhouse/tables/otel-traces.ts';
import { normalise } from '../engine/core/dialects/normalise.ts';
import { enrich } from '../engine/core/enrichment/enrich.ts';
import type { Span } from '../engine/core/span.ts';
import { redactSpan } from '../engine/redaction/redact-span.ts';
import { encodePieces } from './encode-pieces.ts';
import type { InspectContext } from './inspect-context.ts';
import type { Inspected } from './inspected.ts';
import type { OtlpEncoding } from './otlp/decode-export.ts';
import { decodeTraces } from './otlp/decode-traces.ts';
import { redactAndScan } from './redact-and-scan.ts';

/**
 * The way of a span from the wire to its row: decode → normalise → enrich → redact → scan again → encode. Throws BAD_REQUEST or
 * TOO_LARGE, and STORE_UNAVAILABLE when a second scanner that is required failed.
 */
export async function inspectTraces(
  body: Uint8Array,
  encoding: OtlpEncoding,
  context: InspectContext,
): Promise<Inspected> {
  const { spans, rejected, errors } = decodeTraces(body, encoding, context.limits, context.clock);
  const redacted = await redactAndScan(enrich(spans.map(normalise)), context);
  const pieces = encodePieces('otel_traces', redacted.spans, (span) => encodeSpanRow(span, context.ingestedAt));
  return { pieces, accepted: spans.length, rejected, errors, scannedAgain: redacted.scannedAgain };
}

/** The same way for spans that are decoded already, without a second scanner. */
export function spanRows(
  spans: readonly Span[],
  { redactor, ingestedAt }: Pick<InspectContext, 'redactor' | 'ingestedAt'>,
): Uint8Array[] {
  const redacted = enrich(spans.map(normalise)).map((span) => redactSpan(span, redactor));
  return encodePieces('otel_traces', redacted, (span) => encodeSpanRow(span, ingestedAt)).map(({ rows }) => rows);
}
