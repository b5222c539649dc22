import type { AgentSpanKind, Content } from '../agent-span.ts';
import type { Attributes } from '../attributes.ts';
import { firstString } from '../attributes.ts';
import type { Span } from '../span.ts';
import { addText, contentDraft, finishContent } from './content-draft.ts';
import type { Dialect, Reading } from './dialect.ts';
import { resultText, textOf } from './plain-text.ts';
import { count } from './usage.ts';

/** Codex's events and metrics (docs/config.md of openai/codex). */
export const codex: Dialect = {
  name: 'codex',
  keys: ['codex.'],
  names: ['codex.', 'codex_otel'],
  read: readCodex,
};

const KINDS: ReadonlyMap<string, AgentSpanKind> = new Map([
  ['codex.user_prompt', 'agent'],
  // The last event of an answer's stream, which counts its tokens.
  ['codex.sse_event', 'llm'],
  ['codex.tool_result', 'tool'],
  ['codex.tool_decision', 'guardrail'],
]);

function readCodex({ name, attributes, resource }: Span): Reading {
  return {
    kind: KINDS.get(name) ?? '',
    sessionId: firstString(attributes, ['conversation.id', 'session.id']),
    userId: firstString(attributes, ['user.email', 'user.account_id', 'user.id']),
    agentName: 'codex',
    agentFramework: 'codex',
    agentVersion: firstString(attributes, ['app.version']) || firstString(resource.attributes, ['service.version']),
    provider: firstString(attributes, ['provider_name']).toLowerCase(),
    requestModel: firstString(attributes, ['model', 'slug']),
    responseModel: firstString(attributes, ['model', 'slug']),
    responseId: firstString(attributes, ['response.id', 'response_id']),
    toolName: firstString(attributes, ['tool_name']),
    toolCallId: firstString(attributes, ['call_id']),
    mcpServer: firstString(attributes, ['mcp_server', 'mcp_server_name']),
    guardrailVerdict: firstString(attributes, ['decision']),
    permissionMode: firstString(attributes, ['approval_policy']),
    usage: {
      // As in OpenAI's usage: cached tokens are part of the input, reasoning is part of the output.
      input: count(attributes, 'input_token_count'),
      inputIncludesCache: true,
      cacheRead: count(attributes, 'cached_token_count'),
      output: count(attributes, 'output_token_count'),
      reasoning: count(attributes, 'reasoning_token_count'),
    },
    content: readContent(attributes, name),
  };
}

function readContent(attributes: Attributes, name: string): Partial<Content> {
  const draft = contentDraft();
  if (name === 'codex.user_prompt') addText(draft, 'input', 'user', firstString(attributes, ['prompt']));
  if (name === 'codex.tool_result') {
    draft.toolArguments = textOf(attributes['arguments']);
    draft.toolResult = resultText(attributes['output'] ?? '');
  }
  return finishContent(draft);
}
