import type { ToolCall, ToolEvent } from '../hooks/tool-event.ts';
import type { ClientAttributes } from '../spool/client-span.ts';
import type { Capture } from './capture.ts';

/** Of the tools' own vocabulary; what is longer is none of it. */
const LONGEST_WORD = 128;

/** An event as the attributes of its span, not redacted yet: what the capture allows, and nothing else. */
export function eventAttributes(event: ToolEvent, capture: Capture): ClientAttributes {
  const attributes: Record<string, string | number | boolean> = {};
  const set = (key: string, value: string | number | boolean | undefined): void => {
    if (value !== undefined && value !== '') attributes[key] = value;
  };
  if (capture.level === 'minimal' || capture.level === 'nothing') return attributes;
  set('spanwarden.client.event', event.name);
  set('spanwarden.client.turn_id', event.turnId);
  set('coding_agent.policy.permission_mode', event.permissionMode);
  set('coding_agent.agent.id', event.agentId);
  set('coding_agent.subagent.type', event.agentType);
  set('spanwarden.client.response_length', event.responseLength);
  set('gen_ai.usage.input_tokens', event.tokens?.input);
  set('gen_ai.usage.output_tokens', event.tokens?.output);
  set('gen_ai.usage.cache_read.input_tokens', event.tokens?.cacheRead);
  set('gen_ai.usage.cache_write.input_tokens', event.tokens?.cacheWrite);
  for (const [name, value] of Object.entries(event.facts ?? {}))
    set(`spanwarden.client.${name}`, typeof value === 'string' ? value.slice(0, LONGEST_WORD) : value);
  if (capture.ignoredFile) set('spanwarden.client.ignored', true);
  if (event.action === 'prompt') Object.assign(attributes, promptAttributes(event, capture));
  if (event.call !== undefined) Object.assign(attributes, callAttributes(event.call, capture));
  // a patch names its files in what is not stored
  const paths = event.paths ?? (event.call?.diff === undefined ? [] : event.call.paths);
  if (capture.toolArguments && !capture.ignoredFile) {
    set('coding_agent.file.path', paths.filter(Boolean).join('\n'));
  }
  return attributes;
}

function promptAttributes({ model, prompt = '' }: ToolEvent, { prompts }: Capture): ClientAttributes {
  return {
    'gen_ai.operation.name': 'chat',
    ...(model && { 'gen_ai.request.model': model }),
    'spanwarden.client.prompt_length': prompt.length,
    ...(prompts &&
      prompt !== '' && {
        'gen_ai.input.messages': JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: prompt }] }]),
      }),
  };
}

function callAttributes(call: ToolCall, { toolArguments, edits, ignoredFile }: Capture): ClientAttributes {
  return {
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': call.name,
    'spanwarden.client.tool_kind': call.kind,
    ...(call.id !== '' && { 'gen_ai.tool.call.id': call.id }),
    ...(call.server !== '' && { 'mcp.server.name': call.server }),
    ...(call.resultLength !== undefined && { 'spanwarden.client.result_length': call.resultLength }),
    ...(call.failure && { 'error.type': call.failure }),
    ...(toolArguments && !ignoredFile && { 'gen_ai.tool.call.arguments': json(call.input) }),
    // analysed and dropped by the server
    ...(edits && !ignoredFile && call.diff !== undefined && { 'spanwarden.transient.diff': json(call.diff) }),
  };
}

function json(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return '';
  }
}
