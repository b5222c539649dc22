import { accessSync, constants, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CodedError } from '../core/errors.ts';

/**
 * Makes the folder if need be and holds it for this process; the answer lets go of it. The lock is an empty SQLite database
 * in an exclusive transaction: the operating system ends it with the process, however that dies, so none is ever left over.
 * Throws CONFIG_INVALID when the folder can't be written, DATA_FOLDER_LOCKED when another process holds it.
 */
export function claimDataFolder(folder: string): () => void {
  makeWritable(folder);
  const lock = new DatabaseSync(join(folder, 'lock'));
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (cause) {
    lock.close();
    throw new CodedError(
      'DATA_FOLDER_LOCKED',
      `data folder ${folder} is in use by ${holder(folder)}: stop it, or name another folder with --data`,
      { cause },
    );
  }
  return () => lock.close();
}

function makeWritable(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new CodedError(
      'CONFIG_INVALID',
      `data folder ${folder} can't be written (${reason}): name another with --data or SPANWARDEN_DATA`,
      { cause },
    );
  }
}

/** The engine notes the process that opened it in a file of its own. */
function holder(folder: string): string {
  try {
    const [, pid] = /^PID: (\d{1,10})$/m.exec(readFileSync(join(folder, 'clickhouse/status'), 'utf8')) ?? [];
    if (pid) return `process ${pid}`;
  } catch {
    // Not there yet: the other process has only just begun.
  }
  return 'another process';
}
