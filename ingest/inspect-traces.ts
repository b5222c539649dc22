import { encodeSpanRow } from '../engine/clickhouse/tables/otel-traces.ts';
import type { Clock } from '../engine/core/clock.ts';
import type { Span } from '../engine/core/span.ts';
import { redactSpan } from '../engine/redaction/redact-span.ts';
import type { Redactor } from '../engine/redaction/redactor.ts';
import { normalise } from './dialects/normalise.ts';
import { enrich } from './enrich/enrich.ts';
import { INSERT_BYTES } from './group-commit.ts';
import type { DecodeLimits } from './otlp/decode-limits.ts';
import { decodeTraces, type OtlpEncoding } from './otlp/decode-traces.ts';

/** One export request, ready to be stored. */
export interface InspectedTraces {
  /** Rows of otel_traces, one JSON array a line, in pieces that one insert can hold; none when no span was accepted. */
  readonly pieces: readonly Uint8Array[];
  readonly accepted: number;
  readonly rejected: number;
  readonly errors: readonly string[];
}

export interface InspectContext {
  readonly redactor: Redactor;
  readonly limits: DecodeLimits;
  readonly clock: Clock;
  /** Microseconds since 1970. */
  readonly ingestedAt: number;
}

/** The way of a span from the wire to its row: decode → normalise → enrich → redact → encode. Throws BAD_REQUEST or TOO_LARGE. */
export function inspectTraces(body: Uint8Array, encoding: OtlpEncoding, context: InspectContext): InspectedTraces {
  const { spans, rejected, errors } = decodeTraces(body, encoding, context.limits, context.clock);
  return { pieces: spanRows(spans, context), accepted: spans.length, rejected, errors };
}

/** The same way for spans that are decoded already. */
export function spanRows(
  spans: readonly Span[],
  { redactor, ingestedAt }: Pick<InspectContext, 'redactor' | 'ingestedAt'>,
): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let rows = '';
  for (const span of enrich(spans.map(normalise))) {
    const row = encodeSpanRow(redactSpan(span, redactor), ingestedAt);
    if (rows !== '' && rows.length + row.length > INSERT_BYTES) {
      pieces.push(Buffer.from(rows));
      rows = '';
    }
    rows += row;
  }
  if (rows !== '') pieces.push(Buffer.from(rows));
  return pieces;
}
