import type { AgentSpan } from '../agent-span.ts';
import { emptyAttributes } from '../attributes.ts';
import { NO_FIELDS } from '../dialects/normalise.ts';
import type { EnrichedSpan } from '../security-context.ts';
import { blankContext } from './blank-context.ts';
import type { SpanNode } from './creation-order.ts';
import { SPAN_STEPS } from './security-steps.ts';
import { setWriteProvenance } from './write-provenance.ts';

/** The calls that brought content of a source into a session first. Spans without their content. */
export interface SessionInflow {
  external?: SpanNode;
  memory?: SpanNode;
}

/**
 * Gives one span of a running process its security context: the steps of enrich.ts, with the parent as it is known in the
 * process in place of a batch. `sequence` is when the span was created, by a clock that never goes back: spans' own starts are
 * often rounded to milliseconds. Write provenance comes later, by `setLiveProvenance`.
 */
export function enrichLive(span: AgentSpan, parent: SpanNode | undefined, sequence: bigint): SpanNode {
  const node: SpanNode = {
    span: { ...span, startTimeUnixNano: sequence, security: blankContext() },
    parent,
    depth: parent === undefined ? 0 : parent.depth + 1,
    createdAt: sequence,
    callerAgentId: '',
    tool: undefined,
  };
  for (const step of SPAN_STEPS) step([node]);
  return node;
}

/** The ninth step for a span that ends now, by what reached its session before; notes what the span itself brings in. */
export function setLiveProvenance(node: SpanNode, inflow: SessionInflow, now: bigint): void {
  node.span.endTimeUnixNano = now;
  setWriteProvenance([inflow.external, inflow.memory, node].filter((one) => one !== undefined));
  const { inputSource, memoryOperation } = node.span.security;
  if ((inputSource !== 'external' && inputSource !== 'memory') || memoryOperation === 'write') return;
  inflow[inputSource] ??= { ...node, parent: undefined, span: withoutContent(node.span) };
}

/** What a memory write is judged by, and nothing that would keep a prompt in memory. */
export function withoutContent(span: EnrichedSpan): EnrichedSpan {
  return { ...span, attributes: emptyAttributes(), events: [], links: [], agent: NO_FIELDS };
}
