import { encodeSpanRow } from '../engine/clickhouse/tables/otel-traces.ts';
import type { Clock } from '../engine/core/clock.ts';
import { normalise } from '../engine/core/dialects/normalise.ts';
import { enrich } from '../engine/core/enrichment/enrich.ts';
import { CodedError } from '../engine/core/errors.ts';
import type { RedactedSpan } from '../engine/core/redacted-span.ts';
import type { Span } from '../engine/core/span.ts';
import { redactSpan } from '../engine/redaction/redact-span.ts';
import type { Redactor } from '../engine/redaction/redactor.ts';
import { INSERT_BYTES } from './group-commit.ts';
import type { DecodeLimits } from './otlp/decode-limits.ts';
import { decodeTraces, type OtlpEncoding } from './otlp/decode-traces.ts';
import { scanAgain } from './second-scan/scan-again.ts';
import type { SecondScanner } from './second-scan/second-scanner.ts';

/** One export request, ready to be stored. */
export interface InspectedTraces {
  /** Rows of otel_traces, one JSON array a line, in pieces that one insert can hold; none when no span was accepted. */
  readonly pieces: readonly Uint8Array[];
  readonly accepted: number;
  readonly rejected: number;
  readonly errors: readonly string[];
  /** By second scanner: values that only it found; -1 when it failed and may be done without. */
  readonly scannedAgain: Readonly<Record<string, number>>;
}

export interface InspectContext {
  readonly redactor: Redactor;
  readonly limits: DecodeLimits;
  readonly clock: Clock;
  /** Microseconds since 1970. */
  readonly ingestedAt: number;
  readonly secondScanners: readonly RequiredScanner[];
}

/** A second scanner, and whether spans may be stored without it. */
export interface RequiredScanner {
  readonly scanner: SecondScanner;
  readonly required: boolean;
}

/**
 * The way of a span from the wire to its row: decode → normalise → enrich → redact → scan again → encode. Throws BAD_REQUEST or
 * TOO_LARGE, and STORE_UNAVAILABLE when a second scanner that is required failed.
 */
export async function inspectTraces(
  body: Uint8Array,
  encoding: OtlpEncoding,
  context: InspectContext,
): Promise<InspectedTraces> {
  const { spans, rejected, errors } = decodeTraces(body, encoding, context.limits, context.clock);
  let redacted = redactSpans(spans, context.redactor);
  const scannedAgain: Record<string, number> = {};
  for (const { scanner, required } of redacted.length > 0 ? context.secondScanners : []) {
    try {
      const again = await scanAgain(redacted, scanner, context.redactor.mint);
      redacted = again.spans;
      scannedAgain[scanner.name] = again.found;
    } catch (error) {
      if (required)
        throw new CodedError('STORE_UNAVAILABLE', `the second scanner ${scanner.name} failed`, { cause: error });
      scannedAgain[scanner.name] = -1;
    }
  }
  return { pieces: encodeRows(redacted, context.ingestedAt), accepted: spans.length, rejected, errors, scannedAgain };
}

/** The same way for spans that are decoded already, without a second scanner. */
export function spanRows(
  spans: readonly Span[],
  { redactor, ingestedAt }: Pick<InspectContext, 'redactor' | 'ingestedAt'>,
): Uint8Array[] {
  return encodeRows(redactSpans(spans, redactor), ingestedAt);
}

function redactSpans(spans: readonly Span[], redactor: Redactor): readonly RedactedSpan[] {
  return enrich(spans.map(normalise)).map((span) => redactSpan(span, redactor));
}

function encodeRows(spans: readonly RedactedSpan[], ingestedAt: number): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let rows = '';
  for (const span of spans) {
    const row = encodeSpanRow(span, ingestedAt);
    if (rows !== '' && rows.length + row.length > INSERT_BYTES) {
      pieces.push(Buffer.from(rows));
      rows = '';
    }
    rows += row;
  }
  if (rows !== '') pieces.push(Buffer.from(rows));
  return pieces;
}
