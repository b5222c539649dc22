import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { ClientSpan } from './client-span.ts';

/** The queue of one user's redacted spans, and what hook processes remember for each other. Many processes use it at once. */
export interface Spool {
  readonly database: DatabaseSync;
  /** All that `work` writes is there, or none of it; nobody else writes meanwhile. */
  inTransaction<T>(work: () => T): T;
  /** In a transaction: appends, and drops the oldest that are over the bounds. */
  append(span: ClientSpan, nowMs: number): void;
  count(name: string): number;
  /** In a transaction. */
  addTo(counter: string, by: number): void;
  getText(name: string): string | undefined;
  setText(name: string, value: string): void;
  close(): void;
}

export interface SpoolBounds {
  readonly spoolMaxBytes: number;
  readonly spoolMaxAgeMs: number;
}

/** What others write is waited for this long. */
const BUSY_MS = 10_000;
/** Of two processes that make the file at once, one may be told that it is locked without any wait. */
const TRIES = 50;
const BETWEEN_TRIES_MS = 20;
/** Rows dropped at once, until the bounds are met. */
const DROP_AT_ONCE = 64;
/** What a row takes beside its text. */
const ROW_BYTES = 64;

const SCHEMA = `
CREATE TABLE IF NOT EXISTS spans (id INTEGER PRIMARY KEY AUTOINCREMENT, written_ms INTEGER NOT NULL, bytes INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS texts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS sessions (key TEXT PRIMARY KEY, seen_ms INTEGER NOT NULL, state TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS aliases (key TEXT PRIMARY KEY, session TEXT NOT NULL, agent TEXT NOT NULL, seen_ms INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS actions (span_id TEXT PRIMARY KEY, session TEXT NOT NULL, kind TEXT NOT NULL, call_key TEXT NOT NULL, target TEXT NOT NULL, opened_ms INTEGER NOT NULL, done_ms INTEGER, seen TEXT NOT NULL, body TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS actions_by_target ON actions (session, target);
CREATE INDEX IF NOT EXISTS actions_by_call ON actions (session, call_key);
CREATE INDEX IF NOT EXISTS open_actions ON actions (session, opened_ms) WHERE done_ms IS NULL;
PRAGMA user_version = 1;
`;

/**
 * `spool.db` in a user's folder: SQLite with a write-ahead log. A commit survives the death of every process; a few of the latest may be
 * lost when the machine loses power (synchronous = NORMAL).
 */
export function openSpool(folder: string, { spoolMaxBytes, spoolMaxAgeMs }: SpoolBounds): Spool {
  const database = openDatabase(join(folder, 'spool.db'));

  const inTransaction = <T>(work: () => T): T => {
    database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      database.exec('COMMIT');
      return result;
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
  };
  const insert = database.prepare('INSERT INTO spans (written_ms, bytes, body) VALUES (?, ?, ?)');
  const add = database.prepare(
    'INSERT INTO counters VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = value + excluded.value',
  );
  const read = database.prepare('SELECT value FROM counters WHERE name = ?');
  const oldest = database.prepare(`SELECT id, written_ms, bytes FROM spans ORDER BY id LIMIT ${DROP_AT_ONCE}`);
  const remove = database.prepare('DELETE FROM spans WHERE id = ?');
  const getText = database.prepare('SELECT value FROM texts WHERE name = ?');
  const setText = database.prepare('INSERT OR REPLACE INTO texts VALUES (?, ?)');

  const count = (name: string): number => Number((read.get(name) as { value: number } | undefined)?.value ?? 0);
  const keepWithinBounds = (nowMs: number): void => {
    for (;;) {
      let over = count('bytes') - spoolMaxBytes;
      let dropped = 0;
      let freed = 0;
      for (const { id, written_ms, bytes } of oldest.all() as { id: number; written_ms: number; bytes: number }[]) {
        if (over <= 0 && nowMs - written_ms <= spoolMaxAgeMs) break;
        remove.run(id);
        over -= bytes;
        freed += bytes;
        dropped++;
      }
      if (dropped === 0) return;
      add.run('bytes', -freed);
      add.run('dropped', dropped);
    }
  };

  return {
    database,
    inTransaction,
    append(span, nowMs) {
      const body = JSON.stringify(span);
      const bytes = Buffer.byteLength(body) + ROW_BYTES;
      insert.run(nowMs, bytes, body);
      add.run('bytes', bytes);
      add.run('recorded', 1);
      keepWithinBounds(nowMs);
    },
    count,
    addTo: (counter, by) => {
      add.run(counter, by);
    },
    getText: (name) => (getText.get(name) as { value: string } | undefined)?.value,
    setText: (name, value) => {
      setText.run(name, value);
    },
    close: () => database.close(),
  };
}

function openDatabase(path: string): DatabaseSync {
  for (let attempt = 1; ; attempt++) {
    const database = new DatabaseSync(path, { timeout: BUSY_MS });
    try {
      database.exec('PRAGMA trusted_schema = OFF; PRAGMA synchronous = NORMAL; PRAGMA auto_vacuum = INCREMENTAL');
      const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number };
      if (version === 0) database.exec(`PRAGMA journal_mode = WAL; BEGIN IMMEDIATE; ${SCHEMA} COMMIT`);
      return database;
    } catch (error) {
      database.close();
      if (attempt >= TRIES) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BETWEEN_TRIES_MS);
    }
  }
}
