import { join, resolve } from 'node:path';
import { type ClickHouseClient, type ClickHouseClientConfigOptions, createClient } from '@clickhouse/client';
import { Session } from 'chdb';
import { type ChdbConnection, createChdbConnection } from 'chdb/connection';
import { CodedError } from '../core/errors.ts';
import { bindParameters } from './bind-parameters.ts';
import { claimDataFolder } from './claim-data-folder.ts';
import { closeStandardInput } from './close-standard-input.ts';
import { createDiskGuard, type DiskGuard } from './disk-guard.ts';
import { writeEmbeddedConfig } from './embedded-config.ts';
import { encryptedDisks, moveToDisk } from './encrypted-disks.ts';
import { parseMeasuredRows, parseRows, readResult } from './read-result.ts';
import type { StatementOptions, Store } from './store.ts';
import { insertError, storeError } from './store-error.ts';

interface Connection {
  readonly client: ClickHouseClient;
  readonly chdb: ChdbConnection['chdb'];
}

export interface EmbeddedStore extends Store {
  /** What every statement goes through; here for those that have connections of their own. */
  readonly guard: DiskGuard;
}

/** Statements that run side by side; each holds a thread of libuv's pool while it runs. */
const MOST_CONNECTIONS = 8;
/** Connections kept for the next statement, in all; opening one takes under a millisecond. */
const MOST_IDLE = 8;

/** The engine's allocator keeps what was freed; handing it back holds the process under load to about two thirds of its size. */
const PURGE_EVERY_MS = 5_000;
const PURGE = 'SYSTEM JEMALLOC PURGE';

/**
 * The embedded engine. Statements on one connection queue behind each other and settings stay on a connection once set, so
 * every statement gets a connection to itself: from the idle ones of its database, or a new one that is closed afterwards when
 * the statement brings settings of its own.
 */
export async function embeddedStore(
  dataFolder: string,
  atRestKeys: readonly string[] = [],
  report: (message: string) => void = () => undefined,
): Promise<EmbeddedStore> {
  const folder = resolve(dataFolder);
  const letGo = claimDataFolder(folder);
  const path = join(folder, 'clickhouse');
  const { engine, disk } = openEngine(folder, path, atRestKeys, letGo);

  const idle = new Map<string, Connection[]>();
  const waiting: (() => void)[] = [];
  let running = 0;
  let idleCount = 0;
  let closed = false;

  async function openConnection(database: string): Promise<Connection> {
    const connection = createChdbConnection({ path });
    const client = createClient({
      // The two packages declare the same interface twice, so the types do not unify.
      connection: connection as unknown as NonNullable<ClickHouseClientConfigOptions['connection']>,
    });
    if (database !== 'default') await client.command({ query: `USE \`${database}\`` });
    return { client, chdb: connection.chdb };
  }

  async function release(connection: Connection, database: string, reusable: boolean): Promise<void> {
    if (!reusable || closed || idleCount >= MOST_IDLE) return connection.client.close();
    idleCount += 1;
    const connections = idle.get(database);
    if (connections) connections.push(connection);
    else idle.set(database, [connection]);
  }

  const watching = await openConnection('default');
  const guard = await createDiskGuard({
    folder: path,
    report,
    engine: {
      query: async (sql) => parseRows((await readResult(watching.client, sql, 'JSONEachRow', {})).body),
      command: async (sql) => void (await watching.client.command({ query: sql })),
    },
  });

  async function withConnection<T>(
    sql: string,
    options: StatementOptions,
    work: (connection: Connection) => Promise<T>,
  ): Promise<T> {
    while (running >= MOST_CONNECTIONS) await new Promise<void>((free) => waiting.push(free));
    if (closed) throw new CodedError('SHUTTING_DOWN', 'The store is closed');
    running += 1;
    const database = options.database ?? 'default';
    const reusable = options.settings === undefined;
    let connection = reusable ? idle.get(database)?.pop() : undefined;
    if (connection) idleCount -= 1;
    try {
      connection ??= await openConnection(database);
      const own = connection;
      return await guard.run(sql, () => work(own));
    } catch (error) {
      throw storeError(error);
    } finally {
      if (connection) await release(connection, database, reusable);
      running -= 1;
      waiting.shift()?.();
    }
  }

  const run: Store['raw'] = (sql, format, params = {}, options = {}) =>
    withConnection(sql, options, ({ client }) =>
      readResult(client, sql, format, { clickhouse_settings: { ...bindParameters(params), ...options.settings } }),
    );

  const purge = setInterval(() => {
    if (!closed)
      void withConnection(PURGE, {}, ({ client }) => client.command({ query: PURGE })).catch(() => undefined);
  }, PURGE_EVERY_MS);
  purge.unref();

  const store: EmbeddedStore = {
    kind: 'embedded',
    guard,
    trouble: guard.trouble,
    raw: run,
    measure: async (sql, params, options) =>
      parseMeasuredRows((await run(sql, 'JSONEachRowWithProgress', params, options)).body),
    query: async (sql, params, options) => parseRows((await run(sql, 'JSONEachRow', params, options)).body),
    command: (sql, params = {}, options = {}) =>
      withConnection(sql, options, async ({ client }) => {
        await client.command({
          query: sql,
          clickhouse_settings: { ...bindParameters(params), ...options.settings },
        });
      }),
    insertLines: (table, columns, lines, token) =>
      withConnection('INSERT', {}, async ({ chdb }) => {
        const settings = { insert_deduplication_token: guard.insertToken(token) };
        await chdb
          .rawInsert({ table, columns, values: lines, format: 'JSONCompactEachRow', settings })
          .catch((error) => {
            throw insertError(error);
          });
      }),
    close: async () => {
      closed = true;
      clearInterval(purge);
      while (running > 0) await new Promise<void>((free) => waiting.push(free));
      for (const connections of idle.values()) for (const { client } of connections) await client.close();
      idle.clear();
      await guard.close();
      await watching.client.close();
      engine.close();
      letGo();
    },
  };
  if (disk !== undefined) await moveToDisk(store, disk);
  return store;
}

/** The first session of the process loads the configuration and keeps the engine alive until it is closed. */
function openEngine(
  folder: string,
  path: string,
  atRestKeys: readonly string[],
  letGo: () => void,
): { engine: Session; disk: string | undefined } {
  try {
    const { current, toMove, xml, env } = encryptedDisks(folder, atRestKeys);
    const connectionArgs = [`--config-file=${writeEmbeddedConfig(folder, xml)}`];
    closeStandardInput();
    // Only while the engine reads its configuration: what this process starts later must not inherit the keys.
    Object.assign(process.env, env);
    try {
      return { engine: new Session(path, { connectionArgs }), disk: toMove ? current : undefined };
    } finally {
      for (const name of Object.keys(env)) delete process.env[name];
    }
  } catch (error) {
    letGo();
    if (error instanceof CodedError) throw error;
    throw new CodedError('STORE_REFUSED', `the embedded engine could not open ${path}; it says why above`, {
      cause: error,
    });
  }
}
