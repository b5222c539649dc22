import type { AgentSpan } from '../agent-span.ts';
import type { EnrichedSpan } from '../security-context.ts';
import { setAgentIdentity } from './agent-identity.ts';
import { setContentSignals } from './content-signals.ts';
import { inCreationOrder, type SpanNode } from './creation-order.ts';
import { setIngress } from './ingress.ts';
import { setInputSource } from './input-source.ts';
import { setMemoryOperation } from './memory-operation.ts';
import { setOfferedTools } from './offered-tools.ts';
import { setPromptHash } from './prompt-hash.ts';
import { setSessionId } from './session-id.ts';
import { setSpanSequence } from './span-sequence.ts';
import { setToolCategory } from './tool-category.ts';
import { setWriteProvenance } from './write-provenance.ts';

/**
 * The nine steps of TraceCtrl's processor, in its order, and two of our own; a later step reads what an earlier one set. Each gets the spans of
 * the batch with parents before children and fills its own fields of `security`. What the sender set is kept by every step.
 */
const STEPS: readonly ((nodes: readonly SpanNode[]) => void)[] = [
  setSessionId,
  setIngress,
  setAgentIdentity,
  setToolCategory,
  setPromptHash,
  setSpanSequence,
  setMemoryOperation,
  setInputSource,
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
  const enriched = spans.map(withBlankContext);
  const nodes = inCreationOrder(enriched);
  for (const step of STEPS) step(nodes);
  return enriched;
}

function withBlankContext(span: AgentSpan): EnrichedSpan {
  return {
    ...span,
    security: {
      sessionId: '',
      ingress: false,
      triggerType: '',
      agentId: '',
      agentName: '',
      agentFramework: '',
      toolCategory: '',
      toolDirection: '',
      promptHash: '',
      promptHashStable: '',
      spanSequence: 0n,
      memoryOperation: '',
      memoryStoreId: '',
      inputSource: '',
      writeProvenance: '',
      contentSignals: [],
      offeredToolNames: [],
      offeredToolHashes: [],
    },
  };
}
