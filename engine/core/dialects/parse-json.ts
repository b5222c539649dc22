/** A longer text is left as text: parsing it would hold up everything else for too long. In UTF-16 units. */
const MAX_LENGTH = 32 * 1024 * 1024;

/**
 * The object, array or string that `text` is the JSON of; undefined when it is not JSON (malformed, cut off, plain words) or
 * too long. Never throws. Own keys such as `__proto__` stay own keys, so nothing is polluted by reading known names.
 */
export function parseJson(text: string): unknown {
  if (text.length < 2 || text.length > MAX_LENGTH) return undefined;
  const first = text.charCodeAt(0);
  // { [ " or white space before one of them: anything else is no container, and plain words should not cost an exception.
  if (first !== 0x7b && first !== 0x5b && first !== 0x22 && first > 0x20) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && (typeof value === 'object' || typeof value === 'string') ? value : undefined;
  } catch {
    return undefined;
  }
}

export type JsonObject = { readonly [key: string]: unknown };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}

/** `value`, or what it is the JSON of when it is a text: senders put structures into attributes both ways. */
export function structured(value: unknown): unknown {
  return typeof value === 'string' ? parseJson(value) : value;
}
