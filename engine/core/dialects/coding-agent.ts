import type { AgentSpanKind } from '../agent-span.ts';
import { firstString } from '../attributes.ts';
import type { Span } from '../span.ts';
import type { Dialect, Reading } from './dialect.ts';

/**
 * OpenLIT's convention for AI coding tools. What it says of models, tools and tokens it says in gen_ai.* beside; its stable
 * facts stand on the resource.
 */
export const codingAgent: Dialect = {
  name: 'coding-agent',
  keys: ['coding_agent.'],
  names: ['coding_agent.'],
  read: readCodingAgent,
};

const KINDS: ReadonlyMap<string, AgentSpanKind> = new Map([
  ['coding_agent.session', 'agent'],
  ['coding_agent.subagent', 'agent'],
  ['coding_agent.llm.turn', 'llm'],
  ['coding_agent.tool.call', 'tool'],
  ['coding_agent.edit.decision', 'guardrail'],
  ['coding_agent.git.commit', 'chain'],
  ['coding_agent.git.pull_request', 'chain'],
]);

function readCodingAgent({ name, attributes, resource }: Span): Reading {
  const said = (...keys: string[]) => firstString(attributes, keys) || firstString(resource.attributes, keys);
  return {
    kind: KINDS.get(name) ?? '',
    sessionId: said('coding_agent.session.id', 'gen_ai.conversation.id'),
    userId: said('gen_ai.user.name', 'user.email', 'user.id'),
    agentId: said('coding_agent.agent.id'),
    agentName: said('coding_agent.subagent.type', 'coding_agent.client'),
    agentFramework: said('coding_agent.client'),
    callerAgentId: said('coding_agent.agent.parent_id'),
    toolName: said('gen_ai.tool.name', 'coding_agent.edit.tool.name'),
    guardrailVerdict: said('coding_agent.edit.decision'),
    permissionMode: said('coding_agent.policy.permission_mode'),
    content: { toolArguments: said('gen_ai.tool.args') },
  };
}
