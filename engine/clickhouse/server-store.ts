import { Readable } from 'node:stream';
import { ClickHouseLogLevel, type ClickHouseSettings, createClient } from '@clickhouse/client';
import { parseMeasuredRows, parseRows, readResult } from './read-result.ts';
import type { StatementOptions, Store } from './store.ts';
import { insertError, storeError } from './store-error.ts';

/** PEM: the authorities of the server's certificate, and a certificate of ours with its key. */
export interface ServerTls {
  readonly ca_cert: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

export interface ServerOptions {
  readonly tls?: ServerTls | undefined;
  /** For every statement. */
  readonly settings?: ClickHouseSettings;
}

/** A ClickHouse server over HTTP. Credentials come with the URL, and TLS with https. */
export function serverStore(url: string, { tls, settings = {} }: ServerOptions = {}): Store {
  const client = createClient({
    url,
    ...(tls && { tls }),
    application: 'spanwarden',
    // What fails is thrown, and told by whoever asked.
    log: { level: ClickHouseLogLevel.OFF },
    request_timeout: 120_000,
    clickhouse_settings: {
      output_format_json_quote_64bit_integers: 1,
      wait_end_of_query: 1,
      session_timezone: 'UTC',
      ...settings,
    },
  });

  const run: Store['raw'] = (sql, format, params = {}, options = {}) =>
    readResult(client, sql, format, { query_params: { ...params }, clickhouse_settings: inContext(options) });

  return {
    kind: 'server',
    raw: run,
    measure: async (sql, params, options) =>
      parseMeasuredRows((await run(sql, 'JSONEachRowWithProgress', params, options)).body),
    query: async (sql, params, options) => parseRows((await run(sql, 'JSONEachRow', params, options)).body),
    command: async (sql, params = {}, options = {}) => {
      try {
        await client.command({ query: sql, query_params: { ...params }, clickhouse_settings: inContext(options) });
      } catch (error) {
        throw storeError(error);
      }
    },
    insertLines: async (table, columns, lines, token) => {
      try {
        const { stream } = await client.exec({
          query: `INSERT INTO ${table} (${columns.map((name) => `\`${name}\``).join(', ')}) FORMAT JSONCompactEachRow`,
          values: Readable.from([lines]),
          clickhouse_settings: { insert_deduplication_token: token },
        });
        stream.resume();
      } catch (error) {
        throw insertError(error);
      }
    },
    close: () => client.close(),
  };
}

/** The HTTP interface takes the database as a URL parameter beside the settings. */
function inContext(options: StatementOptions): ClickHouseSettings {
  const database = options.database === undefined ? {} : { database: options.database };
  return { ...options.settings, ...database } as ClickHouseSettings;
}
