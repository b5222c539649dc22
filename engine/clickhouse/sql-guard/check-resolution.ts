import { ALLOWED_TABLE_FUNCTIONS } from './allowed-functions.ts';
import { CONTENT_COLUMNS, HARMLESS_SOURCES, MIXED_COLUMNS, READABLE_TABLES } from './readable-tables.ts';
import { nameForMessage, refuse } from './refuse.ts';

export interface ResolutionScope {
  readonly query: string;
  readonly database: string;
  readonly mayReadContent: boolean;
  readonly isStructuralKey: (key: string) => boolean;
}

/**
 * The second wall: what the names of the query turned out to mean, read from the lines of EXPLAIN QUERY TREE. Whatever a
 * line holds besides, it only ever adds to what is refused. Throws QUERY_REFUSED.
 */
export function checkResolution(lines: readonly string[], scope: ResolutionScope): void {
  for (const [index, line] of lines.entries()) {
    const [kind] = line.trimStart().split(' ', 1);
    if (kind === 'TABLE') checkTable(line, scope);
    if (kind === 'TABLE_FUNCTION') checkTableFunction(line, scope);
    if (kind === 'COLUMN' && !scope.mayReadContent) checkColumn(lines, index, scope);
  }
}

function checkTable(line: string, { query, database }: ResolutionScope): void {
  // Headings such as TABLE EXPRESSION name nothing.
  if (!/^ *TABLE id: /.test(line)) return;
  const names = [...line.matchAll(/, table_name: ([^,]*)/g)].map(([, name]) => name!);
  const harmless = names.length > 0 && names.every((name) => isReadable(name, database));
  if (!harmless) refuse(query, 'The query reads a table that may not be read');
}

function isReadable(name: string, database: string): boolean {
  const [owner, table, ...rest] = name.split('.');
  // A WITH RECURSIVE reads its own rows from a temporary table that the engine makes for it.
  if (owner === '_temporary_and_external_tables' && /^_tmp_[0-9a-f-]{36}$/.test(table ?? '')) return true;
  return HARMLESS_SOURCES.has(name) || (owner === database && rest.length === 0 && READABLE_TABLES.has(table ?? ''));
}

function checkTableFunction(line: string, { query }: ResolutionScope): void {
  const name = /table_function_name: (\w+)/.exec(line)?.[1] ?? '';
  if (!ALLOWED_TABLE_FUNCTIONS.has(name.toLowerCase())) {
    refuse(query, `The table function ${nameForMessage(name)} is not allowed in queries`, name);
  }
}

function checkColumn(lines: readonly string[], index: number, { query, isStructuralKey }: ResolutionScope): void {
  const name = /column_name: ([\w.]+)/.exec(lines[index]!)?.[1] ?? '';
  if (CONTENT_COLUMNS.has(name)) {
    refuse(query, `${name} holds content, which this token may not read; name the columns you need`, name);
  }
  const mixed = [...MIXED_COLUMNS].find((column) => name === column || name.startsWith(`${column}.`));
  if (mixed !== undefined && !isStructuralKey(lookedUpKey(lines, index))) {
    refuse(query, `This token may read single structural keys of ${mixed} only, as ${mixed}['key']`, mixed);
  }
}

/**
 * The key of `Column['key']`, which is printed as the function, ARGUMENTS, LIST of two, the column, the constant; '' for any
 * other use of the column.
 */
function lookedUpKey(lines: readonly string[], index: number): string {
  const constant = /^ *CONSTANT id: \d+, constant_value: '([^'\\]*)', constant_value_type: String$/.exec(
    lines[index + 1] ?? '',
  );
  const isLookup =
    / nodes: 2$/.test(lines[index - 1] ?? '') &&
    (lines[index - 2] ?? '').trim() === 'ARGUMENTS' &&
    /FUNCTION id: \d+, function_name: (?:arrayElement|mapContains|mapContainsKey), /.test(lines[index - 3] ?? '');
  return isLookup ? (constant?.[1] ?? '') : '';
}
