/** One event as a tool wrote it: hostile. Reads own properties only, and answers undefined for what has another type. */
export interface Payload {
  text(...names: readonly string[]): string;
  number(...names: readonly string[]): number | undefined;
  flag(name: string): boolean | undefined;
  any(name: string): unknown;
  /** Characters of a field, whatever it holds, without looking at them. */
  length(...names: readonly string[]): number | undefined;
  /** An object within. */
  at(name: string): Payload;
  /** The texts of a list. */
  texts(name: string): readonly string[];
  readonly value: unknown;
}

export function payloadOf(value: unknown): Payload {
  const own = (name: string): unknown =>
    typeof value === 'object' && value !== null && Object.hasOwn(value, name)
      ? (value as Record<string, unknown>)[name]
      : undefined;
  return {
    value,
    any: own,
    text: (...names) =>
      (names.map(own).find((said) => typeof said === 'string' && said !== '') as string | undefined) ?? '',
    number: (...names) =>
      names.map(own).find((said) => typeof said === 'number' && Number.isFinite(said)) as number | undefined,
    flag: (name) => (typeof own(name) === 'boolean' ? (own(name) as boolean) : undefined),
    length: (...names) =>
      names
        .map(own)
        .map(lengthOf)
        .find((length) => length !== undefined),
    at: (name) => payloadOf(own(name)),
    texts: (name) => {
      const list = own(name);
      return Array.isArray(list) ? list.filter((item): item is string => typeof item === 'string') : [];
    },
  };
}

function lengthOf(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value.length;
  try {
    return JSON.stringify(value)?.length;
  } catch {
    return undefined;
  }
}
