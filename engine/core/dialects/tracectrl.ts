import { firstString } from '../attributes.ts';
import type { Span } from '../span.ts';
import type { Dialect, Reading } from './dialect.ts';
import { memoryOperation } from './memory-operation.ts';

/**
 * TraceCtrl's own attributes: what a sender states for security's sake outranks what any framework says of the same thing. The
 * classifications (category, direction, source, provenance, trigger) are kept by enrichment, which reads them itself.
 */
export const tracectrl: Dialect = {
  name: 'tracectrl',
  keys: ['tracectrl.'],
  read: readTracectrl,
};

function readTracectrl({ attributes }: Span): Reading {
  const framework = firstString(attributes, ['tracectrl.agent.framework']);
  const verdict = firstString(attributes, ['tracectrl.guardrail.decision']);
  return {
    kind: verdict === '' ? '' : 'guardrail',
    sessionId: firstString(attributes, ['tracectrl.session_id']),
    agentId: firstString(attributes, ['tracectrl.agent.id']),
    agentName: firstString(attributes, ['tracectrl.agent.name']),
    agentDescription: firstString(attributes, ['tracectrl.agent.role']),
    agentFramework: framework === 'unknown' ? '' : framework,
    callerAgentId: firstString(attributes, ['tracectrl.caller.agent_id']),
    memoryOperation: memoryOperation(firstString(attributes, ['tracectrl.memory.operation'])),
    memoryStoreId: firstString(attributes, ['tracectrl.memory.store_id']),
    guardrailVerdict: verdict,
    content: { systemPrompt: firstString(attributes, ['tracectrl.agent.system_prompt']) },
  };
}
