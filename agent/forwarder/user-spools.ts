import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const FILES = ['spool.db', 'spool.db-wal', 'spool.db-shm'];

/**
 * Folders of users with a spool. The forwarder may be root and the folders are not its own: one in which anything is a link, or belongs
 * to another than the folder's owner, is passed over.
 */
export function userSpools(spools: string): string[] {
  let names: string[];
  try {
    names = readdirSync(spools);
  } catch {
    return [];
  }
  return names.map((name) => join(spools, name)).filter(isSound);
}

function isSound(folder: string): boolean {
  try {
    const owner = lstatSync(folder);
    if (!owner.isDirectory()) return false;
    return FILES.every((name, index) => {
      const file = lstatSync(join(folder, name), { throwIfNoEntry: false });
      // SQLite removes the two beside the database when nobody has it open
      if (file === undefined) return index > 0;
      return file.isFile() && file.uid === owner.uid && file.nlink === 1;
    });
  } catch {
    return false;
  }
}
