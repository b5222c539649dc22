import { existsSync } from 'node:fs';
import { machineFolder, type StateFolder, stateFolderAt, userFolder } from '../state-folder.ts';
import { recordPath } from './install-record.ts';
import { type Machine, placeOf } from './machine.ts';

/** The state folder of an installation, without the machine's root. */
export function installedState({ scope, env, platform, home, root }: Machine): StateFolder {
  // an image has no environment of its own
  const known = root === '' ? env : {};
  return stateFolderAt(scope === 'system' ? machineFolder(known, platform) : userFolder(known, platform, home));
}

/** Whether the machine has an installation for all of its users. */
export function isForEveryone(machine: Machine): boolean {
  return existsSync(recordPath(placeOf(machine, installedState({ ...machine, scope: 'system' }).root)));
}
