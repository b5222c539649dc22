import type { SecurityContext } from './security-context.ts';

/**
 * The security context under the attribute names of TraceCtrl's processor, so that queries published for it find it. Empty
 * fields are left out, and so is `tracectrl.ingress` on a span that is none.
 */
export function securityAttributes(security: SecurityContext): Record<string, string> {
  const attributes: Record<string, string> = {};
  const set = (key: string, value: string): void => {
    if (value !== '') attributes[key] = value;
  };
  set('tracectrl.session_id', security.sessionId);
  set('tracectrl.ingress', security.ingress ? 'true' : '');
  set('tracectrl.trigger_type', security.triggerType);
  set('tracectrl.agent.id', security.agentId);
  set('tracectrl.agent.name', security.agentName);
  set('tracectrl.agent.framework', security.agentFramework);
  set('tracectrl.tool.category', security.toolCategory);
  set('tracectrl.tool.direction', security.toolDirection);
  set('tracectrl.system_prompt_hash', security.promptHash);
  set('tracectrl.span_sequence', security.spanSequence > 0n ? security.spanSequence.toString() : '');
  set('tracectrl.memory.operation', security.memoryOperation);
  set('tracectrl.memory.store_id', security.memoryStoreId);
  set('tracectrl.memory.write_provenance', security.writeProvenance);
  set('tracectrl.input.source', security.inputSource);
  return attributes;
}
