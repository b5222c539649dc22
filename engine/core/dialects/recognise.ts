import type { Span } from '../span.ts';
import type { Dialect } from './dialect.ts';

/** Prefixes by the code of their first character, each with the bit of its dialect. */
type PrefixTable = readonly (readonly (readonly [prefix: string, bit: number])[] | undefined)[];

/**
 * Makes the function that tells which dialects a span speaks: bit i of its answer stands for `dialects[i]`. It passes over the
 * keys once, whatever the number of dialects; most keys of an ordinary span are done with after one look at their first
 * character.
 */
export function recogniser(dialects: readonly Dialect[]): (span: Span) => number {
  const keys = prefixTable(dialects.map((dialect) => dialect.keys));
  const names = prefixTable(dialects.map((dialect) => dialect.names ?? []));
  return (span) => {
    let found = match(names, span.name, 0);
    found = match(names, span.scope.name, found);
    for (const key in span.attributes) found = match(keys, key, found);
    for (const event of span.events) found = match(names, event.name, found);
    return found;
  };
}

function match(table: PrefixTable, text: string, found: number): number {
  const candidates = table[text.charCodeAt(0)];
  if (candidates === undefined) return found;
  for (const [prefix, bit] of candidates) {
    if ((found & bit) === 0 && text.startsWith(prefix)) found |= bit;
  }
  return found;
}

function prefixTable(prefixes: readonly (readonly string[])[]): PrefixTable {
  const table: [string, number][][] = [];
  prefixes.forEach((list, index) => {
    for (const prefix of list) {
      const code = prefix.charCodeAt(0);
      table[code] ??= [];
      table[code].push([prefix, 1 << index]);
    }
  });
  // Without holes: a look-up of a missing code must not walk the prototype.
  return Array.from({ length: 128 }, (_, code) => table[code]);
}
