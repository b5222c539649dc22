import type { SpanNode } from '../../engine/core/enrichment/creation-order.ts';
import { setPromptHash } from '../../engine/core/enrichment/prompt-hash.ts';
import type { AgentTags } from './agent-tags.ts';
import type { LiveSpan } from './live-span.ts';
import { type Scope, taggedAgents } from './process-state.ts';

/**
 * Gives a model's call or an agent's run that carries no system prompt the one its agent was tagged with, and hashes it. The
 * prompt that a call really carries is never replaced, and an agent whose calls carried theirs is not stamped: two texts for one
 * agent would look like a prompt that changes. Answers the prompt; '' when none was stamped.
 */
export function stampSystemPrompt(node: SpanNode, live: LiveSpan): string {
  const { span } = node;
  const { kind, content } = span.agent;
  if (content.systemPrompt !== '' || span.security.promptHash !== '') return '';
  if (kind !== 'llm' && (kind !== 'agent' || live.promptBelow || isStep(live))) return '';
  const prompt = tagsFor(span.security.agentId, live.scope)?.systemPrompt ?? '';
  if (prompt === '') return '';
  span.agent = { ...span.agent, content: { ...content, systemPrompt: prompt } };
  setPromptHash([node]);
  return prompt;
}

/** What was said of an agent: by the run that is open, for two runs may be of different releases, else by whoever tagged it last. */
export function tagsFor(agentId: string, scope: Scope): AgentTags | undefined {
  if (agentId === '') return undefined;
  return scope.agent?.id === agentId ? scope.agent : taggedAgents.byId.get(agentId);
}

/** A decision's own span is no run. */
function isStep({ span }: LiveSpan): boolean {
  return span.attributes['gen_ai.operation.name'] === 'agent_step';
}
