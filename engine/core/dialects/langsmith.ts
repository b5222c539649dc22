import type { AgentSpanKind } from '../agent-span.ts';
import type { Attributes } from '../attributes.ts';
import { firstString } from '../attributes.ts';
import type { Span } from '../span.ts';
import type { Dialect, Reading } from './dialect.ts';
import { isObject, structured } from './parse-json.ts';
import type { Usage } from './usage.ts';
import { sane } from './usage.ts';
import { providerName } from './vendor-name.ts';

/**
 * LangSmith's own keys. Its content stands in gen_ai.prompt and gen_ai.completion, for tools too: the kind said here lets the
 * GenAI reader tell them apart.
 */
export const langsmith: Dialect = {
  name: 'langsmith',
  keys: ['langsmith.'],
  read: readLangsmith,
};

const KINDS: ReadonlyMap<string, AgentSpanKind> = new Map([
  ['llm', 'llm'],
  ['chain', 'chain'],
  ['prompt', 'chain'],
  ['parser', 'chain'],
  ['tool', 'tool'],
  ['retriever', 'retriever'],
  ['embedding', 'embedding'],
]);

function readLangsmith(span: Span): Reading {
  const { attributes } = span;
  const usage = readUsage(attributes);
  const own = KINDS.get(firstString(attributes, ['langsmith.span.kind']).toLowerCase()) ?? '';
  return {
    kind: own,
    // A trace's "session" is its project; the thread of a conversation is told in the metadata.
    sessionId: firstString(attributes, [
      'langsmith.metadata.session_id',
      'langsmith.metadata.thread_id',
      'langsmith.metadata.conversation_id',
      'langsmith.trace.session_id',
    ]),
    userId: firstString(attributes, ['langsmith.metadata.user_id']),
    agentName: firstString(attributes, ['langsmith.metadata.lc_agent_name', 'langsmith.metadata.agent_name']),
    provider: providerName(firstString(attributes, ['langsmith.metadata.ls_provider'])),
    requestModel: firstString(attributes, ['langsmith.metadata.ls_model_name']),
    toolName: own === 'tool' ? firstString(attributes, ['gen_ai.tool.name', 'langsmith.trace.name']) || span.name : '',
    workflow: firstString(attributes, ['langsmith.metadata.langgraph_node']),
    ...(usage === undefined ? {} : { usage }),
  };
}

/** LangChain's usage metadata: the totals include their details. */
function readUsage(attributes: Attributes): Usage | undefined {
  const usage = structured(attributes['langsmith.usage_metadata']);
  if (!isObject(usage)) return undefined;
  const input = isObject(usage['input_token_details']) ? usage['input_token_details'] : {};
  const output = isObject(usage['output_token_details']) ? usage['output_token_details'] : {};
  return {
    input: sane(usage['input_tokens']),
    inputIncludesCache: true,
    cacheRead: sane(input['cache_read']),
    cacheWrite: sane(input['cache_creation']),
    output: sane(usage['output_tokens']),
    reasoning: sane(output['reasoning']),
  };
}
