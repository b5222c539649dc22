import { timestampText } from '../core/timestamp.ts';
import type { ArchivedTable } from './archived-tables.ts';
import type { Store } from './store.ts';

/** Rows read at a time: bounds memory. */
const ROWS_AT_ONCE = 10_000;
const HOUR_MS = 3_600_000;
/** In the way of nobody. */
const SETTINGS = { max_threads: 1, output_format_json_quote_denormals: 1 } as const;

/** A stretch of time in which not too many rows came about, or one part of them by hash. Times are DateTime64 text, UTC, half-open. */
interface Slice {
  readonly from: string;
  readonly to: string;
  readonly rows: number;
}

/** The columns that are stored, in order: what is worked out from others is left out. Empty when there is no such table. */
export async function storedColumns(store: Store, database: string, table: string): Promise<string[]> {
  const rows = await store.query<{ name: string }>(
    `SELECT name FROM system.columns
     WHERE database = {database: String} AND table = {table: String} AND default_kind NOT IN ('MATERIALIZED', 'ALIAS', 'EPHEMERAL')
     ORDER BY position`,
    { database, table },
  );
  return rows.map(({ name }) => name);
}

/** How many rows came about in the hour that begins at `hour` (milliseconds since 1970), each once. */
export async function countHour(store: Store, database: string, table: ArchivedTable, hour: number): Promise<number> {
  const slices = await slicesOf(store, database, table, hour);
  return slices.reduce((sum, slice) => sum + slice.rows, 0);
}

/** The same rows, each once: one JSON array a line, in pieces of bounded size. */
export async function* readHour(
  store: Store,
  database: string,
  table: ArchivedTable,
  columns: readonly string[],
  hour: number,
): AsyncGenerator<{ lines: Buffer; rows: number }> {
  const names = columns.map((name) => `\`${name}\``).join(', ');
  for (const { from, to, rows } of joined(await slicesOf(store, database, table, hour))) {
    const parts = Math.ceil(rows / ROWS_AT_ONCE);
    for (let part = 0; part < parts; part++) {
      const { body } = await store.raw(
        `SELECT ${names} FROM ${table.table} FINAL
         WHERE ${table.at} >= {from: DateTime64(6, 'UTC')} AND ${table.at} < {to: DateTime64(6, 'UTC')}
           AND cityHash64(${table.id}) % {parts: UInt32} = {part: UInt32}
         ORDER BY ${table.at}, ${table.id}`,
        'JSONCompactEachRow',
        { from, to, parts, part },
        { database, settings: SETTINGS },
      );
      if (body.length > 0) yield { lines: body, rows: countLines(body) };
    }
  }
}

/** When the oldest row of any of the tables came about, milliseconds since 1970; undefined when there is none. */
export async function firstRowAt(
  store: Store,
  database: string,
  tables: readonly ArchivedTable[],
): Promise<number | undefined> {
  const times = await Promise.all(
    tables.map(async ({ table, at }) => {
      const [row] = await store.query<{ rows: string; first: string }>(
        `SELECT count() AS rows, toUnixTimestamp64Milli(min(toDateTime64(${at}, 3, 'UTC'))) AS first FROM ${table}`,
        {},
        { database },
      );
      return row === undefined || Number(row.rows) === 0 ? [] : [Number(row.first)];
    }),
  );
  const known = times.flat();
  return known.length === 0 ? undefined : Math.min(...known);
}

async function slicesOf(store: Store, database: string, { table, at }: ArchivedTable, hour: number): Promise<Slice[]> {
  const params = { from: timestampText(hour * 1_000), to: timestampText((hour + HOUR_MS) * 1_000) };
  const rows = await store.query<{ second: string; rows: string }>(
    `SELECT toUnixTimestamp(toDateTime(${at}, 'UTC')) AS second, count() AS rows FROM ${table} FINAL
     WHERE ${at} >= {from: DateTime64(6, 'UTC')} AND ${at} < {to: DateTime64(6, 'UTC')}
     GROUP BY second ORDER BY second`,
    params,
    { database, settings: SETTINGS },
  );
  return rows.map(({ second, rows: count }) => ({
    from: timestampText(Number(second) * 1e6),
    to: timestampText((Number(second) + 1) * 1e6),
    rows: Number(count),
  }));
}

/** Neighbours together, as far as one statement's rows go. */
function joined(slices: readonly Slice[]): Slice[] {
  const result: Slice[] = [];
  for (const slice of slices) {
    const last = result.at(-1);
    if (last !== undefined && last.rows + slice.rows <= ROWS_AT_ONCE)
      result[result.length - 1] = { from: last.from, to: slice.to, rows: last.rows + slice.rows };
    else result.push(slice);
  }
  return result;
}

function countLines(body: Buffer): number {
  let lines = 0;
  for (let at = body.indexOf(10); at !== -1; at = body.indexOf(10, at + 1)) lines += 1;
  return lines;
}
