import type { ContentRole } from '../agent-span.ts';
import type { ContentDraft, Direction } from './content-draft.ts';
import { addText } from './content-draft.ts';
import type { JsonObject } from './parse-json.ts';
import { isObject, parseJson } from './parse-json.ts';
import { resultText, textOf } from './plain-text.ts';
import { readBlock, readToolCall } from './read-block.ts';

/** Lists of lists of messages (LangChain batches them), `{messages: {...}}` in a wrapper. */
const MAX_DEPTH = 4;

const ROLES: ReadonlyMap<string, ContentRole> = new Map([
  ['system', 'system'],
  ['developer', 'system'],
  ['systemmessage', 'system'],
  ['user', 'user'],
  ['human', 'user'],
  ['humanmessage', 'user'],
  ['assistant', 'assistant'],
  ['ai', 'assistant'],
  ['model', 'assistant'],
  ['aimessage', 'assistant'],
  ['aimessagechunk', 'assistant'],
  ['tool', 'tool'],
  ['function', 'tool'],
  ['toolmessage', 'tool'],
  ['functionmessage', 'tool'],
  ['memory', 'memory'],
]);

/** Where requests, states and answers keep their messages; the system prompt first. */
const WRAPPERS: Readonly<Record<Direction, readonly string[]>> = {
  input: ['system', 'instructions', 'messages', 'prompt', 'contents', 'input'],
  output: ['messages', 'choices', 'output', 'generations'],
};

export interface ReadOptions {
  direction: Direction;
  /** Who wrote a text that comes without a role; undefined leaves such a text out. */
  roleless: ContentRole | undefined;
}

/**
 * Reads messages in whatever shape they come: JSON text or structure, a list, one message, a whole request or answer of an
 * OpenAI, Anthropic, Google or LangChain API, or plain words. Malformed JSON is plain words.
 */
export function readMessages(value: unknown, draft: ContentDraft, options: ReadOptions, depth = 0): void {
  if (typeof value === 'string') {
    const parsed = depth === 0 ? parseJson(value) : undefined;
    if (parsed === undefined || !readKnown(parsed, draft, options, depth)) addRoleless(draft, options, value);
  } else if (value !== null && value !== undefined && !readKnown(value, draft, options, depth)) {
    addRoleless(draft, options, textOf(value));
  }
}

function addRoleless(draft: ContentDraft, { direction, roleless }: ReadOptions, text: string): void {
  if (roleless !== undefined) addText(draft, direction, roleless, text);
}

/** False when `value` has no shape that messages have. */
function readKnown(value: unknown, draft: ContentDraft, options: ReadOptions, depth: number): boolean {
  if (typeof value === 'string') {
    addRoleless(draft, options, value);
    return true;
  }
  if (Array.isArray(value)) {
    if (depth >= MAX_DEPTH || !value.every(isKnown)) return false;
    for (const item of value) readMessages(item, draft, options, depth + 1);
    return true;
  }
  if (!isObject(value)) return false;
  const message = unwrap(value);
  if (isMessage(message)) {
    readMessage(message, draft, options);
    return true;
  }
  return depth < MAX_DEPTH && readWrapper(value, draft, options, depth);
}

function isKnown(item: unknown): boolean {
  return typeof item === 'string' || Array.isArray(item) || (isObject(item) && isMessage(unwrap(item)));
}

function readWrapper(value: JsonObject, draft: ContentDraft, options: ReadOptions, depth: number): boolean {
  let known = false;
  for (const key of WRAPPERS[options.direction]) {
    const part = value[key];
    if (part === undefined || part === null || part === '') continue;
    if (key === 'system' || key === 'instructions') {
      if (typeof part !== 'string' && !Array.isArray(part)) continue;
      readBlock(part, draft, options.direction, 'system');
    } else if (typeof part === 'string') {
      if (options.roleless === undefined) continue;
      addRoleless(draft, options, part);
    } else if (!readKnown(part, draft, options, depth + 1)) continue;
    known = true;
  }
  return known;
}

