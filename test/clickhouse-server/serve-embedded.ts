/**
 * A small stand-in for a ClickHouse server: one embedded engine behind the part of ClickHouse's HTTP interface that @clickhouse/client
 * speaks, so that several processes can share a store. `node serve-embedded.ts <folder> [port]` prints its URL.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type ClickHouseClientConfigOptions, createClient } from '@clickhouse/client';
import { createChdbConnection } from 'chdb/connection';
import { embeddedStore } from '../../engine/clickhouse/embedded-store.ts';
import { isCoded } from '../../engine/core/errors.ts';

/** URL parameters that are no settings. */
const NO_SETTINGS = new Set([
  'query',
  'database',
  'query_id',
  'session_id',
  'wait_end_of_query',
  'default_format',
  'role',
]);

const folder = process.argv[2]!;
// Holds the folder and loads the engine's configuration.
const { guard } = await embeddedStore(folder, [], (message) => process.stderr.write(`stand-in: ${message}\n`));

// Bound values come in the URL; a ClickHouse server takes a mebibyte of it.
const server = createServer({ maxHeaderSize: 1024 * 1024 }, (request, response) => {
  void answer(request, response).catch((error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    const text = isCoded(error, 'DISK_FULL') ? `Code: 243. DB::Exception: ${message} (NOT_ENOUGH_SPACE)` : message;
    const code = /Code: (\d+)/.exec(text)?.[1] ?? '1002';
    response.writeHead(500, { 'x-clickhouse-exception-code': code, 'content-type': 'text/plain' });
    response.end(text.startsWith('Code:') ? text : `Code: ${code}. DB::Exception: ${text}`);
  });
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url!, 'http://localhost');
  const body = await bodyOf(request);
  if (url.pathname === '/ping') return void response.end('Ok.\n');
  const settings: Record<string, string> = {};
  for (const [name, value] of url.searchParams) {
    if (!NO_SETTINGS.has(name)) settings[name] = name.startsWith('param_') ? value.replaceAll('\\', '\\\\') : value;
  }
  const connection = createChdbConnection({ path: join(folder, 'clickhouse') });
  const client = createClient({
    connection: connection as unknown as NonNullable<ClickHouseClientConfigOptions['connection']>,
  });
  try {
    const database = url.searchParams.get('database');
    if (database) await client.command({ query: `USE \`${database}\`` });
    const inUrl = url.searchParams.get('query');
    const sql = inUrl ?? body.toString('utf8');
    if (inUrl !== null) {
      const [, table, columns] = /^INSERT INTO (\S+) \(([^)]*)\) FORMAT JSONCompactEachRow$/.exec(inUrl.trim())!;
      const token = settings['insert_deduplication_token'];
      if (token !== undefined) settings['insert_deduplication_token'] = guard.insertToken(token);
      const rawInsert = {
        table: table!,
        columns: columns!.split(', ').map((name) => name.replaceAll('`', '')),
        values: body,
        format: 'JSONCompactEachRow' as const,
        settings,
      };
      await guard.run(sql, () => connection.chdb.rawInsert(rawInsert));
      return void response.end();
    }
    const { summary, chunks } = await guard.run(sql, async () => {
      const result = await client.exec({ query: sql, clickhouse_settings: settings });
      const chunks: Buffer[] = [];
      for await (const chunk of result.stream) chunks.push(chunk as Buffer);
      return { summary: result.summary, chunks };
    });
    response.setHeader('x-clickhouse-summary', JSON.stringify(summary ?? {}));
    response.end(Buffer.concat(chunks));
  } finally {
    await client.close();
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

server.listen(Number(process.argv[3] ?? 0), '127.0.0.1', () =>
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`),
);
process.on('SIGTERM', () => process.exit(0));
