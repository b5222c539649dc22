import { CodedError, isCoded } from '../../core/errors.ts';

/** Limits of the query, by the engine's names: the same query can't succeed, a smaller one can. */
const LIMITS: Readonly<Record<string, string>> = {
  TIMEOUT_EXCEEDED: 'The query took too long',
  TOO_SLOW: 'The query would take too long',
  TOO_MANY_ROWS: 'The query would read too many rows',
  TOO_MANY_BYTES: 'The query would read too many bytes',
  TOO_MANY_ROWS_OR_BYTES: 'The result is too large: select fewer columns or add a LIMIT',
  MEMORY_LIMIT_EXCEEDED: 'The query needs too much memory',
  TOO_DEEP_RECURSION: 'The query recurses too deeply',
  TOO_DEEP_SUBQUERIES: 'The query is nested too deeply',
  TOO_BIG_AST: 'The query is too large',
  TOO_DEEP_AST: 'The query is nested too deeply',
  TOO_DEEP_PIPELINE: 'The query is nested too deeply',
};

/** Errors whose hints name tables of other databases. */
const NAMELESS: Readonly<Record<string, string>> = {
  QUERY_WAS_CANCELLED: 'The query was stopped',
  UNKNOWN_TABLE: 'There is no such table',
  UNKNOWN_DATABASE: 'There is no such table',
  TABLE_IS_DROPPED: 'There is no such table',
  READONLY: 'A query may only read',
  ACCESS_DENIED: 'A query may only read the org’s own tables',
};

/**
 * An engine's error as the asker may see it: QUERY_LIMIT for limits, QUERY_FAILED for errors in the query, what concerns the
 * machine left out. Errors that are not the query's (store away, shutting down) pass as they are.
 */
export function publicQueryError(error: unknown): CodedError {
  if (isCoded(error) && error.code.startsWith('QUERY_')) return error;
  const coded = isCoded(error) ? error : new CodedError('INTERNAL', 'The query could not be run', { cause: error });
  const type = coded.extra['clickhouse_type'];
  if (typeof type !== 'string') return coded;
  const limit = LIMITS[type];
  if (limit) return new CodedError('QUERY_LIMIT', limit, { cause: error, extra: { reason: type } });
  const nameless = NAMELESS[type];
  if (nameless) return new CodedError('QUERY_FAILED', nameless, { cause: error });
  if (coded.code === 'STORE_UNAVAILABLE' || coded.code === 'DISK_FULL') return coded;
  return new CodedError('QUERY_FAILED', readable(coded.message), { cause: error, extra: { reason: type } });
}

/** Without paths of the machine, hints at other tables and the engine's version. */
function readable(message: string): string {
  return message
    .replace(/:? ?In scope .*$/s, '')
    .replace(/(?:\/[\w.@+-]{1,255}){2,40}\/?/g, '<path>')
    .replace(/\(version [^)]{0,100}\)/g, '')
    .trim()
    .slice(0, 500);
}
