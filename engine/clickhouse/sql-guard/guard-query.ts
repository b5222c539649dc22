import { parseRows } from '../read-result.ts';
import type { Settings, Store } from '../store.ts';
import { type Ask, canonicalQuery } from './canonical-query.ts';
import { checkResolution } from './check-resolution.ts';
import { checkSyntax } from './check-syntax.ts';
import { publicQueryError } from './public-query-error.ts';
import { guardSettings, type QueryLimits } from './query-limits.ts';
import { insertParameters, type Parameters, quotedNames, withoutQuoted } from './query-parameters.ts';
import { refuse } from './refuse.ts';
import { readSyntaxTree } from './syntax-tree.ts';

export interface AnalystQuery {
  readonly query: string;
  readonly parameters: Parameters;
  readonly database: string;
  /** Whether the asker may read what people, models and tools said (redacted). */
  readonly mayReadContent: boolean;
  /** Whether an attribute of this key is a fact about the call rather than something said; asked when content may not be read. */
  readonly isStructuralKey: (key: string) => boolean;
  /** Under which `stopQuery` ends it while it runs. */
  readonly name?: string;
}

/**
 * Gives the text that may be run for an analyst's query. Steps: the engine's own formatting of one statement; parameters put
 * in; its syntax tree against allow-lists; what its names resolve to against the same. Throws QUERY_REFUSED with the reason,
 * QUERY_FAILED when the engine finds an error in it.
 */
export async function guardQuery(store: Store, asked: AnalystQuery, limits: QueryLimits): Promise<string> {
  const { query, database } = asked;
  const ask = asker(store, database, guardSettings(limits, { default_format: 'JSONEachRow' }));
  const written = await canonicalQuery(ask, query);
  checkKeywords(written, query);
  const bound = insertParameters(written, asked.parameters, query);
  const canonical = bound === written ? written : await canonicalQuery(ask, bound, query);
  checkNames(canonical, query);
  try {
    const tree = readSyntaxTree(await explain(ask, `EXPLAIN AST ${canonical}`));
    if (!tree) refuse(query, 'The query has names that cannot be told apart');
    checkSyntax(tree, { query, database, existing: await existingTables(ask) });
    checkResolution(await explain(ask, `EXPLAIN QUERY TREE ${canonical}`), { ...asked, query });
  } catch (error) {
    throw publicQueryError(error);
  }
  return canonical;
}

/** Before the engine sees the text as a statement: it must begin as a SELECT and have nothing that makes it write. */
function checkKeywords(canonical: string, query: string): void {
  const words = withoutQuoted(canonical);
  if (!/^(?:SELECT|WITH|\()/.test(words)) refuse(query, 'Only SELECT is allowed');
  if (/\bINTO\s+OUTFILE\b/i.test(words)) refuse(query, 'INTO OUTFILE is refused: a query writes nothing', 'OUTFILE');
  if (/\sFORMAT\s+\w+$/.test(words)) refuse(query, 'FORMAT is refused: name the format beside the query', 'FORMAT');
  if (/\sSETTINGS\s+\w+\s*=/.test(words)) {
    refuse(query, 'SETTINGS are refused: the limits are not the query’s to change', 'SETTINGS');
  }
  if (/\bPARALLEL\s+WITH\b/.test(words)) refuse(query, 'One statement at a time', 'PARALLEL');
}

/** Escapes in a name stand for quotes and control characters, which nobody needs and which make output hard to read. */
function checkNames(canonical: string, query: string): void {
  if (quotedNames(canonical).some((name) => name.includes('\\') || /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(name))) {
    refuse(query, 'Names may not contain quotes, backslashes or control characters');
  }
}

/**
 * The syntax after EXPLAIN takes the FORMAT that follows for its own, so the output's format has to come as default_format.
 */
function asker(store: Store, database: string, settings: Settings): Ask {
  return async (sql) => {
    const { body } = await store.raw(sql, 'JSONEachRow', {}, { database, settings });
    return parseRows(body);
  };
}

async function explain(ask: Ask, sql: string): Promise<string[]> {
  return (await ask(sql)).map((row) => row['explain'] ?? '');
}

async function existingTables(ask: Ask): Promise<ReadonlySet<string>> {
  const rows = await ask('SELECT name FROM system.tables WHERE database = currentDatabase()');
  return new Set(rows.map((row) => row['name'] ?? ''));
}
