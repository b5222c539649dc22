import type { InspectContext } from './inspect-context.ts';
import { inspectLogs } from './inspect-logs.ts';
import { inspectMetrics } from './inspect-metrics.ts';
import { inspectTraces } from './inspect-traces.ts';
import type { Inspected } from './inspected.ts';
import type { OtlpEncoding } from './otlp/decode-export.ts';
import type { Signal } from './otlp/signal.ts';

const INSPECTIONS: Readonly<
  Record<Signal, (body: Uint8Array, encoding: OtlpEncoding, context: InspectContext) => Promise<Inspected>>
> = { traces: inspectTraces, logs: inspectLogs, metrics: inspectMetrics };

/** The way of an export request of any signal from the wire to its rows. */
export function inspectExport(
  signal: Signal,
  body: Uint8Array,
  encoding: OtlpEncoding,
  context: InspectContext,
): Promise<Inspected> {
  return INSPECTIONS[signal](body, encoding, context);
}
