import type { AgentSpanKind, Content } from '../agent-span.ts';
import type { Attributes } from '../attributes.ts';
import { firstString } from '../attributes.ts';
import type { Span } from '../span.ts';
import { addText, contentDraft, finishContent } from './content-draft.ts';
import type { Dialect, Reading } from './dialect.ts';
import { textOf } from './plain-text.ts';
import { readMessages } from './read-messages.ts';
import type { Usage } from './usage.ts';
import { count } from './usage.ts';

/** Gemini CLI's events and metrics (docs/cli/telemetry.md of google-gemini/gemini-cli), and the tools built on it. */
export const geminiCli: Dialect = {
  name: 'gemini-cli',
  keys: ['gemini_cli.'],
  names: ['gemini_cli.', 'qwen-code.'],
  read: readGeminiCli,
};

const KINDS: ReadonlyMap<string, AgentSpanKind> = new Map([
  ['user_prompt', 'agent'],
  ['api_response', 'llm'],
  ['api_error', 'llm'],
  ['api_request', 'chain'],
  ['tool_call', 'tool'],
]);

function readGeminiCli({ name, attributes, resource }: Span): Reading {
  const part = name.slice(name.indexOf('.') + 1);
  const tool = part === 'tool_call' || part === 'tool.call.count';
  return {
    kind: KINDS.get(part) ?? '',
    sessionId: firstString(attributes, ['session.id']) || firstString(resource.attributes, ['session.id']),
    userId: firstString(attributes, ['user.email', 'user.id', 'installation.id']),
    agentName: 'gemini-cli',
    agentFramework: 'gemini-cli',
    agentVersion: firstString(resource.attributes, ['service.version']),
    requestModel: firstString(attributes, ['model']),
    responseModel: firstString(attributes, ['model']),
    turnId: firstString(attributes, ['prompt_id']),
    toolName: tool ? firstString(attributes, ['function_name']) : '',
    toolCallId: firstString(attributes, ['call_id']),
    toolType: firstString(attributes, ['tool_type']),
    mcpServer: firstString(attributes, ['mcp_server_name']),
    finishReason: firstString(attributes, ['finish_reasons']),
    guardrailVerdict: tool ? firstString(attributes, ['decision']) : '',
    permissionMode: firstString(attributes, ['approval_mode']),
    ...(part === 'api_response' && { usage: readUsage(attributes) }),
    content: readContent(attributes, part),
  };
}

/** As in Google's usage metadata: the prompt includes what was cached, the thoughts stand beside the output. */
function readUsage(attributes: Attributes): Usage {
  const thoughts = count(attributes, 'thoughts_token_count');
  const output = count(attributes, 'output_token_count');
  return {
    input: count(attributes, 'input_token_count'),
    inputIncludesCache: true,
    cacheRead: count(attributes, 'cached_content_token_count'),
    output: output === undefined ? thoughts : output + (thoughts ?? 0),
    reasoning: thoughts,
  };
}

function readContent(attributes: Attributes, part: string): Partial<Content> {
  const draft = contentDraft();
  if (part === 'tool_call') draft.toolArguments = textOf(attributes['function_args']);
  if (part === 'user_prompt') addText(draft, 'input', 'user', firstString(attributes, ['prompt']));
  if (part === 'api_request') {
    readMessages(attributes['request_text'], draft, { direction: 'input', roleless: undefined });
  }
  if (part === 'api_response') {
    readMessages(attributes['response_text'], draft, { direction: 'output', roleless: 'assistant' });
  }
  return finishContent(draft);
}
