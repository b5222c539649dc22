import { existsSync, rmSync } from 'node:fs';
import { CodedError } from '../../engine/core/errors.ts';
import { stateFolderAt } from '../state-folder.ts';
import { type FileChange, revertedChange } from './file-change.ts';
import { isSame } from './install.ts';
import { type InstallRecord, readRecord, recordPath, writeRecord } from './install-record.ts';
import { installedState } from './installed-state.ts';
import { type Machine, placeOf } from './machine.ts';
import { readBytes, removeEmptyFolders, removeUnfinished, replaceFile } from './replace-file.ts';
import { removeInstallLock, withInstallLock } from './with-install-lock.ts';

/** What an uninstallation would change; undefined where nothing is installed. */
export function planUninstall(machine: Machine): FileChange[] | undefined {
  const record = readRecord(placeOf(machine, installedState(machine).root));
  return record?.files.map((file) => revertedChange(file, readBytes(placeOf(machine, file.path))));
}

/**
 * Puts the machine back. A file that is as it was left gets its old bytes; of one that someone changed since, only our hooks go. False where
 * nothing is installed.
 * @param keepData leaves settings, credential and queue, for another installation
 * @throws CONFLICT when a file was broken meanwhile; then nothing was changed
 */
export function uninstall(machine: Machine, { keepData }: { readonly keepData: boolean }): boolean {
  const state = stateFolderAt(placeOf(machine, installedState(machine).root));
  if (!existsSync(recordPath(state.root))) return false;
  return withInstallLock(state.root, () => {
    const record = readRecord(state.root);
    const changes = planUninstall(machine);
    if (record === undefined || changes === undefined) return false;
    const kept = new Set(keepData ? [installedState(machine).settings, installedState(machine).credential] : []);
    for (const change of changes)
      if (!kept.has(change.path) && !isSame(change))
        replaceFile(placeOf(machine, change.path), change.after, change.mode);
    for (const { path } of record.files) removeUnfinished(placeOf(machine, path));
    const folders = record.files.flatMap((file) => file.folders);
    // after the files: as long as the record is there, this can be done again
    if (keepData) {
      writeRecord(state.root, { ...record, files: record.files.filter(({ path }) => kept.has(path)) });
    } else {
      rmSync(recordPath(state.root), { force: true });
      removeState(state.root, record);
    }
    removeEmptyFolders([...folders, ...record.stateFolders]);
    return true;
  });
}

/** A folder that was there before the first installation keeps what others put into it. */
function removeState(root: string, { stateFolders }: InstallRecord): void {
  if (root === '' || root === '/') throw new CodedError('INTERNAL', 'the state folder has no name');
  if (stateFolders.at(-1) === root) {
    rmSync(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  } else {
    removeEmptyFolders([`${root}/spools`]);
    removeInstallLock(root);
  }
}
