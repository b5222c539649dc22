import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client';
import type { RunFigures } from './store.ts';
import { storeError } from './store-error.ts';

/** Runs a statement that returns rows and reads its whole result. Throws CodedError. */
export async function readResult(
  client: ClickHouseClient,
  sql: string,
  format: string,
  params: Readonly<Record<string, unknown>> = {},
  settings: ClickHouseSettings = {},
): Promise<{ body: Buffer } & RunFigures> {
  try {
    const result = await client.exec({
      query: `${sql}\nFORMAT ${format}`,
      query_params: { ...params },
      clickhouse_settings: settings,
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
