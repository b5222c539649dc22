import type { InspectContext } from '../inspect-context.ts';
import { redactLogs } from '../inspect-logs.ts';
import { redactMetrics } from '../inspect-metrics.ts';
import { redactTraces } from '../inspect-traces.ts';
import type { InspectedCounts } from '../inspected.ts';
import type { OtlpEncoding } from '../otlp/decode-export.ts';
import type { Signal } from '../otlp/signal.ts';
import { type ForwardBody, logBodies, pointBodies, spanBodies } from './write-otlp.ts';

/** One export request, ready to be forwarded; no bodies when nothing was accepted. */
export interface Forwarded extends InspectedCounts {
  readonly bodies: readonly ForwardBody[];
}

/** The way of an export request from the wire to the requests that a gateway sends on. Throws as inspectExport. */
export async function inspectForward(
  signal: Signal,
  body: Uint8Array,
  encoding: OtlpEncoding,
  context: InspectContext,
): Promise<Forwarded> {
  if (signal === 'traces') {
    const { items, ...counts } = await redactTraces(body, encoding, context);
    return { bodies: spanBodies(items), ...counts };
  }
  if (signal === 'logs') {
    const { items, ...counts } = await redactLogs(body, encoding, context);
    return { bodies: logBodies(items), ...counts };
  }
  const { items, ...counts } = await redactMetrics(body, encoding, context);
  return { bodies: pointBodies(items), ...counts };
}
