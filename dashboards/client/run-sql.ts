import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { z } from 'zod';
import type { ApiClient } from './api-client.ts';
import { formatTable } from './format-table.ts';

export interface SqlRequest {
  /** `-` reads it from standard input. */
  readonly query: string;
  readonly param: Readonly<Record<string, string>>;
  readonly format: 'table' | 'json' | 'csv' | 'ndjson';
}

/** On a terminal a cell is cut to so many characters; elsewhere the whole value is wanted. */
const WIDEST_CELL = 60;

const tableSchema = z.looseObject({
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
  rows: z.array(z.array(z.unknown())),
  truncated: z.boolean(),
});

/** Runs a query on the server and writes the result to standard output. */
export async function runSql(server: ApiClient, { query, param, format }: SqlRequest): Promise<void> {
  const asked = { query: query === '-' ? await text(process.stdin) : query, params: param };
  if (format === 'csv' || format === 'ndjson') {
    const { body } = await server.fetch('POST', '/sql', { ...asked, format });
    if (body !== null) await write(Readable.fromWeb(body as ReadableStream));
    return;
  }
  const answer = await server.call(tableSchema, 'POST', '/sql', { ...asked, format: 'json' });
  const { columns, rows, truncated } = answer;
  const widest = process.stdout.isTTY ? WIDEST_CELL : undefined;
  const lines = format === 'json' ? [JSON.stringify(answer)] : formatTable(columns, rows, widest);
  await write(lines.map((line) => `${line}\n`));
  if (truncated) process.stderr.write(`there are more rows than these ${rows.length}; add a LIMIT or aggregate\n`);
}

/** Resolves when all of it is out: a large result and a slow reader fill a pipe. */
function write(output: Iterable<string> | Readable): Promise<void> {
  return pipeline(output, process.stdout, { end: false });
}
