import { machineFolder, type StateFolder, stateFolderAt, userFolder } from '../state-folder.ts';
import type { Machine } from './machine.ts';

/** The state folder of an installation, without the machine's root. */
export function installedState({ scope, env, platform, home, root }: Machine): StateFolder {
  // an image has no environment of its own
  const known = root === '' ? env : {};
  return stateFolderAt(scope === 'system' ? machineFolder(known, platform) : userFolder(known, platform, home));
}
