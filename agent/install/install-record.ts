import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { CodedError } from '../../engine/core/errors.ts';
import type { ToolName } from '../hooks/tool-event.ts';
import { readBytes, replaceFile } from './replace-file.ts';

/** A file that an installation changed or made. */
export interface RecordedFile {
  /** Without the machine's root. */
  readonly path: string;
  /** Whose hooks are in it; '' for a file that is ours as a whole. */
  readonly tool: ToolName | '';
  readonly format: 'json' | 'jsonc' | 'toml' | 'own';
  /** What was there, in base64; null where nothing was. */
  readonly before: string | null;
  /** SHA-256 of what was written. */
  readonly after: string;
  /** Folders that were made for it. */
  readonly folders: readonly string[];
}

/** `install.json` in the state folder: all that an uninstallation needs to put the machine back. */
export interface InstallRecord {
  readonly version: 1;
  readonly files: readonly RecordedFile[];
  /** Folders that were made on the way to the state folder, itself included. */
  readonly stateFolders: readonly string[];
}

export function recordPath(state: string): string {
  return join(state, 'install.json');
}

export function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Undefined where nothing is installed. */
export function readRecord(state: string): InstallRecord | undefined {
  const path = recordPath(state);
  const bytes = readBytes(path);
  if (bytes === undefined) return undefined;
  try {
    const record = JSON.parse(bytes.toString('utf8')) as InstallRecord;
    if (record.version === 1 && Array.isArray(record.files) && Array.isArray(record.stateFolders)) return record;
  } catch {
    // told below
  }
  throw new CodedError('CONFLICT', `${path} cannot be read; it holds what was there before: restore it from a backup`);
}

/** It holds whole settings files, which may hold secrets. */
export function writeRecord(state: string, record: InstallRecord): void {
  replaceFile(recordPath(state), Buffer.from(`${JSON.stringify(record)}\n`), 0o600);
}
