import { CodedError } from '../core/errors.ts';

/** ClickHouse errors that pass by themselves: memory pressure, too many parts or queries, timeouts, network, disk full, read-only replicas. */
const PASSING = new Set([
  'MEMORY_LIMIT_EXCEEDED',
  'TOO_MANY_SIMULTANEOUS_QUERIES',
  'TOO_MANY_PARTS',
  'TIMEOUT_EXCEEDED',
  'SOCKET_TIMEOUT',
  'NETWORK_ERROR',
  'NOT_ENOUGH_SPACE',
  'TABLE_IS_READ_ONLY',
  'KEEPER_EXCEPTION',
  'CANNOT_SCHEDULE_TASK',
]);

/**
 * Any failure of a statement as a CodedError. The engine's message is kept for people who write SQL, cut to a line's length.
 * ClickHouse's own errors are told by their shape, for the embedded connection throws a class of another package.
 */
export function storeError(error: unknown): CodedError {
  if (error instanceof CodedError) return error;
  const message = error instanceof Error ? error.message.replace(/\s+/g, ' ').slice(0, 1_000) : 'unknown failure';
  const { code, type } = Object(error) as { code?: unknown; type?: unknown };
  if (typeof code === 'string' && typeof type === 'string') {
    return new CodedError(PASSING.has(type) ? 'STORE_UNAVAILABLE' : 'STORE_REFUSED', message, {
      cause: error,
      extra: { clickhouse_code: Number(code), clickhouse_type: type },
    });
  }
  return new CodedError('STORE_UNAVAILABLE', message, { cause: error });
}
