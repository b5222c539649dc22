import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client';
import type { RunFigures } from './store.ts';
import { storeError } from './store-error.ts';

/** Runs a statement that returns rows and reads its whole result. Throws CodedError. */
export async function readResult(
  client: ClickHouseClient,
  sql: string,
  format: string,
  context: { query_params?: Record<string, unknown>; clickhouse_settings?: ClickHouseSettings } = {},
): Promise<{ body: Buffer } & RunFigures> {
  try {
    const result = await client.exec({
      query: `${sql}\nFORMAT ${format}`,
      ...context,
    });
    const chunks: Buffer[] = [];
    for await (const chunk of result.stream) chunks.push(chunk as Buffer);
    return {
      body: Buffer.concat(chunks),
      rowsRead: Number(result.summary?.read_rows ?? 0),
      bytesRead: Number(result.summary?.read_bytes ?? 0),
      elapsedMs: Number(result.summary?.elapsed_ns ?? 0) / 1e6,
    };
  } catch (error) {
    throw storeError(error);
  }
}

/** Rows of a JSONEachRow body. */
export function parseRows<Row>(body: Buffer): Row[] {
  const text = body.toString('utf8').trimEnd();
  return text === '' ? [] : text.split('\n').map((line) => JSON.parse(line));
}

/** Rows and figures of a JSONEachRowWithProgress body: the only place where the embedded engine tells how many rows it read. */
export function parseMeasuredRows<Row>(body: Buffer): { rows: Row[] } & RunFigures {
  const lines = parseRows<{ row?: Row; progress?: { read_rows: string; read_bytes: string; elapsed_ns: string } }>(
    body,
  );
  const progress = lines.findLast((line) => line.progress !== undefined)?.progress;
  return {
    rows: lines.flatMap((line) => (line.row === undefined ? [] : [line.row])),
    rowsRead: Number(progress?.read_rows ?? 0),
    bytesRead: Number(progress?.read_bytes ?? 0),
    elapsedMs: Number(progress?.elapsed_ns ?? 0) / 1e6,
  };
}
