import type { AgentSpanKind } from '../agent-span.ts';
import type { Attributes } from '../attributes.ts';
import { firstString } from '../attributes.ts';
import type { Span } from '../span.ts';
import type { Dialect, Reading } from './dialect.ts';
import { readOpenInferenceContent } from './openinference-content.ts';
import { isObject, structured } from './parse-json.ts';
import { textOf } from './plain-text.ts';
import type { Usage } from './usage.ts';
import { cost, count } from './usage.ts';
import { isPromptText, providerName } from './vendor-name.ts';

/** OpenInference, the convention of Arize's instrumentations; TraceCtrl builds on it. */
export const openinference: Dialect = {
  name: 'openinference',
  keys: [
    'openinference.',
    'llm.system',
    'llm.provider',
    'llm.model_name',
    'llm.input_messages.',
    'llm.output_messages.',
    'llm.token_count.',
    'llm.invocation_parameters',
    'llm.tools.',
    'tool.name',
    'tool_call.function.',
    'input.value',
    'output.value',
    'retrieval.documents',
    'reranker.',
    'embedding.',
  ],
  read: readOpeninference,
};

const KINDS: ReadonlyMap<string, AgentSpanKind> = new Map([
  ['LLM', 'llm'],
  ['EMBEDDING', 'embedding'],
  ['CHAIN', 'chain'],
  ['PROMPT', 'chain'],
  ['RETRIEVER', 'retriever'],
  ['RERANKER', 'retriever'],
  ['TOOL', 'tool'],
  ['AGENT', 'agent'],
  ['GUARDRAIL', 'guardrail'],
  ['EVALUATOR', 'evaluator'],
]);

function readOpeninference(span: Span, kind: AgentSpanKind): Reading {
  const { attributes } = span;
  const own =
    KINDS.get(firstString(attributes, ['openinference.span.kind']).toUpperCase()) ??
    (firstString(attributes, ['tool.name']) === '' ? '' : 'tool');
  const effective = kind || own;
  const metadata = structured(attributes['metadata']);
  const system = firstString(attributes, ['llm.system']);
  const model = firstString(attributes, ['llm.model_name', 'embedding.model_name']);
  const toolName = firstString(attributes, ['tool.name', 'tool_call.function.name']);
  return {
    kind: own,
    sessionId:
      firstString(attributes, ['session.id']) || textIn(metadata, 'session_id') || textIn(metadata, 'thread_id'),
    userId: firstString(attributes, ['user.id']) || textIn(metadata, 'user_id'),
    agentId: firstString(attributes, ['graph.node.id']),
    agentName: firstString(attributes, ['agent.name']) || textIn(metadata, 'lc_agent_name'),
    workflow: firstString(attributes, ['graph.node.name', 'graph.node.parent_id']),
    provider: providerName(firstString(attributes, ['llm.provider']) || (isPromptText(system) ? '' : system)),
    requestModel: firstString(attributes, ['llm.request.model_name']) || model,
    responseModel: firstString(attributes, ['llm.response.model_name']) || model,
    toolName: toolName || (own === 'tool' ? span.name : ''),
    toolDescription: firstString(attributes, ['tool.description']),
    toolCallId: firstString(attributes, ['tool.id', 'tool_call.id']),
    costUsd: cost(attributes, 'llm.cost.total'),
    finishReason: firstString(attributes, ['llm.finish_reason']),
    usage: readUsage(attributes),
    content: readOpenInferenceContent(span, effective),
  };
}

function textIn(metadata: unknown, key: string): string {
  const value = isObject(metadata) ? metadata[key] : undefined;
  return typeof value === 'string' || typeof value === 'number' ? textOf(value) : '';
}

function readUsage(attributes: Attributes): Usage {
  return {
    input: count(attributes, 'llm.token_count.prompt'),
    inputIncludesCache: true,
    cacheRead: count(attributes, 'llm.token_count.prompt_details.cache_read'),
    cacheWrite: count(attributes, 'llm.token_count.prompt_details.cache_write'),
    output: count(attributes, 'llm.token_count.completion'),
    reasoning: count(attributes, 'llm.token_count.completion_details.reasoning'),
  };
}
