import type { Attributes } from '../attributes.ts';
import { firstNumber, firstString } from '../attributes.ts';

/**
 * What an event is beside a line in a log. `action`: a step of an agent, which is a span unless its sender traces the same step.
 * `content`: what was said in a step that has a span or an event of its own.
 */
export type EventRole = 'action' | 'content' | '';

const ROLES: ReadonlyMap<string, EventRole> = new Map([
  ['claude_code.user_prompt', 'action'],
  ['claude_code.api_request', 'action'],
  ['claude_code.api_error', 'action'],
  ['claude_code.api_refusal', 'action'],
  ['claude_code.tool_result', 'action'],
  ['claude_code.tool_decision', 'action'],
  ['claude_code.permission_mode_changed', 'action'],
  ['claude_code.subagent_completed', 'action'],
  ['claude_code.assistant_response', 'content'],
  ['claude_code.api_request_body', 'content'],
  ['claude_code.api_response_body', 'content'],
  ['gemini_cli.user_prompt', 'action'],
  ['gemini_cli.api_response', 'action'],
  ['gemini_cli.api_error', 'action'],
  ['gemini_cli.tool_call', 'action'],
  ['gemini_cli.api_request', 'content'],
  ['codex.user_prompt', 'action'],
  ['codex.tool_result', 'action'],
  ['codex.tool_decision', 'action'],
  ['gen_ai.client.inference.operation.details', 'content'],
  ['gen_ai.system.message', 'content'],
  ['gen_ai.user.message', 'content'],
  ['gen_ai.assistant.message', 'content'],
  ['gen_ai.tool.message', 'content'],
  ['gen_ai.choice', 'content'],
]);

export function eventRole(name: string, attributes: Attributes): EventRole {
  // A hook that let everything pass did nothing.
  if (name === 'claude_code.hook_execution_complete') {
    return (firstNumber(attributes, ['num_blocking']) ?? 0) > 0 ? 'action' : '';
  }
  // Of an answer's stream only the end says what it cost.
  if (name === 'codex.sse_event') {
    return firstString(attributes, ['event.kind']) === 'response.completed' ? 'action' : '';
  }
  return ROLES.get(name) ?? '';
}

/** Events that begin a turn: those of the same turn come below them. */
export function beginsTurn(name: string): boolean {
  return name.endsWith('.user_prompt');
}
