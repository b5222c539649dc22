import { encodeSpanRow } from '../engine/clickhouse/tables/otel-traces.ts';
import { normalise } from '../engine/core/dialects/normalise.ts';
import { enrich } from '../engine/core/enrichment/enrich.ts';
import type { RedactedSpan } from '../engine/core/redacted-span.ts';
import type { Span } from '../engine/core/span.ts';
import { redactSpan } from '../engine/redaction/redact-span.ts';
import { encodePieces } from './encode-pieces.ts';
import { takeFacts } from './gateway/gateway-facts.ts';
import { enrichTaken, keptSpan } from './gateway/kept-span.ts';
import type { InspectContext } from './inspect-context.ts';
import type { Inspected, RedactedExport } from './inspected.ts';
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
  const { items, ...counts } = await redactTraces(body, encoding, context);
  return { pieces: encodePieces('otel_traces', items, (span) => encodeSpanRow(span, context.ingestedAt)), ...counts };
}

/** The same way as far as the redaction boundary. */
export async function redactTraces(
  body: Uint8Array,
  encoding: OtlpEncoding,
  context: InspectContext,
): Promise<RedactedExport<RedactedSpan>> {
  const { spans, rejected, errors } = decodeTraces(body, encoding, context.limits, context.clock);
  const facts = spans.map(({ attributes }) => takeFacts(attributes, context.fromGateway));
  const read = spans.map((span, index) => {
    const told = facts[index];
    return told === undefined ? normalise(span) : keptSpan(span, told);
  });
  const redacted = await redactAndScan(enrichTaken(read, facts), context);
  return { items: redacted.spans, accepted: spans.length, rejected, errors, scannedAgain: redacted.scannedAgain };
}

/** The same way for spans that are decoded already, without a second scanner. */
export function spanRows(
  spans: readonly Span[],
  { redactor, ingestedAt }: Pick<InspectContext, 'redactor' | 'ingestedAt'>,
): Uint8Array[] {
  const redacted = enrich(spans.map(normalise)).map((span) => redactSpan(span, redactor));
  return encodePieces('otel_traces', redacted, (span) => encodeSpanRow(span, ingestedAt)).map(({ rows }) => rows);
}
