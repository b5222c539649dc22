import type { AgentSpan } from '../agent-span.ts';
import { type Attributes, firstString } from '../attributes.ts';
import type { Resource } from '../span.ts';

const SESSION_KEYS = ['session.id', 'gen_ai.conversation.id', 'conversation.id', 'coding_agent.session.id'] as const;
const USER_KEYS = ['enduser.id', 'user.email', 'user.account_uuid', 'user.id'] as const;

/** The session that a log record or data point names, whatever dialect it speaks; '' when it names none. */
export function namedSession(attributes: Attributes, resource: Resource): string {
  return firstString(attributes, SESSION_KEYS) || firstString(resource.attributes, SESSION_KEYS);
}

/** Fills in whose it is where no dialect was recognised: most log records speak none. */
export function nameSession(span: AgentSpan): void {
  const { agent, attributes, resource } = span;
  if (agent.sessionId !== '' && agent.userId !== '') return;
  span.agent = {
    ...agent,
    sessionId: agent.sessionId || namedSession(attributes, resource),
    userId: agent.userId || firstString(attributes, USER_KEYS),
  };
}
