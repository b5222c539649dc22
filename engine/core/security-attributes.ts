import type { SecurityContext } from './security-context.ts';

/**
 * The security context under the attribute names of TraceCtrl's processor, so that queries published for it find it. Empty
 * fields are left out, and so is `tracectrl.ingress` on a span that is none.
 */
export function securityAttributes(security: SecurityContext): Record<string, string> {
  const attributes: Record<string, string> = {
    'tracectrl.session_id': security.sessionId,
    'tracectrl.ingress': security.ingress ? 'true' : '',
    'tracectrl.trigger_type': security.triggerType,
    'tracectrl.agent.id': security.agentId,
    'tracectrl.agent.name': security.agentName,
    'tracectrl.agent.framework': security.agentFramework,
    'tracectrl.tool.category': security.toolCategory,
    'tracectrl.tool.direction': security.toolDirection,
    'tracectrl.system_prompt_hash': security.promptHash,
    'tracectrl.span_sequence': security.spanSequence > 0n ? security.spanSequence.toString() : '',
    'tracectrl.memory.operation': security.memoryOperation,
    'tracectrl.memory.store_id': security.memoryStoreId,
    'tracectrl.memory.write_provenance': security.writeProvenance,
    'tracectrl.input.source': security.inputSource,
  };
  for (const [key, value] of Object.entries(attributes)) if (value === '') delete attributes[key];
  return attributes;
}
