import type { AgentSpanKind } from '../agent-span.ts';
import type { Attributes } from '../attributes.ts';
import { firstString } from '../attributes.ts';
import type { Span } from '../span.ts';
import type { Dialect, Reading } from './dialect.ts';
import { memoryOperation } from './memory-operation.ts';
import { readGenAiContent } from './otel-genai-content.ts';
import { structured } from './parse-json.ts';
import { textOf } from './plain-text.ts';
import type { Usage } from './usage.ts';
import { cost, count } from './usage.ts';
import { frameworkName, providerName } from './vendor-name.ts';

/**
 * OpenTelemetry's GenAI conventions: the repository they live in now, 1.41 and older, their MCP, memory and guardrail parts and
 * the decision fields that agents write beside them. Later names are read first.
 */
export const otelGenai: Dialect = {
  name: 'otel-genai',
  keys: ['gen_ai.', 'mcp.'],
  names: ['gen_ai.'],
  read: readOtelGenai,
};

const OPERATIONS: ReadonlyMap<string, AgentSpanKind> = new Map([
  ['chat', 'llm'],
  ['text_completion', 'llm'],
  ['generate_content', 'llm'],
  ['completion', 'llm'],
  ['generate', 'llm'],
  ['embeddings', 'embedding'],
  ['invoke_agent', 'agent'],
  ['create_agent', 'agent'],
  ['agent_step', 'agent'],
  ['invoke_workflow', 'chain'],
  ['plan', 'chain'],
  ['execute_event_loop_cycle', 'chain'],
  ['execute_tool', 'tool'],
  ['retrieval', 'retriever'],
  ['rerank', 'retriever'],
  ['create_memory_store', 'memory'],
  ['delete_memory_store', 'memory'],
  ['create_memory', 'memory'],
  ['update_memory', 'memory'],
  ['upsert_memory', 'memory'],
  ['delete_memory', 'memory'],
  ['search_memory', 'memory'],
  ['run_guardrail', 'guardrail'],
]);
const MCP_METHODS: ReadonlyMap<string, AgentSpanKind> = new Map([
  ['tools/call', 'tool'],
  ['resources/read', 'retriever'],
  ['prompts/get', 'chain'],
]);

function readOtelGenai(span: Span, kind: AgentSpanKind): Reading {
  const { attributes } = span;
  const own = kindOf(attributes);
  const effective = kind || own;
  const operation = firstString(attributes, ['gen_ai.operation.name']);
  const system = firstString(attributes, ['gen_ai.provider.name', 'gen_ai.system']);
  const mcp = firstString(attributes, ['mcp.method.name']);
  return {
    kind: own,
    sessionId: firstString(attributes, ['gen_ai.conversation.id', 'session.id']),
    userId: firstString(attributes, ['enduser.id', 'user.id', 'gen_ai.user.id', 'gen_ai.user.name']),
    agentId: firstString(attributes, ['gen_ai.agent.id']),
    agentName: firstString(attributes, ['gen_ai.agent.name']),
    agentVersion: firstString(attributes, ['gen_ai.agent.version']),
    agentDescription: firstString(attributes, ['gen_ai.agent.description']),
    agentFramework: frameworkName(system),
    workflow: firstString(attributes, ['gen_ai.workflow.name']),
    provider: providerName(system),
    requestModel: firstString(attributes, ['gen_ai.request.model']),
    responseModel: firstString(attributes, ['gen_ai.response.model']),
    responseId: firstString(attributes, ['gen_ai.response.id']),
    toolName: firstString(attributes, ['gen_ai.tool.name']),
    toolDescription: firstString(attributes, ['gen_ai.tool.description']),
    toolCallId: firstString(attributes, ['gen_ai.tool.call.id']),
    toolType: firstString(attributes, ['gen_ai.tool.type']) || (mcp === 'tools/call' ? 'mcp' : ''),
    mcpServer: firstString(attributes, ['mcp.server.name', 'mcp_server.name']),
    decision: firstString(attributes, ['gen_ai.agent.decision']),
    decisionTool: firstString(attributes, ['gen_ai.agent.decision.tool']),
    step: count(attributes, 'gen_ai.agent.step'),
    stepCount: count(attributes, 'gen_ai.agent.step.count'),
    costUsd: cost(attributes, 'gen_ai.usage.cost', 'operation.cost'),
    finishReason: finishReason(attributes),
    memoryOperation: effective === 'memory' ? memoryOperation(operation) : '',
    memoryStoreId: firstString(attributes, ['gen_ai.memory.store.id']),
    guardrailVerdict: firstString(attributes, ['gen_ai.guardrail.verdict.type', 'gen_ai.guardrail.action.type']),
    usage: readUsage(attributes),
    content: readGenAiContent(span, effective),
  };
}

function kindOf(attributes: Attributes): AgentSpanKind {
  const byOperation = OPERATIONS.get(firstString(attributes, ['gen_ai.operation.name']));
  if (byOperation !== undefined) return byOperation;
  const byMethod = MCP_METHODS.get(firstString(attributes, ['mcp.method.name']));
  if (byMethod !== undefined) return byMethod;
  if (firstString(attributes, ['gen_ai.tool.name', 'gen_ai.tool.call.id']) !== '') return 'tool';
  // Senders older than the operation: what asks for a model and names no operation is a call to it.
  const named = firstString(attributes, ['gen_ai.operation.name']) !== '';
  return !named && firstString(attributes, ['gen_ai.request.model']) !== '' ? 'llm' : '';
}

/** Totals include cached tokens by the convention. The later names of each part come first, then what others call it. */
function readUsage(attributes: Attributes): Usage {
  return {
    input: count(attributes, 'gen_ai.usage.input_tokens', 'gen_ai.usage.prompt_tokens'),
    inputIncludesCache: true,
    cacheRead: count(
      attributes,
      'gen_ai.usage.cache_read.input_tokens',
      'gen_ai.usage.cache_read_input_tokens',
      'gen_ai.usage.cache.read_input_tokens',
      'gen_ai.usage.details.cache_read_tokens',
    ),
    cacheWrite: count(
      attributes,
      'gen_ai.usage.cache_write.input_tokens',
      'gen_ai.usage.cache_creation.input_tokens',
      'gen_ai.usage.cache_creation_input_tokens',
      'gen_ai.usage.cache_write_input_tokens',
      'gen_ai.usage.cache.creation_input_tokens',
      'gen_ai.usage.details.cache_write_tokens',
    ),
    output: count(attributes, 'gen_ai.usage.output_tokens', 'gen_ai.usage.completion_tokens'),
    reasoning: count(
      attributes,
      'gen_ai.usage.reasoning.output_tokens',
      'gen_ai.usage.reasoning_tokens',
      'gen_ai.usage.details.reasoning_tokens',
      'ai.usage.outputTokenDetails.reasoningTokens',
    ),
  };
}

/** One reason a choice; the first stands for the answer. */
function finishReason(attributes: Attributes): string {
  const value = attributes['gen_ai.response.finish_reasons'];
  const reasons = structured(value) ?? value;
  if (Array.isArray(reasons)) return textOf(reasons[0]);
  return textOf(reasons) || firstString(attributes, ['gen_ai.response.finish_reason', 'gen_ai.response.stop_reason']);
}
