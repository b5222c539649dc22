import type { AgentSpanKind, Content } from '../agent-span.ts';
import type { Attributes } from '../attributes.ts';
import { firstString } from '../attributes.ts';
import type { Span } from '../span.ts';
import type { ContentDraft } from './content-draft.ts';
import { addText, contentDraft, finishContent } from './content-draft.ts';
import type { Dialect, Reading } from './dialect.ts';
import { textOf } from './plain-text.ts';
import { readMessages } from './read-messages.ts';
import { cost, count } from './usage.ts';

/** Claude Code's own spans (its tracing beta), events and metrics. The spans' names were plain before they came to carry gen_ai.* beside. */
export const claudeCode: Dialect = {
  name: 'claude-code',
  keys: ['claude_code.'],
  names: ['claude_code.', 'com.anthropic.claude_code'],
  read: readClaudeCode,
};

/**
 * By the span's name after `claude_code.`. Running a tool is part of the call that the `tool` span is, so that a call counts
 * once; waiting for the user's permission is a guardrail's decision.
 */
const KINDS: ReadonlyMap<string, AgentSpanKind> = new Map([
  ['interaction', 'agent'],
  ['llm_request', 'llm'],
  ['tool', 'tool'],
  ['tool.execution', 'chain'],
  ['tool.blocked_on_user', 'guardrail'],
  ['hook', 'chain'],
  // Events, where no span stands for the same.
  ['user_prompt', 'agent'],
  ['api_request', 'llm'],
  ['api_error', 'llm'],
  ['api_request_body', 'chain'],
  ['api_response_body', 'chain'],
  ['api_refusal', 'guardrail'],
  ['tool_result', 'tool'],
  ['tool_decision', 'guardrail'],
  ['permission_mode_changed', 'guardrail'],
  ['hook_execution_complete', 'guardrail'],
  ['subagent_completed', 'agent'],
]);

/** What stands in place of a prompt whose content gate is shut. */
const WITHHELD = '<REDACTED>';
const TOOL_RESULT = '[TOOL RESULT';

function readClaudeCode(span: Span): Reading {
  const { attributes, resource } = span;
  const part = (firstString(attributes, ['span.type']) || span.name).replace(/^claude_code\./, '');
  const service = firstString(resource.attributes, ['service.name']);
  const blocking = count(attributes, 'num_blocking') ?? 0;
  return {
    kind: KINDS.get(part) ?? '',
    sessionId: firstString(attributes, ['session.id']),
    userId: userOf(attributes),
    agentId: firstString(attributes, ['agent_id']),
    agentName:
      firstString(attributes, part === 'subagent_completed' ? ['agent_type'] : ['agent.name']) ||
      (service.startsWith('claude-code') ? service : 'claude-code'),
    agentVersion:
      firstString(attributes, ['app.version']) || firstString(resource.attributes, ['app.version', 'service.version']),
    agentFramework: 'claude-code',
    callerAgentId: firstString(attributes, ['parent_agent_id']),
    workflow: firstString(attributes, ['workflow.name', 'workflow.run_id']),
    requestModel: firstString(attributes, ['gen_ai.request.model', 'model']),
    responseModel: firstString(attributes, ['model']),
    responseId: firstString(attributes, ['request_id', 'gen_ai.response.id']),
    turnId: firstString(attributes, ['prompt.id']),
    toolName: firstString(attributes, ['tool_name']),
    toolCallId: firstString(attributes, ['tool_use_id', 'gen_ai.tool.call.id']),
    toolType: firstString(attributes, ['tool_source']),
    mcpServer: firstString(attributes, ['mcp_server.name']),
    finishReason: firstString(attributes, ['stop_reason']),
    guardrailVerdict:
      firstString(attributes, ['decision']) || (blocking > 0 ? 'block' : part === 'api_refusal' ? 'refuse' : ''),
    permissionMode: firstString(attributes, part === 'permission_mode_changed' ? ['to_mode'] : ['permission_mode']),
    costUsd: cost(attributes, 'cost_usd'),
    usage: {
      // As in Anthropic's usage block, cached tokens are counted apart.
      input: count(attributes, 'input_tokens'),
      inputIncludesCache: false,
      cacheRead: count(attributes, 'cache_read_tokens'),
      cacheWrite: count(attributes, 'cache_creation_tokens'),
      output: count(attributes, 'output_tokens'),
    },
    content: readContent(span, part),
  };
}

