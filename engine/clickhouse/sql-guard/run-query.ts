import { CodedError } from '../../core/errors.ts';
import { parseRows } from '../read-result.ts';
import type { Settings, Store } from '../store.ts';
import { type AnalystQuery, guardQuery } from './guard-query.ts';
import { publicQueryError } from './public-query-error.ts';
import { guardSettings, type QueryLimits } from './query-limits.ts';

/** Formats that a result can be had in; JSON is parsed and answered in a shape of our own. */
export const EXPORT_FORMATS = {
  csv: { engine: 'CSVWithNames', mediaType: 'text/csv; charset=utf-8; header=present' },
  ndjson: { engine: 'JSONEachRow', mediaType: 'application/x-ndjson' },
  parquet: { engine: 'Parquet', mediaType: 'application/vnd.apache.parquet' },
  arrow: { engine: 'Arrow', mediaType: 'application/vnd.apache.arrow.file' },
} as const;
export type ExportFormat = keyof typeof EXPORT_FORMATS;

export interface QueryTable {
  columns: { name: string; type: string }[];
  /** 64-bit integers and decimals beyond it are strings; NaN and infinities are null. */
  rows: unknown[][];
  rows_read: number;
  elapsed_ms: number;
  /** More rows were there than are given. */
  truncated: boolean;
}

/** A line of JSONCompactEachRowWithProgress; JSONCompact is garbled by the embedded engine for totals without rows. */
interface ResultLine {
  meta?: { name: string; type: string }[];
  row?: unknown[];
  progress?: { read_rows?: string };
}

/** Guards and runs a query and answers a table of at most `resultRows` rows. Throws QUERY_REFUSED, QUERY_FAILED, QUERY_LIMIT. */
export async function queryTable(store: Store, asked: AnalystQuery, limits: QueryLimits): Promise<QueryTable> {
  const canonical = await guardQuery(store, asked, limits);
  const { body, elapsedMs, cut } = await runBounded(store, asked, canonical, limits);
  const lines = parseRows<ResultLine>(body);
  const rows = lines.flatMap(({ row }) => (row ? [row] : []));
  return {
    columns: lines.flatMap(({ meta }) => meta ?? []).map(({ name, type }) => ({ name, type })),
    rows: rows.slice(0, limits.resultRows),
    rows_read: lines.reduce((most, { progress }) => Math.max(most, Number(progress?.read_rows ?? 0)), 0),
    elapsed_ms: Math.round(elapsedMs * 1_000) / 1_000,
    truncated: cut || rows.length > limits.resultRows,
  };
}

/** The same as a file. A file that is silently short would be taken for whole, so one row too many is a QUERY_LIMIT. */
export async function exportQuery(
  store: Store,
  asked: AnalystQuery,
  format: ExportFormat,
  limits: QueryLimits,
): Promise<Buffer> {
  const canonical = await guardQuery(store, asked, limits);
  try {
    const { body } = await store.raw(
      canonical,
      EXPORT_FORMATS[format].engine,
      {},
      {
        database: asked.database,
        settings: resultSettings(limits, 'throw', { max_result_rows: limits.resultRows, ...named(asked) }),
      },
    );
    return bounded(body, limits);
  } catch (error) {
    throw publicQueryError(error);
  }
}

/**
 * The engine's `limit` stops at one row more than is answered, which tells whether there were more. A result too large in
 * bytes is asked for again to be cut short, in small blocks: overflow gives no sign by itself.
 */
async function runBounded(store: Store, asked: AnalystQuery, canonical: string, limits: QueryLimits) {
  const { database } = asked;
  const attempt = async (overflow: 'throw' | 'break') => {
    const settings = resultSettings(limits, overflow, {
      limit: limits.resultRows + 1,
      ...named(asked),
      ...(overflow === 'break' && { max_block_size: 256 }),
    });
    const { body, elapsedMs } = await store.raw(
      canonical,
      'JSONCompactEachRowWithProgress',
      {},
      { database, settings },
    );
    return { body: bounded(body, limits), elapsedMs, cut: overflow === 'break' };
  };
  try {
    return await attempt('throw').catch((error) => {
      if (publicQueryError(error).extra['reason'] !== 'TOO_MANY_ROWS_OR_BYTES') throw error;
      return attempt('break');
    });
  } catch (error) {
    throw publicQueryError(error);
  }
}

function named({ name }: AnalystQuery): Settings {
  return name === undefined ? {} : { log_comment: name };
}

function resultSettings(limits: QueryLimits, overflow: 'throw' | 'break', more: Settings): Settings {
  return guardSettings(limits, { max_result_bytes: limits.resultBytes, result_overflow_mode: overflow, ...more });
}

/** The engine counts what it holds, not what it writes, and stops after a block: what comes out can be larger. */
function bounded(body: Buffer, limits: QueryLimits): Buffer {
  if (body.length <= 3 * limits.resultBytes) return body;
  throw new CodedError('QUERY_LIMIT', 'The result is too large: select fewer columns or add a LIMIT', {
    extra: { reason: 'TOO_MANY_ROWS_OR_BYTES' },
  });
}
