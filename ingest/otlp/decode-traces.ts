import type { Clock } from '../../engine/core/clock.ts';
import { CodedError } from '../../engine/core/errors.ts';
import type { Span } from '../../engine/core/span.ts';
import { decodeJson } from './decode-json.ts';
import type { DecodeLimits } from './decode-limits.ts';
import { decodeProtobuf } from './decode-protobuf.ts';
import { otherSignal, sniffOtherSignal } from './other-signal.ts';
import { TraceBatch } from './trace-batch.ts';

export type OtlpEncoding = 'protobuf' | 'json';

export interface DecodedTraces {
  readonly spans: Span[];
  /** Spans left out because they are not valid. */
  readonly rejected: number;
  /** What was left out, of all or of some spans: at most one sentence a kind of trouble, none of the content. */
  readonly errors: string[];
}

/**
 * Decodes the body of an OTLP trace export. Throws BAD_REQUEST for a body that is not OTLP, or another signal's, and TOO_LARGE for
 * one with too many of them. A span that is not valid only costs itself.
 */
export function decodeTraces(
  body: Uint8Array,
  encoding: OtlpEncoding,
  limits: DecodeLimits,
  clock: Clock,
): DecodedTraces {
  const batch = new TraceBatch(limits, clock());
  if (encoding === 'protobuf') decodeUnlessOtherSignal(body, batch);
  else if (body.length > 0) decodeJson(body, batch);
  return { spans: batch.spans, rejected: batch.rejected, errors: batch.errors() };
}

function decodeUnlessOtherSignal(body: Uint8Array, batch: TraceBatch): void {
  let failure: unknown;
  try {
    decodeProtobuf(body, batch);
    if (batch.rejected === 0 || batch.spans.length > 0) return;
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    failure = error;
  }
  const signal = sniffOtherSignal(body);
  if (signal !== undefined) throw otherSignal(signal);
  if (failure !== undefined) throw failure;
}
