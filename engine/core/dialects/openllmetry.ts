import type { AgentSpanKind } from '../agent-span.ts';
import type { Attributes } from '../attributes.ts';
import { firstString } from '../attributes.ts';
import type { Span } from '../span.ts';
import { callArguments } from './call-arguments.ts';
import type { ContentDraft } from './content-draft.ts';
import { contentDraft, finishContent } from './content-draft.ts';
import type { Dialect, Reading } from './dialect.ts';
import { textOf } from './plain-text.ts';
import { readExchange } from './read-exchange.ts';
import { readMessages } from './read-messages.ts';
import { unflatten } from './unflatten.ts';
import type { Usage } from './usage.ts';
import { count } from './usage.ts';

/**
 * OpenLLMetry: traceloop.* around workflows, and gen_ai.* with the messages flattened into keys. Its newer versions write
 * messages and tokens as OpenTelemetry has them, which the GenAI dialect reads.
 */
export const openllmetry: Dialect = {
  name: 'openllmetry',
  keys: [
    'traceloop.',
    'llm.request.type',
    'llm.request.functions.',
    'llm.usage.',
    'gen_ai.prompt.0.',
    'gen_ai.completion.0.',
  ],
  names: ['@traceloop/'],
  read: readOpenllmetry,
};

const KINDS: ReadonlyMap<string, AgentSpanKind> = new Map([
  ['workflow', 'chain'],
  ['task', 'chain'],
  ['agent', 'agent'],
  ['tool', 'tool'],
]);
const REQUESTS: ReadonlyMap<string, AgentSpanKind> = new Map([
  ['completion', 'llm'],
  ['chat', 'llm'],
  ['rerank', 'retriever'],
  ['embedding', 'embedding'],
]);

function readOpenllmetry(span: Span, kind: AgentSpanKind): Reading {
  const { attributes } = span;
  const own =
    KINDS.get(firstString(attributes, ['traceloop.span.kind'])) ??
    REQUESTS.get(firstString(attributes, ['llm.request.type'])) ??
    '';
  const effective = kind || own;
  const entity = firstString(attributes, ['traceloop.entity.name']);
  const draft = contentDraft();
  readFlattened(attributes, draft);
  const input = attributes['traceloop.entity.input'];
  const output = attributes['traceloop.entity.output'];
  if (input !== undefined || output !== undefined) readExchange(span, effective, callArguments(input), output, draft);
  return {
    kind: own,
    sessionId: association(attributes, 'session_id', 'sessionId', 'session.id', 'conversation_id', 'thread_id'),
    userId: association(attributes, 'user_id', 'userId') || firstString(attributes, ['gen_ai.user', 'llm.user']),
    agentName: effective === 'agent' ? entity : '',
    workflow: firstString(attributes, ['traceloop.workflow.name', 'traceloop.entity.path']),
    toolName: effective === 'tool' ? entity : '',
    finishReason: firstString(attributes, [
      'gen_ai.response.finish_reason',
      'gen_ai.response.stop_reason',
      'gen_ai.completion.0.finish_reason',
    ]),
    usage: readUsage(span),
    content: finishContent(draft),
  };
}

/** The keys below this prefix are each user's own choice; these are the usual ones. */
function association(attributes: Attributes, ...names: string[]): string {
  return firstString(
    attributes,
    names.map((name) => `traceloop.association.properties.${name}`),
  );
}

function readFlattened(attributes: Attributes, draft: ContentDraft): void {
  const lists = unflatten(attributes, ['gen_ai.prompt', 'gen_ai.completion', 'llm.request.functions']);
  readMessages(lists.get('gen_ai.prompt'), draft, { direction: 'input', roleless: 'user' });
  readMessages(lists.get('gen_ai.completion'), draft, { direction: 'output', roleless: 'assistant' });
  draft.toolDefinitions = textOf(lists.get('llm.request.functions'));
}

/** The Anthropic instrumentation for Node passes the vendor's own figure on, which leaves the cache out. */
function readUsage({ attributes, scope }: Span): Usage {
  const input = count(attributes, 'gen_ai.usage.input_tokens', 'gen_ai.usage.prompt_tokens');
  return {
    input,
    inputIncludesCache: !scope.name.startsWith('@traceloop/instrumentation-anthropic'),
  };
}
