import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { CodedError } from './core/errors.ts';

export interface AtRestSettings {
  /** File with the keys, a line each. */
  readonly at_rest_key_file?: string | undefined;
  /** Command that prints the same, run by the shell: a client of a key management service. */
  readonly at_rest_key_command?: string | undefined;
}

const KEY = /^[0-9a-f]{64}$/i;
const COMMAND_MAY_TAKE_MS = 60_000;

/**
 * The keys under which everything stored is encrypted, 64 hex digits each: the first is the one to write with, the others open
 * what was written before. Empty lines and those that begin with # don't count. None when neither setting is there. Throws CONFIG_INVALID.
 */
export function atRestKeys({ at_rest_key_file: file, at_rest_key_command: command }: AtRestSettings): string[] {
  if (file === undefined && command === undefined) return [];
  if (file !== undefined && command !== undefined)
    throw new CodedError('CONFIG_INVALID', 'set at_rest_key_file or at_rest_key_command, not both');
  const name = file === undefined ? 'at_rest_key_command' : `at_rest_key_file ${file}`;
  const keys = read(file, command ?? '', name)
    .split('\n')
    .map((line) => line.trim().toLowerCase())
    .filter((line) => line !== '' && !line.startsWith('#'));
  if (keys.length === 0 || !keys.every((key) => KEY.test(key)))
    throw new CodedError(
      'CONFIG_INVALID',
      `${name} must give keys of 64 hex digits, one a line, the current one first`,
    );
  return [...new Set(keys)];
}

function read(file: string | undefined, command: string, name: string): string {
  try {
    if (file !== undefined) return readFileSync(file, 'utf8');
    return execFileSync('/bin/sh', ['-c', command], {
      encoding: 'utf8',
      timeout: COMMAND_MAY_TAKE_MS,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  } catch (cause) {
    const { code, status } = cause as NodeJS.ErrnoException & { status?: number };
    // The error of a failed command holds what it printed.
    const reason = code ?? `exit code ${status}`;
    throw new CodedError('CONFIG_INVALID', `${name} can't be read (${reason})`);
  }
}
