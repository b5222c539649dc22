import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CodedError } from '../../engine/core/errors.ts';

const WAIT_MS = 120_000;
const NAME = 'install.lock';

/** One installation at a time. The lock is SQLite's, so that it ends with the process that holds it, however that dies. */
export function withInstallLock<T>(folder: string, work: () => T): T {
  const path = join(folder, NAME);
  for (;;) {
    const database = new DatabaseSync(path, { timeout: WAIT_MS });
    try {
      const { ino } = statSync(path);
      take(database);
      // whoever had it may have removed the file, and a third one made another
      if (statSync(path, { throwIfNoEntry: false })?.ino !== ino) continue;
      return work();
    } finally {
      database.close();
    }
  }
}

export function removeInstallLock(folder: string): void {
  rmSync(join(folder, NAME), { force: true });
}

function take(database: DatabaseSync): void {
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch {
    throw new CodedError('CONFLICT', 'another installation is at work and does not end');
  }
}
