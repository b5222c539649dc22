import { CodedError } from '../core/errors.ts';

/** ClickHouse errors that pass by themselves: memory pressure, too many parts or queries, timeouts, network, read-only replicas. */
const PASSING = new Set([
  'MEMORY_LIMIT_EXCEEDED',
  'TOO_MANY_SIMULTANEOUS_QUERIES',
  'TOO_MANY_PARTS',
  'TIMEOUT_EXCEEDED',
  'SOCKET_TIMEOUT',
  'NETWORK_ERROR',
  'TABLE_IS_READ_ONLY',
  'KEEPER_EXCEPTION',
  'CANNOT_SCHEDULE_TASK',
]);

const DISK_FULL = 'the disk of the database is full: nothing is stored until there is room, then it goes on by itself';

/** `Code: 27. DB::Exception: ... (CANNOT_PARSE_INPUT_ASSERTION_FAILED)`, as the embedded engine writes its errors. */
const ENGINE_ERROR = /Code: (\d+)\. DB::[\s\S]*\(([A-Z0-9_]+)\)/;

/**
 * Any failure of a statement as a CodedError. The engine's message is kept for people who write SQL, cut to a line's length.
 * ClickHouse's own errors are told by their shape or text, for the embedded connection throws classes of several packages.
 */
export function storeError(error: unknown): CodedError {
  if (error instanceof CodedError) return error;
  const text = error instanceof Error ? error.message : 'unknown failure';
  const { code, type } = Object(error) as { code?: unknown; type?: unknown };
  const [, codeInText, typeInText] = ENGINE_ERROR.exec(text) ?? [];
  const clickhouseType = typeof type === 'string' && type !== '' ? type : typeInText;
  const message = text.replace(/\s+/g, ' ').slice(0, 1_000);
  if (clickhouseType === undefined) return new CodedError('STORE_UNAVAILABLE', message, { cause: error });
  if (clickhouseType === 'NOT_ENOUGH_SPACE') return new CodedError('DISK_FULL', DISK_FULL, { cause: error });
  return new CodedError(PASSING.has(clickhouseType) ? 'STORE_UNAVAILABLE' : 'STORE_REFUSED', message, {
    cause: error,
    extra: { clickhouse_code: Number(codeInText ?? code), clickhouse_type: clickhouseType },
  });
}

/** A failed insert: the engine quotes the row it could not read, and rows are content, so only the kind of error is told. */
export function insertError(error: unknown): CodedError {
  const coded = storeError(error);
  if (coded.code === 'DISK_FULL') return coded;
  const { clickhouse_type: type } = coded.extra;
  return new CodedError(coded.code, `the rows could not be stored${type ? ` (${type})` : ''}`, { extra: coded.extra });
}
