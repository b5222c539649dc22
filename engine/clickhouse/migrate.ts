import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError, isCoded } from '../core/errors.ts';
import type { Store } from './store.ts';

const SQL = new URL('../../sql/', import.meta.url).pathname;
export const CONTROL_DATABASE = 'spanwarden';

/** Brings the control plane up to date. Throws MIGRATION_FAILED naming the file. */
export async function migrateControl(store: Store): Promise<string[]> {
  return migrate(store, CONTROL_DATABASE, join(SQL, 'migrations/control'));
}

/** Brings one org's database up to date, views included. Throws MIGRATION_FAILED naming the file. */
export async function migrateOrg(store: Store, database: string): Promise<string[]> {
  const applied = await migrate(store, database, join(SQL, 'migrations/org'));
  for (const file of await sqlFiles(join(SQL, 'views'))) {
    await applyFile(store, database, join(SQL, 'views', file), file);
  }
  return applied;
}

/**
 * Applies the numbered files of a folder that the database has not seen, in order. Each statement is idempotent by itself
 * (IF NOT EXISTS), so a migration that was cut short by a crash is simply run again.
 */
async function migrate(store: Store, database: string, folder: string): Promise<string[]> {
  await store.command(`CREATE DATABASE IF NOT EXISTS \`${database}\``);
  await store.command(
    `CREATE TABLE IF NOT EXISTS migrations
     (name String, checksum String, applied_at DateTime64(3) DEFAULT now64(3))
     ENGINE = ReplacingMergeTree ORDER BY name`,
    {},
    { database },
  );
  const seen = new Map(
    (
      await store.query<{ name: string; checksum: string }>(
        'SELECT name, checksum FROM migrations FINAL',
        {},
        { database },
      )
    ).map((row) => [row.name, row.checksum]),
  );
  const applied: string[] = [];
  for (const file of await sqlFiles(folder)) {
    const checksum = createHash('sha256')
      .update(await readFile(join(folder, file)))
      .digest('hex');
    const known = seen.get(file);
    if (known === checksum) continue;
    if (known !== undefined) {
      throw new CodedError(
        'MIGRATION_FAILED',
        `${file} was changed after it had been applied to ${database}; restore it and put the change in a new migration`,
      );
    }
    await applyFile(store, database, join(folder, file), file);
    await store.command(
      'INSERT INTO migrations (name, checksum) SELECT {name: String}, {checksum: String}',
      { name: file, checksum },
      { database },
    );
    applied.push(file);
  }
  return applied;
}

async function applyFile(store: Store, database: string, path: string, name: string): Promise<void> {
  for (const statement of statements(await readFile(path, 'utf8'))) {
    try {
      await store.command(statement, {}, { database });
    } catch (error) {
      if (isCoded(error, 'DISK_FULL')) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new CodedError('MIGRATION_FAILED', `${name} failed on ${database}: ${reason}`, { cause: error });
    }
  }
}

/** Statements of a file: each ends with a semicolon at the end of a line. */
function statements(sql: string): string[] {
  return sql
    .split(/;[ \t]*(?:\n|$)/)
    .map((statement) => statement.trim())
    .filter((statement) => statement.replace(/^--.*$/gm, '').trim() !== '');
}

async function sqlFiles(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
}
