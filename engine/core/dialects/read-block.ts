import type { ContentRole } from '../agent-span.ts';
import type { ContentDraft, Direction } from './content-draft.ts';
import { addText, addToolCall } from './content-draft.ts';
import type { JsonObject } from './parse-json.ts';
import { isObject } from './parse-json.ts';
import { resultText, textOf } from './plain-text.ts';

/** Blocks nest (a tool result holds blocks); deeper than this the rest is taken as text. */
const MAX_DEPTH = 8;

const CALLS = new Set([
  'tool_call',
  'tool-call',
  'tool_use',
  'function',
  'function_call',
  'custom_tool_call',
  'server_tool_call',
  'server_tool_use',
  'mcp_tool_use',
  'mcp_call',
]);
const TEXTS = new Set(['text', 'input_text', 'output_text', 'summary_text', 'refusal']);
const REASONING = new Set(['reasoning', 'thinking']);
const DOCUMENTS = new Set(['document', 'search_result', 'file']);
/** What a tool gave back, under every name it has: tool_result, web_search_tool_result, tool_call_response, ... */
const RESULT_ENDINGS = ['_result', '-result', '_response', '-response', 'call_output'];

/**
 * Reads one block (part) of a message: OpenTelemetry's parts, OpenAI's and Anthropic's content blocks, OpenAI's response items,
 * Vercel's, Bedrock's and Google's. The block's own type outranks the role of its message: a tool result inside a user message
 * is the tool's word, not the user's.
 */
export function readBlock(
  block: unknown,
  draft: ContentDraft,
  direction: Direction,
  role: ContentRole,
  depth = 0,
): void {
  if (typeof block === 'string') addText(draft, direction, role, block);
  else if (Array.isArray(block) && depth < MAX_DEPTH) {
    for (const item of block) readBlock(item, draft, direction, role, depth + 1);
  } else if (!isObject(block) || depth >= MAX_DEPTH) addText(draft, direction, untrusted(role), textOf(block));
  else readObject(block, draft, direction, role, depth);
}

function readObject(
  block: JsonObject,
  draft: ContentDraft,
  direction: Direction,
  role: ContentRole,
  depth: number,
): void {
  const inner = isObject(block['message_content']) ? block['message_content'] : block;
  const call = requestedCall(block, inner);
  const result = toolResult(inner);
  if (call !== undefined) readToolCall(call, draft, direction);
  else if (result !== undefined) addText(draft, direction, 'tool', resultText(result));
  else readText(inner, draft, direction, role, depth);
}

function requestedCall(block: JsonObject, inner: JsonObject): unknown {
  const call = block['tool_call'] ?? inner['toolUse'] ?? inner['functionCall'];
  if (isObject(call)) return call;
  return CALLS.has(textOf(inner['type'])) ? inner : undefined;
}

function toolResult(block: JsonObject): unknown {
  const wrapped = block['toolResult'] ?? block['functionResponse'];
  if (isObject(wrapped)) return wrapped['content'] ?? wrapped['response'];
  const type = textOf(block['type']);
  if (!RESULT_ENDINGS.some((ending) => type.endsWith(ending))) return undefined;
  // The registry's example says `result` where its schema says `response`.
  return block['response'] ?? block['result'] ?? block['content'] ?? block['output'] ?? '';
}

function readText(
  block: JsonObject,
  draft: ContentDraft,
  direction: Direction,
  role: ContentRole,
  depth: number,
): void {
  const type = textOf(block['type']);
  const text = block['text'] ?? block['content'];
  const reasoning = reasoningIn(block, type);
  const link = linkOf(block);
  if (reasoning !== undefined) readBlock(reasoning, draft, direction, 'assistant', depth + 1);
  else if (DOCUMENTS.has(type) || isObject(block['document'])) {
    addText(draft, direction, 'document', documentText(isObject(block['document']) ? block['document'] : block));
  } else if (link !== '') addText(draft, direction, role, link);
  else if (text !== undefined && text !== null) {
    // A kind of part that nobody here knows is not taken for the user's own words.
    readBlock(text, draft, direction, type === '' || TEXTS.has(type) ? role : untrusted(role), depth + 1);
  }
}

function reasoningIn(block: JsonObject, type: string): unknown {
  const wrapped = block['reasoningContent'];
  if (isObject(wrapped)) return isObject(wrapped['reasoningText']) ? wrapped['reasoningText']['text'] : '';
  if (!REASONING.has(type)) return undefined;
  return block['thinking'] ?? block['text'] ?? block['content'] ?? block['summary'] ?? '';
}

function documentText(block: JsonObject): string {
  const source = isObject(block['source']) ? block['source'] : block;
  // Base64 files are not text: what a reader could make of them is not what the model reads.
  if (source['type'] === 'base64' || source['file_id'] !== undefined) return '';
  return resultText(block['text'] ?? source['data'] ?? source['content'] ?? block['content'] ?? source['url'] ?? '');
}

/** The address of an image or file that is linked, not embedded. */
function linkOf(block: JsonObject): string {
  const image = block['image_url'] ?? block['uri'] ?? block['image'];
  const link = textOf(isObject(image) ? image['url'] : image);
  return link.startsWith('http://') || link.startsWith('https://') ? link : '';
}

/** A tool call in any of its spellings; `arguments` becomes the text of the JSON that the model wrote. */
export function readToolCall(value: unknown, draft: ContentDraft, direction: Direction): void {
  if (!isObject(value)) return;
  const call = isObject(value['tool_call']) ? value['tool_call'] : value;
  const details = isObject(call['function']) ? call['function'] : call;
  addToolCall(draft, direction, {
    id: textOf(call['id'] ?? call['call_id'] ?? call['toolCallId'] ?? call['toolUseId']),
    name: textOf(details['name'] ?? details['toolName']),
    arguments: textOf(details['arguments'] ?? details['args'] ?? details['input'] ?? details['server_tool_call']),
  });
}

function untrusted(role: ContentRole): ContentRole {
  return role === 'user' || role === 'system' ? 'document' : role;
}
