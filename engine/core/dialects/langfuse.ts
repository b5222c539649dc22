import type { AgentSpanKind } from '../agent-span.ts';
import type { Attributes } from '../attributes.ts';
import { firstString } from '../attributes.ts';
import type { Span } from '../span.ts';
import { contentDraft, finishContent } from './content-draft.ts';
import type { Dialect, Reading } from './dialect.ts';
import { isObject, structured } from './parse-json.ts';
import { readExchange } from './read-exchange.ts';
import type { Usage } from './usage.ts';
import { sane, saneCost } from './usage.ts';

/** Langfuse's own keys, set by its SDK and by users who export to it. */
export const langfuse: Dialect = {
  name: 'langfuse',
  keys: ['langfuse.'],
  read: readLangfuse,
};

/** `span` and `event` are any observation at all: what it is, others may say. */
const KINDS: ReadonlyMap<string, AgentSpanKind> = new Map([
  ['generation', 'llm'],
  ['embedding', 'embedding'],
  ['agent', 'agent'],
  ['chain', 'chain'],
  ['tool', 'tool'],
  ['retriever', 'retriever'],
  ['guardrail', 'guardrail'],
  ['evaluator', 'evaluator'],
]);

function readLangfuse(span: Span, kind: AgentSpanKind): Reading {
  const { attributes } = span;
  const own = KINDS.get(firstString(attributes, ['langfuse.observation.type']).toLowerCase()) ?? '';
  const effective = kind || own;
  const draft = contentDraft();
  readExchange(
    span,
    effective,
    attributes['langfuse.observation.input'] ?? attributes['langfuse.trace.input'],
    attributes['langfuse.observation.output'] ?? attributes['langfuse.trace.output'],
    draft,
  );
  const usage = readUsage(attributes);
  const costs = structured(attributes['langfuse.observation.cost_details']);
  return {
    kind: own,
    sessionId: firstString(attributes, ['langfuse.session.id', 'session.id']),
    userId: firstString(attributes, ['langfuse.user.id', 'user.id']),
    agentName: effective === 'agent' ? span.name : '',
    agentVersion: firstString(attributes, ['langfuse.version', 'langfuse.release']),
    workflow: firstString(attributes, ['langfuse.trace.name']),
    requestModel: firstString(attributes, ['langfuse.observation.model.name']),
    responseModel: firstString(attributes, ['langfuse.observation.model.name']),
    toolName: effective === 'tool' ? span.name : '',
    costUsd: isObject(costs) ? saneCost(costs['total']) : undefined,
    environment: firstString(attributes, ['langfuse.environment']),
    ...(usage === undefined ? {} : { usage }),
    content: finishContent(draft),
  };
}

/** Usage details name disjoint parts: `input` is what was not cached. The cached parts go by the name each vendor has for them. */
function readUsage(attributes: Attributes): Usage | undefined {
  const details = structured(attributes['langfuse.observation.usage_details']);
  if (!isObject(details)) return undefined;
  const first = (...keys: string[]) => sane(keys.map((key) => details[key]).find((value) => value !== undefined));
  return {
    input: first('input', 'input_tokens', 'prompt_tokens'),
    inputIncludesCache: false,
    cacheRead: first('input_cached_tokens', 'cache_read_input_tokens', 'input_cache_read'),
    cacheWrite: first('cache_creation_input_tokens', 'input_cache_creation', 'input_cache_write'),
    output: first('output', 'output_tokens', 'completion_tokens'),
    reasoning: first('output_reasoning_tokens', 'output_reasoning'),
  };
}
