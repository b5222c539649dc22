import { nameForMessage, refuse } from './refuse.ts';

export type ParameterValue = string | number | boolean | null | readonly ParameterValue[];
export type Parameters = Readonly<Record<string, ParameterValue>>;

/** The pieces of a canonical query: quoted text, quoted names, {name: Type}, stray braces, everything else. */
const PIECES =
  /'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`|"(?:[^"\\]|\\.)*"|\{\s*\w+\s*:\s*(?:[^{}'"`\\]|'(?:[^'\\]|\\.)*')+\}|[{}]|[^'"`{}]+|['"`]/gs;
const PARAMETER = /^\{\s*(\w+)\s*:\s*(.+?)\s*\}$/s;

/**
 * Puts the values of {name: Type} into a canonical query, as the engine does when it binds them: a typed cast of a literal.
 * Not bound through the client, for the embedded engine keeps bound parameters for the whole process, one statement at a
 * time: an analyst's slow query would hold up every rule. The result has to be brought to canonical form again.
 */
export function insertParameters(canonical: string, parameters: Parameters, query: string): string {
  const used = new Set<string>();
  const text = canonical.replaceAll(PIECES, (piece) => {
    if (!piece.startsWith('{')) return piece === '}' ? refuse(query, 'A brace stands where no parameter is') : piece;
    const [, name, type] = PARAMETER.exec(piece) ?? refuse(query, 'A brace stands where no parameter is');
    if (/^identifier$/i.test(type!)) refuse(query, 'Parameters of type Identifier are refused: write the name', name!);
    if (!Object.hasOwn(parameters, name!)) refuse(query, `The parameter ${nameForMessage(name!)} has no value`, name!);
    used.add(name!);
    return typedLiteral(parameters[name!]!, type!);
  });
  const unused = Object.keys(parameters).find((name) => !used.has(name));
  if (unused !== undefined) refuse(query, `The query has no parameter ${nameForMessage(unused)}`);
  return text;
}

/** What stands outside quotes, for a look at its keywords; quoted pieces become ''. */
export function withoutQuoted(canonical: string): string {
  return canonical.replaceAll(PIECES, (piece) => (/^['"`]/.test(piece) ? "''" : piece));
}

/** Quoted names in a canonical query, quotes and escapes kept. */
export function quotedNames(canonical: string): string[] {
  return (canonical.match(PIECES) ?? []).filter((piece) => /^[`"]/.test(piece));
}

function typedLiteral(value: ParameterValue, type: string): string {
  if (value === null) return `CAST(NULL, ${quoted(type)})`;
  if (type === 'String' && typeof value === 'string') return quoted(value);
  return `CAST(${quoted(typeof value === 'string' ? value : literalText(value))}, ${quoted(type)})`;
}

/** A value as ClickHouse reads it from text: arrays in brackets, their strings in quotes. */
function literalText(value: ParameterValue): string {
  if (Array.isArray(value))
    return `[${value.map((item) => (typeof item === 'string' ? quoted(item) : literalText(item))).join(',')}]`;
  return value === null ? 'NULL' : String(value);
}

/** A string literal. Only the backslash and the quote can end one. */
function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