/** A person where the sender names one; `user.id` is a random install id unless an identity provider's gateway set it. */
function userOf(attributes: Attributes): string {
  const byGateway = textOf(attributes['identity.source']).startsWith('gateway');
  return firstString(
    attributes,
    byGateway ? ['user.id', 'user.email'] : ['user.email', 'user.account_uuid', 'user.account_id', 'user.id'],
  );
}

function readContent({ attributes, events }: Span, part: string): Partial<Content> {
  const draft = contentDraft();
  if (part === 'tool_result' || part === 'tool_decision') {
    draft.toolArguments = toolArguments(attributes, undefined);
    return finishContent(draft);
  }
  if (part === 'api_request_body') {
    readMessages(attributes['body'], draft, { direction: 'input', roleless: undefined });
    return finishContent(draft);
  }
  if (part === 'api_response_body') {
    readMessages(attributes['body'], draft, { direction: 'output', roleless: undefined });
    return finishContent(draft);
  }
  if (part === 'tool') {
    const output = events.find(({ name }) => name === 'tool.output')?.attributes;
    draft.toolArguments = toolArguments(attributes, output);
    draft.toolResult = toolResult(attributes, output);
    return finishContent(draft);
  }
  addText(draft, 'input', 'system', firstString(attributes, ['user_system_prompt', 'system_prompt_preview']));
  const prompt = firstString(attributes, part === 'user_prompt' ? ['prompt'] : ['user_prompt']);
  if (prompt !== WITHHELD) addText(draft, 'input', 'user', prompt);
  if (draft.input.length === 0) addContext(draft, firstString(attributes, ['new_context']));
  const answer = firstString(attributes, part === 'assistant_response' ? ['response'] : ['response.model_output']);
  if (answer !== WITHHELD) addText(draft, 'output', 'assistant', answer);
  draft.toolDefinitions = textOf(attributes['tools']);
  return finishContent(draft);
}

/**
 * `new_context` joins the new messages, each under a heading. A result could carry a heading of its own to pass for the user's
 * words, so that everything from the first result on counts as the tool's.
 */
function addContext(draft: ContentDraft, context: string): void {
  if (context === WITHHELD) return;
  const result = context.startsWith(TOOL_RESULT) ? 0 : context.indexOf(`\n${TOOL_RESULT}`);
  const said = (result < 0 ? context : context.slice(0, result)).trimEnd();
  addText(
    draft,
    'input',
    'user',
    withoutHeading(result > 0 && said.endsWith('\n---') ? said.slice(0, -4).trimEnd() : said),
  );
  if (result >= 0) addText(draft, 'input', 'tool', withoutHeading(context.slice(result).trimStart()));
}

/** `[TOOL INPUT: Bash]\n{...}` without its first line. */
function withoutHeading(text: string): string {
  const end = text.startsWith('[') ? text.indexOf(']\n') : -1;
  return end < 0 || end > 256 ? text : text.slice(end + 2);
}

function toolArguments(attributes: Attributes, output: Attributes | undefined): string {
  const whole = withoutHeading(textOf(attributes['tool_input'])) || textOf(attributes['tool_parameters']);
  if (whole !== '') return whole;
  const known: Record<string, unknown> = {};
  const command = firstString(attributes, ['full_command']) || firstString(output ?? {}, ['bash_command']);
  const path = firstString(attributes, ['file_path']) || firstString(output ?? {}, ['file_path']);
  if (command !== '') known['command'] = command;
  if (path !== '') known['file_path'] = path;
  // What Write and Edit put into a file is an argument; what Read found there is a result.
  if (writesFile(attributes)) {
    for (const key of ['content', 'diff']) if (output?.[key] !== undefined) known[key] = textOf(output[key]);
  }
  for (const key of ['skill_name', 'subagent_type']) {
    const value = firstString(attributes, [key]);
    if (value !== '') known[key] = value;
  }
  return Object.keys(known).length === 0 ? '' : JSON.stringify(known);
}

function toolResult(attributes: Attributes, output: Attributes | undefined): string {
  const keys = writesFile(attributes) ? ['output'] : ['output', 'content'];
  return firstString(output ?? {}, keys) || withoutHeading(firstString(attributes, ['new_context']));
}

function writesFile(attributes: Attributes): boolean {
  return ['Write', 'Edit', 'MultiEdit', 'NotebookEdit'].includes(firstString(attributes, ['tool_name']));
}
