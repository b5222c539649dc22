import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CodedError } from '../../engine/core/errors.ts';

/** Undefined where there is none. */
export function readBytes(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Whoever reads it sees the old file or the new one. A link stays one: what it leads to is replaced. Mode and owner stay; `mode` is that of
 * a new file. Undefined bytes remove it.
 */
export function replaceFile(path: string, bytes: Uint8Array | undefined, mode: number): void {
  if (bytes === undefined) {
    rmSync(path, { force: true });
    return;
  }
  const target = followed(path);
  const old = statSync(target, { throwIfNoEntry: false });
  const unfinished = `${target}.spanwarden-${process.pid}-${randomBytes(4).toString('hex')}`;
  const file = openSync(unfinished, 'wx', 0o600);
  try {
    writeFileSync(file, bytes);
    if (old !== undefined && process.getuid?.() === 0) fchownSync(file, old.uid, old.gid);
    fchmodSync(file, old === undefined ? mode : old.mode & 0o7777);
    fsyncSync(file);
    closeSync(file);
    renameSync(unfinished, target);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}

/** What one that was killed left beside a file. Only while nobody else replaces it. */
export function removeUnfinished(path: string): void {
  const target = existsSync(path) ? realpathSync(path) : path;
  if (!existsSync(dirname(target))) return;
  const names = readdirSync(dirname(target)).filter((name) => name.startsWith(`${basename(target)}.spanwarden-`));
  for (const name of names) rmSync(join(dirname(target), name), { force: true });
}

/** Answers the folders that were not there, the outermost first. */
export function makeFolders(path: string, mode: number): string[] {
  const made: string[] = [];
  for (let folder = path; !existsSync(folder); folder = dirname(folder)) made.unshift(folder);
  for (const folder of made) {
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, mode);
  }
  return made;
}

/** Those that are empty by now, and those that they are in. */
export function removeEmptyFolders(folders: readonly string[]): void {
  for (const folder of [...new Set(folders)].sort((a, b) => b.length - a.length)) {
    try {
      rmdirSync(folder);
    } catch {
      // others have something in it
    }
  }
}

function followed(path: string): string {
  if (!lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) return path;
  try {
    return realpathSync(path);
  } catch {
    throw new CodedError('CONFLICT', `${path} is a link that leads nowhere`);
  }
}
