import type { Store } from './store.ts';

/** The columns of a table in the order of insertion, each with how a row fills it. */
export type Columns<Row> = Readonly<Record<string, (row: Row) => unknown>>;

/** Inserts rows in one statement. `token` names the insertion: sent again it changes nothing. Throws CodedError. */
export async function insertRows<Row>(
  store: Store,
  table: string,
  columns: Columns<Row>,
  rows: readonly Row[],
  token: string,
): Promise<void> {
  if (rows.length === 0) return;
  const encoders = Object.values(columns);
  const lines = rows.map((row) => JSON.stringify(encoders.map((encode) => encode(row)))).join('\n');
  await store.insertLines(table, Object.keys(columns), Buffer.from(`${lines}\n`), token);
}
