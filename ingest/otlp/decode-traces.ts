import type { Clock } from '../../engine/core/clock.ts';
import type { Span } from '../../engine/core/span.ts';
import { decodeExport, type OtlpEncoding } from './decode-export.ts';
import { decodeJson } from './decode-json.ts';
import type { DecodeLimits } from './decode-limits.ts';
import { decodeProtobuf } from './decode-protobuf.ts';
import { TraceBatch } from './trace-batch.ts';

export interface DecodedTraces {
  readonly spans: Span[];
  /** Spans left out because they are not valid. */
  readonly rejected: number;
  /** What was left out, of all or of some spans: at most one sentence a kind of trouble, none of the content. */
  readonly errors: string[];
}

/** Decodes the body of an OTLP trace export: see decode-export.ts. */
export function decodeTraces(
  body: Uint8Array,
  encoding: OtlpEncoding,
  limits: DecodeLimits,
  clock: Clock,
): DecodedTraces {
  const batch = new TraceBatch(limits, clock());
  decodeExport(body, encoding, batch, { signal: 'traces', protobuf: decodeProtobuf, json: decodeJson });
  return { spans: batch.items, rejected: batch.rejected, errors: batch.errors() };
}
