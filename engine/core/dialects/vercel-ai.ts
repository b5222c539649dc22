import type { AgentSpanKind, Content } from '../agent-span.ts';
import type { Attributes } from '../attributes.ts';
import { firstString } from '../attributes.ts';
import type { Span } from '../span.ts';
import { addText, contentDraft, finishContent } from './content-draft.ts';
import type { Dialect, Reading } from './dialect.ts';
import { isObject, structured } from './parse-json.ts';
import { textOf, unquoted } from './plain-text.ts';
import { readToolCall } from './read-block.ts';
import { readMessages } from './read-messages.ts';
import type { Usage } from './usage.ts';
import { count, sane } from './usage.ts';
import { providerName } from './vendor-name.ts';

/**
 * Vercel's AI SDK up to version 6 and, under its old names, 3. From version 7 it speaks gen_ai.* and keeps a few ai.* extras,
 * which this dialect leaves alone: no operation, nothing said.
 */
export const vercelAi: Dialect = {
  name: 'vercel-ai',
  keys: ['ai.'],
  read: readVercelAi,
};

function readVercelAi(span: Span): Reading {
  const { attributes } = span;
  const operation = operationOf(attributes);
  const telemetry = {
    sessionId: metadata(attributes, 'sessionId', 'session_id', 'threadId'),
    userId: metadata(attributes, 'userId', 'user_id'),
  };
  if (operation === '') return telemetry;
  const kind = kindOf(operation);
  const usage = kind === 'chain' ? undefined : readUsage(attributes);
  return {
    ...telemetry,
    kind,
    agentName: firstString(attributes, ['ai.telemetry.functionId', 'resource.name']),
    workflow: firstString(attributes, ['ai.telemetry.functionId']),
    provider: providerName(firstString(attributes, ['gen_ai.system', 'ai.model.provider'])),
    requestModel: firstString(attributes, ['gen_ai.request.model', 'ai.model.id']),
    responseModel: firstString(attributes, ['gen_ai.response.model', 'ai.response.model']),
    toolName: firstString(attributes, ['ai.toolCall.name']),
    toolCallId: firstString(attributes, ['ai.toolCall.id']),
    finishReason: firstString(attributes, ['ai.response.finishReason', 'ai.finishReason', 'gen_ai.finishReason']),
    ...(usage === undefined ? {} : { usage }),
    content: readContent(attributes, kind),
  };
}

/** `ai.operationId` is exact; `operation.name` has the function's id appended: `ai.toolCall my-function`. */
function operationOf(attributes: Attributes): string {
  const name = firstString(attributes, ['ai.operationId', 'operation.name']).split(' ', 1)[0] ?? '';
  return name.startsWith('ai.') ? name : '';
}

function metadata(attributes: Attributes, ...names: string[]): string {
  return firstString(
    attributes,
    names.flatMap((name) => [`ai.telemetry.metadata.${name}`, `ai.settings.context.${name}`]),
  );
}

/** The inner span of an operation is the call to the model; the outer one repeats its text and sums up its tokens. */
function kindOf(operation: string): AgentSpanKind {
  if (operation === 'ai.toolCall') return 'tool';
  if (operation.endsWith('.doEmbed')) return 'embedding';
  if (operation.endsWith('.doRerank')) return 'retriever';
  return operation.endsWith('.doGenerate') || operation.endsWith('.doStream') ? 'llm' : 'chain';
}

function readUsage(attributes: Attributes): Usage {
  const input = count(attributes, 'ai.usage.inputTokens', 'ai.usage.promptTokens', 'ai.usage.tokens');
  const uncached = count(attributes, 'ai.usage.inputTokenDetails.noCacheTokens');
  const provider = firstString(attributes, ['ai.model.provider', 'gen_ai.system']);
  const extra = providerUsage(attributes);
  return {
    input: uncached ?? input,
    // Before the details came (version 6), input was the vendor's own figure, and Anthropic's leaves the cache out.
    inputIncludesCache: uncached === undefined && !/anthropic|bedrock/.test(provider),
    cacheRead:
      count(attributes, 'ai.usage.inputTokenDetails.cacheReadTokens', 'ai.usage.cachedInputTokens') ?? extra.cacheRead,
    cacheWrite: count(attributes, 'ai.usage.inputTokenDetails.cacheWriteTokens') ?? extra.cacheWrite,
    output: count(attributes, 'ai.usage.outputTokens', 'ai.usage.completionTokens'),
    reasoning:
      count(attributes, 'ai.usage.outputTokenDetails.reasoningTokens', 'ai.usage.reasoningTokens') ?? extra.reasoning,
  };
}

/** Cached tokens as versions before 6 give them: in the JSON of the vendor's metadata. */
function providerUsage(attributes: Attributes): Pick<Usage, 'cacheRead' | 'cacheWrite' | 'reasoning'> {
  const parsed = structured(attributes['ai.response.providerMetadata']);
  if (!isObject(parsed)) return {};
  for (const vendor of ['anthropic', 'bedrock', 'openai', 'azure']) {
    const own = parsed[vendor];
    if (!isObject(own)) continue;
    const usage = isObject(own['usage']) ? own['usage'] : {};
    return {
      cacheRead: sane(
        usage['cache_read_input_tokens'] ??
          usage['cacheReadInputTokens'] ??
          own['cacheReadInputTokens'] ??
          own['cachedPromptTokens'],
      ),
      cacheWrite: sane(
        usage['cache_creation_input_tokens'] ?? usage['cacheWriteInputTokens'] ?? own['cacheCreationInputTokens'],
      ),
      reasoning: sane(own['reasoningTokens']),
    };
  }
  return {};
}

function readContent(attributes: Attributes, kind: AgentSpanKind): Partial<Content> {
  const draft = contentDraft();
  if (kind === 'tool') {
    draft.toolArguments = textOf(attributes['ai.toolCall.args']);
    draft.toolResult = unquoted(attributes['ai.toolCall.result']);
    return finishContent(draft);
  }
  if (kind === 'embedding') {
    for (const value of texts(attributes['ai.values'] ?? attributes['ai.value']))
      addText(draft, 'input', 'document', value);
    return finishContent(draft);
  }
  // Outer embedding spans repeat the text of the inner ones.
  readMessages(attributes['ai.prompt.messages'] ?? attributes['ai.prompt'], draft, {
    direction: 'input',
    roleless: 'user',
  });
  for (const key of [
    'ai.response.reasoning',
    'ai.response.text',
    'ai.result.text',
    'ai.response.object',
    'ai.result.object',
  ]) {
    addText(draft, 'output', 'assistant', textOf(attributes[key]));
  }
  const calls = structured(attributes['ai.response.toolCalls'] ?? attributes['ai.result.toolCalls']);
  if (Array.isArray(calls)) for (const call of calls) readToolCall(call, draft, 'output');
  draft.toolDefinitions = definitions(attributes['ai.prompt.tools']);
  return finishContent(draft);
}

function texts(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).map(unquoted);
}

/** The tools come as a list of JSON texts, one a tool. */
function definitions(value: unknown): string {
  return Array.isArray(value) ? `[${value.map(textOf).join(',')}]` : textOf(value);
}
