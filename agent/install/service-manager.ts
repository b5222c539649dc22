import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Machine } from './machine.ts';

/** Whether a service can be started from here: this machine, and not an image or a container without a service manager. */
export function hasServiceManager({ root, platform }: Pick<Machine, 'root' | 'platform'>): boolean {
  if (root !== '') return false;
  return platform === 'darwin' || platform === 'win32' || existsSync('/run/systemd/system');
}

/** Whether all of the commands ended with 0; all are run. */
export function runCommands(commands: readonly (readonly string[])[]): boolean {
  let good = true;
  for (const [program, ...words] of commands)
    good = spawnSync(program!, words, { stdio: 'ignore', timeout: 60_000 }).status === 0 && good;
  return good;
}
