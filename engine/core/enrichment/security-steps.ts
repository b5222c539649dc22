import { setAgentIdentity } from './agent-identity.ts';
import type { SpanNode } from './creation-order.ts';
import { setIngress } from './ingress.ts';
import { setInputSource } from './input-source.ts';
import { setMemoryOperation } from './memory-operation.ts';
import { setPromptHash } from './prompt-hash.ts';
import { setSessionId } from './session-id.ts';
import { setSpanSequence } from './span-sequence.ts';
import { setToolCategory } from './tool-category.ts';

/**
 * Eight of the nine steps of TraceCtrl's processor, in its order: those that look at a span and its parent. The ninth,
 * set-write-provenance, looks at the session too, which a batch and a running process know in different ways.
 */
export const SPAN_STEPS: readonly ((nodes: readonly SpanNode[]) => void)[] = [
  setSessionId,
  setIngress,
  setAgentIdentity,
  setToolCategory,
  setPromptHash,
  setSpanSequence,
  setMemoryOperation,
  setInputSource,
];
