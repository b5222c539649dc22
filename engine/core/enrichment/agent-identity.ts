import { firstString } from '../attributes.ts';
import type { EnrichedSpan } from '../security-context.ts';
import { frameworkOf, isCodingTool } from './agent-framework.ts';
import type { SpanNode } from './creation-order.ts';

interface AgentName {
  readonly id: string;
  readonly name: string;
}

const NOBODY: AgentName = { id: '', name: '' };
const ID_KEYS = ['tracectrl.agent.id', 'gen_ai.agent.id'] as const;
const NAME_KEYS = ['tracectrl.agent.name', 'gen_ai.agent.name'] as const;

/**
 * Step 3. The agent a span belongs to: the one it names, else its nearest ancestor's, else the one its resource names
 * (gen_ai.agent.*), else, for AI coding tools, the tool. `service.name` is never taken for an agent: one service often runs
 * several with a prompt each, and they would look like one that keeps changing. Framework `unknown` when nothing tells.
 */
export function setAgentIdentity(nodes: readonly SpanNode[]): void {
  for (const node of nodes) {
    const { security } = node.span;
    const parent = node.parent?.span.security;
    const framework = sentFramework(node.span) || frameworkOf(node.span) || known(parent?.agentFramework);
    const above: AgentName = parent === undefined ? NOBODY : { id: parent.agentId, name: parent.agentName };
    const agent = identify(node.span, above, framework);
    security.agentId = agent.id;
    security.agentName = agent.name;
    security.agentFramework = framework || (isAgentSpan(node.span, agent) ? 'unknown' : '');
    node.callerAgentId = callerOf(node, agent, above);
  }
}

function identify(span: EnrichedSpan, above: AgentName, framework: string): AgentName {
  const own = complete(ownName(span), above);
  if (own.id !== '') return own;
  if (above.id !== '') return above;
  const { attributes } = span.resource;
  const resource = complete({ id: firstString(attributes, ID_KEYS), name: firstString(attributes, NAME_KEYS) }, NOBODY);
  if (resource.id !== '') return resource;
  return isCodingTool(framework) ? { id: framework, name: framework } : NOBODY;
}

function ownName(span: EnrichedSpan): AgentName {
  return {
    id: firstString(span.attributes, ['tracectrl.agent.id']) || span.agent.agentId,
    name: firstString(span.attributes, ['tracectrl.agent.name']) || span.agent.agentName,
  };
}

/** Adds the half that is missing: from the agent above when it is the same, else the id as TraceCtrl derives it from a name. */
function complete({ id, name }: AgentName, above: AgentName): AgentName {
  if (id === '' && name === '') return NOBODY;
  if (id === '') return { id: name === above.name ? above.id : name.toLowerCase().replaceAll(' ', '-'), name };
  return { id, name: name === '' && id === above.id ? above.name : name };
}

/** The agent that called this one: as sent, else the agent above when it is another, else whoever called the agent above. */
function callerOf(node: SpanNode, agent: AgentName, above: AgentName): string {
  const sent = node.span.agent.callerAgentId;
  if (sent !== '') return sent;
  return above.id !== '' && above.id !== agent.id ? above.id : (node.parent?.callerAgentId ?? '');
}

function sentFramework(span: EnrichedSpan): string {
  return firstString(span.attributes, ['tracectrl.agent.framework']) || span.agent.agentFramework;
}

function known(framework: string | undefined): string {
  return framework === undefined || framework === 'unknown' ? '' : framework;
}

function isAgentSpan(span: EnrichedSpan, agent: AgentName): boolean {
  return span.agent.kind !== '' || agent.id !== '';
}
