import type { AttributeValue } from '../attributes.ts';
import { attributeText } from '../attributes.ts';
import { isObject, parseJson } from './parse-json.ts';

/** Strings collected from a structure that is nested too deeply to be written as JSON. */
const MAX_LEAVES = 10_000;
const MAX_DEPTH = 6;

/** Text of any value: strings as they are, structures as JSON. Never throws. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '';
  try {
    return attributeText(value as AttributeValue);
  } catch {
    // Nested beyond the stack: the text is kept, its structure is not. Dropping it would let depth hide content.
    return leaves(value);
  }
}

/** As `textOf`, with one layer of JSON string quoting taken off: some senders encode plain text once more. */
export function unquoted(value: unknown): string {
  const text = textOf(value);
  if (text.charCodeAt(0) !== 0x22) return text;
  const inner = parseJson(text);
  return typeof inner === 'string' ? inner : text;
}

/**
 * Text of what a tool, a retrieval or a memory gave back, out of the wrappers that frameworks put around it: arrays of text
 * blocks, `{type, value}`, a serialised LangChain message, Bedrock's `{json}`.
 */
export function resultText(value: unknown, depth = 0): string {
  if (typeof value === 'string') {
    const inner = depth === 0 ? parseJson(value) : undefined;
    if (typeof inner === 'string') return inner;
    return inner !== undefined && isWrapped(inner) ? resultText(inner, 1) : value;
  }
  if (depth > MAX_DEPTH) return textOf(value);
  if (Array.isArray(value)) {
    if (value.length === 0 || !value.every(isTextBlock)) return textOf(value);
    return value.map((block) => resultText(block, depth + 1)).join('\n');
  }
  if (!isObject(value)) return textOf(value);
  const wrapped = unwrap(value);
  return wrapped === undefined ? textOf(value) : resultText(wrapped, depth + 1);
}

function isWrapped(value: unknown): boolean {
  return Array.isArray(value)
    ? value.length > 0 && value.every(isTextBlock)
    : isObject(value) && unwrap(value) !== undefined;
}

function isTextBlock(block: unknown): boolean {
  return isObject(block) && unwrap(block) !== undefined;
}

function unwrap(value: { readonly [key: string]: unknown }): unknown {
  if (isObject(value['kwargs']) && value['lc'] !== undefined) return value['kwargs']['content'];
  if (typeof value['text'] === 'string' && (value['type'] === 'text' || soleKey(value))) return value['text'];
  if (value['type'] !== undefined && value['value'] !== undefined) return value['value'];
  if (isObject(value['toolResult'])) return value['toolResult']['content'];
  if (soleKey(value)) return value['output'] ?? value['outputs'] ?? value['json'];
  return undefined;
}

function soleKey(value: object): boolean {
  let keys = 0;
  for (const _ in value) if (++keys > 1) return false;
  return keys === 1;
}

function leaves(root: unknown): string {
  const texts: string[] = [];
  const stack: unknown[] = [root];
  while (stack.length > 0 && texts.length < MAX_LEAVES) {
    const value = stack.pop();
    if (typeof value === 'string') texts.push(value);
    else if (typeof value === 'object' && value !== null && !(value instanceof Uint8Array)) {
      stack.push(...Object.values(value).slice(0, MAX_LEAVES).reverse());
    }
  }
  return texts.join('\n');
}
