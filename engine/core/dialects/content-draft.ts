import type { Content, ContentPart, ContentRole, RequestedToolCall } from '../agent-span.ts';
import { MAX_SLOTS } from './unflatten.ts';

/** Which way a message goes: into the model, agent or chain that the span is, or out of it. */
export type Direction = 'input' | 'output';

/** Collects a span's content while its messages are read. */
export interface ContentDraft {
  readonly system: string[];
  readonly input: ContentPart[];
  readonly output: ContentPart[];
  readonly toolCalls: RequestedToolCall[];
  toolArguments: string;
  toolResult: string;
  toolDefinitions: string;
}

export function contentDraft(): ContentDraft {
  return { system: [], input: [], output: [], toolCalls: [], toolArguments: '', toolResult: '', toolDefinitions: '' };
}

/**
 * Adds a text. Out goes only what the model itself wrote: what a tool, a document or a memory gave came in, wherever the sender
 * lists it, and what others said in an output is a repetition of the input. The system messages that open a conversation are
 * the system prompt; a later one stays in its place, so that it is no change of the prompt.
 */
export function addText(draft: ContentDraft, direction: Direction, role: ContentRole, text: string): void {
  // 'null' is what a missing content looks like after an eager String().
  if (text === '' || text === 'null') return;
  if (direction === 'output') {
    if (role === 'assistant') push(draft.output, { role, text });
    else if (role !== 'user' && role !== 'system') push(draft.input, { role, text });
    return;
  }
  if (role === 'system' && draft.input.length === 0) push(draft.system, withoutBillingHeader(text));
  else push(draft.input, { role, text });
}

/**
 * Claude Code opens its system prompt with a line for its vendor's accounting that differs from request to request. It is no
 * instruction, and left in it would make every request a changed prompt.
 */
function withoutBillingHeader(text: string): string {
  if (!text.startsWith('x-anthropic-billing-header:')) return text;
  const end = text.indexOf('\n');
  return end < 0 ? '' : text.slice(end).trimStart();
}

/** Adds a call that the answer asks for; a call in the history was reported by the span that made it. */
export function addToolCall(draft: ContentDraft, direction: Direction, call: RequestedToolCall): void {
  if (direction === 'input' || call.name === '' || draft.toolCalls.length >= MAX_SLOTS) return;
  if (call.id !== '' && draft.toolCalls.some(({ id }) => id === call.id)) return;
  push(draft.toolCalls, call);
}

function push<T>(list: T[], item: T): void {
  if (list.length < MAX_SLOTS) list.push(item);
}

/** What the draft holds; fields that nothing was found for are left out. */
export function finishContent(draft: ContentDraft): Partial<Content> {
  const content: { -readonly [Field in keyof Content]?: Content[Field] } = {};
  if (draft.system.length > 0) content.systemPrompt = draft.system.filter((text) => text !== '').join('\n');
  if (draft.input.length > 0) content.input = draft.input;
  if (draft.output.length > 0) content.output = draft.output;
  if (draft.toolCalls.length > 0) content.toolCalls = draft.toolCalls;
  if (draft.toolArguments !== '') content.toolArguments = draft.toolArguments;
  if (draft.toolResult !== '') content.toolResult = draft.toolResult;
  if (draft.toolDefinitions !== '') content.toolDefinitions = draft.toolDefinitions;
  return content;
}
