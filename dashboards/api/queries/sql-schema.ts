import { z } from 'zod';
import { READABLE_TABLES } from '../../../engine/clickhouse/sql-guard/readable-tables.ts';
import type { Store } from '../../../engine/clickhouse/store.ts';

/** A table that analysts may read. */
export const tableSchema = z.object({
  name: z.string(),
  columns: z.array(z.object({ name: z.string(), type: z.string(), comment: z.string() })),
});

export async function readSchema(store: Store, database: string): Promise<z.output<typeof tableSchema>[]> {
  const rows = await store.query<{ table: string; name: string; type: string; comment: string }>(
    `SELECT table, name, type, comment FROM system.columns
     WHERE database = {database: String} AND table IN {tables: Array(String)} ORDER BY table, position LIMIT 2000`,
    { database, tables: [...READABLE_TABLES] },
  );
  const byTable = Map.groupBy(rows, ({ table }) => table);
  return [...READABLE_TABLES].map((name) => ({
    name,
    columns: (byTable.get(name) ?? []).map(({ name, type, comment }) => ({ name, type, comment })),
  }));
}
