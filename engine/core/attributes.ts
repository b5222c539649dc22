/**
 * Attribute values as OTLP carries them (AnyValue), in the shape JavaScript reads best. Integers beyond 2^53 stay exact as
 * bigint; bytes stay bytes until they are stored (base64).
 */
export type AttributeValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | Uint8Array
  | readonly AttributeValue[]
  | AttributeMap;

export interface AttributeMap {
  readonly [key: string]: AttributeValue;
}

/** Attributes of a span, resource, scope, event or link. Created without a prototype, so `__proto__` is an ordinary key. */
export type Attributes = Record<string, AttributeValue>;

export function emptyAttributes(): Attributes {
  return Object.create(null);
}

/** The first of `keys` that holds a non-empty string; '' when none does. Numbers and booleans are read as their text. */
export function firstString(attributes: Attributes, keys: readonly string[]): string {
  for (const key of keys) {
    const value = attributes[key];
    if (typeof value === 'string') {
      if (value !== '') return value;
    } else if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') {
      return String(value);
    }
  }
  return '';
}

/** The first of `keys` that holds a finite number (or its decimal text); undefined when none does. */
export function firstNumber(attributes: Attributes, keys: readonly string[]): number | undefined {
  for (const key of keys) {
    const value = attributes[key];
    const number =
      typeof value === 'number'
        ? value
        : typeof value === 'bigint' || (typeof value === 'string' && value.trim() !== '')
          ? Number(value)
          : Number.NaN;
    if (Number.isFinite(number)) return number;
  }
  return undefined;
}

/** Text of any attribute value: strings as they are, everything structured as JSON (bytes base64, bigint as decimal text). */
export function attributeText(value: AttributeValue): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '';
  if (typeof value === 'object') {
    if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
    return JSON.stringify(value, jsonReplacer);
  }
  return String(value);
}

function jsonReplacer(this: unknown, _key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return value;
}
