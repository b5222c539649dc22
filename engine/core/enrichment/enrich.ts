import type { AgentSpan } from '../agent-span.ts';
import type { EnrichedSpan } from '../security-context.ts';
import { blankContext } from './blank-context.ts';
import { setContentSignals } from './content-signals.ts';
import { inCreationOrder, type SpanNode } from './creation-order.ts';
import { setOfferedTools } from './offered-tools.ts';
import { SPAN_STEPS } from './security-steps.ts';
import { setWriteProvenance } from './write-provenance.ts';

/**
 * The nine steps of TraceCtrl's processor, in its order, and two of our own; a later step reads what an earlier one set. Each gets the spans of
 * the batch with parents before children and fills its own fields of `security`. What the sender set is kept by every step.
 */
const STEPS: readonly ((nodes: readonly SpanNode[]) => void)[] = [
  ...SPAN_STEPS,
  setWriteProvenance,
  setContentSignals,
  setOfferedTools,
];

/**
 * Gives every span of a batch its security context. A batch is one export request of one org: spans of one trace or of many,
 * in any order, parents possibly missing. Pure: the same batch gives the same answer on any worker, at any time; the spans
 * given are left as they are. Answers in the order of the input.
 */
export function enrich(spans: readonly AgentSpan[]): EnrichedSpan[] {
  const enriched = spans.map((span) => ({ ...span, security: blankContext() }));
  const nodes = inCreationOrder(enriched);
  for (const step of STEPS) step(nodes);
  return enriched;
}
