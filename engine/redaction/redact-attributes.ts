import { type Attributes, type AttributeValue, attributeText } from '../core/attributes.ts';
import { ATTRIBUTE_LIMIT, PREVIEW_LIMIT } from './clip.ts';
import type { Redactor } from './redactor.ts';
import type { SpanBoundary } from './span-boundary.ts';

/** Numbers that are looked at as text whatever their key: they are as long as a card's. */
const CARD_DIGITS = /^\d{13,19}$/;
const PREVIEW_KEYS = new Set(['gen_ai.prompt.preview', 'gen_ai.completion.preview']);
const MAX_DEPTH = 64;

/**
 * A map of attributes as the text that will be stored, by the class of each key. `path` is the map's own place, with the
 * separator: `SpanAttributes.`.
 */
export function redactAttributes(
  attributes: Attributes,
  path: string,
  boundary: SpanBoundary,
  redactor: Redactor,
): Record<string, string> {
  return redactEach(attributes, path, boundary, redactor, ATTRIBUTE_LIMIT, (text) => text);
}

/** The same, each value in the form that `as` makes of its redacted text, clipped to `limit` UTF-16 units. */
export function redactEach<T>(
  attributes: Attributes,
  path: string,
  boundary: SpanBoundary,
  redactor: Redactor,
  limit: number,
  as: (text: string, value: AttributeValue) => T,
): Record<string, T> {
  const redacted: Record<string, T> = Object.create(null);
  const collisions = new Map<string, number>();
  let count = 0;
  let dropped = 0;
  for (const key in attributes) {
    if (count >= boundary.limits.attributes) {
      dropped++;
      continue;
    }
    count++;
    const safeKey = boundary.key(key, path.slice(0, -1));
    const value = attributes[key]!;
    const text = redactValue(key, value, path + safeKey, boundary, redactor, limit);
    redacted[unusedKey(redacted, safeKey, collisions)] = as(text, value);
  }
  if (dropped > 0) boundary.failed(path, `${dropped} attributes over the limit`);
  return redacted;
}

/** Two keys that redaction or clipping made equal are both kept: `key`, `key#2`, `key#3`. */
function unusedKey(taken: Readonly<Record<string, unknown>>, key: string, collisions: Map<string, number>): string {
  if (!(key in taken)) return key;
  let count = collisions.get(key) ?? 1;
  let unused: string;
  do unused = `${key}#${++count}`;
  while (unused in taken);
  collisions.set(key, count);
  return unused;
}

function redactValue(
  key: string,
  value: AttributeValue,
  path: string,
  boundary: SpanBoundary,
  redactor: Redactor,
  limit: number,
): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'boolean') return String(value);
  const keyClass = redactor.classify(key);
  if (typeof value === 'number' || typeof value === 'bigint') {
    const text = String(value);
    const judged = keyClass !== 'structural' && redactor.judgeName(key)?.numeric === true;
    return judged || CARD_DIGITS.test(text) ? boundary.keep(text, path, limit, key) : text;
  }
  const text = typeof value === 'string' ? value : structuredText(value);
  if (text === undefined) {
    boundary.failed(path, key);
    return redactor.mint.token('REDACTED', key);
  }
  if (keyClass === 'structural') return boundary.keep(text, path, limit);
  if (keyClass === 'unclassified' && !(typeof value === 'object' && isWithoutText(value, 0))) {
    return boundary.replace(text, path, limit, key);
  }
  return boundary.keep(text, path, PREVIEW_KEYS.has(key) ? PREVIEW_LIMIT : limit, key);
}

/** JSON of a structured value, which redaction then walks leaf by leaf; undefined when it is nested too deep to be written. */
function structuredText(value: AttributeValue): string | undefined {
  try {
    return attributeText(value);
  } catch {
    return undefined;
  }
}

/** A list, or lists, of numbers and booleans. */
function isWithoutText(value: AttributeValue, depth: number): boolean {
  if (depth > MAX_DEPTH) return false;
  if (Array.isArray(value)) return value.every((item: AttributeValue) => isWithoutText(item, depth + 1));
  return value === null || typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean';
}