/** The message inside `{message: ...}` (OpenInference, OpenAI choices) or a serialised LangChain message. */
function unwrap(value: JsonObject): JsonObject {
  const inner = value['role'] === undefined && isObject(value['message']) ? value['message'] : value;
  if (inner['lc'] === undefined || !isObject(inner['kwargs']) || !Array.isArray(inner['id'])) return inner;
  return { ...inner['kwargs'], role: textOf(inner['id'].at(-1)) };
}

function isMessage(value: JsonObject): boolean {
  if (typeof value['role'] === 'string') return true;
  if (value['messages'] !== undefined) return false;
  if (typeof value['type'] === 'string') return value['kwargs'] === undefined;
  if (typeof value['text'] === 'string') return true;
  if (value['contents'] !== undefined) return !isMessageList(value['contents']);
  return ['content', 'parts', 'toolUse', 'toolResult', 'tool_calls'].some((key) => value[key] !== undefined);
}

/** Google's requests keep whole messages under `contents`, OpenInference's messages keep blocks there. */
function isMessageList(value: unknown): boolean {
  return Array.isArray(value) && isObject(value[0]) && value[0]['parts'] !== undefined;
}

/** Reads one message: its role decides unless a block inside knows better. */
export function readMessage(message: JsonObject, draft: ContentDraft, options: ReadOptions): void {
  const { direction } = options;
  const role = roleOf(message);
  if (role === undefined) {
    // An item without a role is a block of its own (OpenAI's response items).
    readBlock(message, draft, direction, options.roleless ?? (direction === 'input' ? 'document' : 'assistant'));
    return;
  }
  // OpenInference's Anthropic instrumentation leaves a tool's result under the role `user`, told only by the call's id.
  const writer = role === 'user' && textOf(message['tool_call_id']) !== '' ? 'tool' : role;
  for (const content of [message['content'], message['parts']]) readContent(content, draft, direction, writer);
  readContent(message['contents'], draft, direction, role);
  if (typeof message['text'] === 'string') addText(draft, direction, role, message['text']);
  readCalls(message, draft, direction);
}

/** A role that nobody here knows earns no trust. */
function roleOf(message: JsonObject): ContentRole | undefined {
  if (message['role'] !== undefined) return ROLES.get(textOf(message['role']).toLowerCase()) ?? 'document';
  return message['content'] === undefined ? undefined : ROLES.get(textOf(message['type']).toLowerCase());
}

function readContent(content: unknown, draft: ContentDraft, direction: Direction, role: ContentRole): void {
  if (content === undefined || content === null) return;
  if (role === 'tool') {
    addText(draft, direction, 'tool', toolText(content));
    return;
  }
  const blocks = typeof content === 'string' && content.startsWith('[') ? parseJson(content) : content;
  if (typeof content !== 'string' || isBlockList(blocks)) readBlock(blocks, draft, direction, role);
  else addText(draft, direction, role, content);
}

/** Content of a tool's message: text, blocks of text, or OpenTelemetry's and Vercel's parts around the response. */
function toolText(content: unknown): string {
  if (!Array.isArray(content)) return resultText(content);
  return content
    .map((part) => {
      if (!isObject(part)) return textOf(part);
      return resultText(part['response'] ?? part['result'] ?? part['output'] ?? part['content'] ?? [part]);
    })
    .join('\n');
}

/** True for JSON that a sender wrote for a list of content blocks; anything else that parses is the text that it is. */
function isBlockList(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every(
      (block) =>
        isObject(block) &&
        (typeof block['type'] === 'string' ||
          typeof block['text'] === 'string' ||
          isObject(block['toolUse']) ||
          isObject(block['toolResult'])),
    )
  );
}

function readCalls(message: JsonObject, draft: ContentDraft, direction: Direction): void {
  const extra = message['additional_kwargs'];
  const calls = message['tool_calls'] ?? (isObject(extra) ? extra['tool_calls'] : undefined);
  if (Array.isArray(calls)) for (const call of calls) readToolCall(call, draft, direction);
  readToolCall(message['function_call'], draft, direction);
  if (typeof message['function_call_name'] === 'string') {
    const call = { name: message['function_call_name'], arguments: message['function_call_arguments_json'] };
    readToolCall(call, draft, direction);
  }
}
