import { CodedError } from '../../engine/core/errors.ts';
import type { AgentTags } from './agent-tags.ts';
import { taggedAgents } from './process-state.ts';

/** What is left out is '', but for the name (the agent's own `name`) and the id (made of the name as TraceCtrl makes it). */
export type TagOptions = Partial<AgentTags>;

/**
 * Says who an agent is: any object or function that stands for it in your code. From then on spans that name it by id or name get
 * its id and version, and its system prompt where they carry none. Tagging again replaces; the last 1,024 to 2,048 are
 * remembered by name. Answers the agent. Throws USAGE when there is neither a name nor an id.
 */
export function tagAgent<T extends object>(agent: T, options: TagOptions = {}): T {
  const tags = completeTags({ name: ownName(agent), ...options });
  taggedAgents.byAgent.set(agent, tags);
  rememberTags(tags);
  return agent;
}

/** The tags of a tagged agent, or those given in its place. Throws USAGE for an agent that was not tagged. */
export function tagsOf(agent: object): AgentTags {
  const tags = taggedAgents.byAgent.get(agent);
  if (tags !== undefined) return tags;
  const given = completeTags(agent as TagOptions);
  rememberTags(given);
  return given;
}

function rememberTags(tags: AgentTags): void {
  taggedAgents.byId.set(tags.id, tags);
  if (tags.name !== '') taggedAgents.byName.set(tags.name, tags);
}

function completeTags({ id, name, version, systemPrompt }: TagOptions): AgentTags {
  const known = text(name);
  const tags = {
    id: text(id) || known.toLowerCase().replaceAll(' ', '-'),
    name: known || text(id),
    version: text(version),
    systemPrompt: text(systemPrompt),
  };
  if (tags.id === '') throw new CodedError('USAGE', 'an agent needs an id or a name: tagAgent(agent, { name })');
  return tags;
}

function ownName(agent: object): string {
  return text((agent as { name?: unknown }).name);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
