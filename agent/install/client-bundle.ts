import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CodedError } from '../../engine/core/errors.ts';
import { installedState } from './installed-state.ts';
import type { Machine } from './machine.ts';

const NAME = 'spanwarden-agent.cjs';

/** Where packages put it: root's, and there as long as the package is. */
const PACKAGED = ['/usr/lib/spanwarden-agent', '/usr/local/lib/spanwarden-agent', 'C:\\Program Files\\Spanwarden'];

/** The client as one file: what runs now, or what `npm run build:agent` made of the project that runs now. */
export function clientBundle(program: string): string {
  const file = realpathSync(program);
  if (file.endsWith('.cjs')) return file;
  const built = [dirname(file), dirname(dirname(file))]
    .map((folder) => join(folder, 'agent', 'dist', NAME))
    .find((path) => existsSync(path));
  if (built === undefined)
    throw new CodedError('USAGE', 'there is no bundle of the client: run npm run build:agent first');
  return built;
}

export function isPackaged(file: string): boolean {
  return basename(file) === NAME && PACKAGED.includes(dirname(file));
}

/** Where hooks and the service find it: in its package, else as a copy in the state folder. */
export function installedBundle(machine: Machine, program: string): string {
  const file = realpathSync(program);
  if (isPackaged(file)) return file;
  const separator = machine.platform === 'win32' ? '\\' : '/';
  return [installedState(machine).root, 'bin', NAME].join(separator);
}
