import type { Clock } from '../../engine/core/clock.ts';
import type { DataPoint } from '../../engine/core/data-point.ts';
import { decodeExport, type OtlpEncoding } from './decode-export.ts';
import type { DecodeLimits } from './decode-limits.ts';
import { decodeMetricsJson } from './decode-metrics-json.ts';
import { decodeMetricsProtobuf } from './decode-metrics-protobuf.ts';
import { MetricBatch } from './metric-batch.ts';

export interface DecodedMetrics {
  readonly points: DataPoint[];
  readonly rejected: number;
  readonly errors: string[];
}

/** Decodes the body of an OTLP metrics export: see decode-export.ts. */
export function decodeMetrics(
  body: Uint8Array,
  encoding: OtlpEncoding,
  limits: DecodeLimits,
  clock: Clock,
): DecodedMetrics {
  const batch = new MetricBatch(limits, clock());
  decodeExport(body, encoding, batch, { signal: 'metrics', protobuf: decodeMetricsProtobuf, json: decodeMetricsJson });
  return { points: batch.items, rejected: batch.rejected, errors: batch.errors() };
}
