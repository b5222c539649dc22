import type { AgentSpanKind } from '../agent-span.ts';
import type { ContentDraft } from './content-draft.ts';
import type { JsonObject } from './parse-json.ts';
import { isObject, structured } from './parse-json.ts';
import { resultText, textOf } from './plain-text.ts';
import { readMessage, readMessages } from './read-messages.ts';

const ROLES: ReadonlyMap<string, string> = new Map([
  ['gen_ai.system.message', 'system'],
  ['gen_ai.user.message', 'user'],
  ['gen_ai.assistant.message', 'assistant'],
  ['gen_ai.tool.message', 'tool'],
]);

const INPUT = { direction: 'input', roleless: 'user' } as const;
const OUTPUT = { direction: 'output', roleless: 'assistant' } as const;

/**
 * Reads one event of the conventions before 1.37: a message each. The fields are the event's attributes, or JSON in one of
 * them. On a tool's own span the tool's message holds its arguments and the choice its result.
 */
export function readGenAiEvent(name: string, fields: JsonObject, kind: AgentSpanKind, draft: ContentDraft): void {
  const packed = structured(fields['gen_ai.event.content']);
  const body: JsonObject = isObject(packed) ? packed : fields;
  const role = ROLES.get(name);
  if (name === 'gen_ai.choice') readChoice(body, kind, draft);
  else if (name === 'gen_ai.content.prompt') readMessages(fields['gen_ai.prompt'], draft, INPUT);
  else if (name === 'gen_ai.content.completion') readMessages(fields['gen_ai.completion'], draft, OUTPUT);
  else if (role === 'tool' && kind === 'tool') draft.toolArguments ||= resultText(body['content'] ?? '');
  else if (role !== undefined) {
    readMessage({ content: body['content'], tool_calls: list(body['tool_calls']), role }, draft, INPUT);
  }
}

function readChoice(body: JsonObject, kind: AgentSpanKind, draft: ContentDraft): void {
  const message = structured(body['message']) ?? body['message'] ?? body['content'];
  if (kind === 'tool') {
    draft.toolResult ||= resultText(message ?? '');
    return;
  }
  const whole = isObject(message) && (message['content'] !== undefined || message['tool_calls'] !== undefined);
  readMessage(
    whole
      ? { ...message, tool_calls: list(message['tool_calls']), role: 'assistant' }
      : {
          content: isObject(message) ? textOf(message) : message,
          tool_calls: list(body['tool_calls']),
          role: 'assistant',
        },
    draft,
    OUTPUT,
  );
  // Strands adds what the tools gave in the same cycle.
  const results = structured(body['tool.result']);
  if (results !== undefined) readMessage({ content: results, role: 'assistant' }, draft, OUTPUT);
}

function list(value: unknown): unknown {
  return structured(value) ?? value;
}
