import { homedir } from 'node:os';
import { join } from 'node:path';

/** For one user, or for everyone on the machine. */
export type Scope = 'user' | 'system';

/** What an installation is made on. */
export interface Machine {
  readonly scope: Scope;
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Goes before every absolute path: an image that is being made, or a test's folder. '' is the machine itself. */
  readonly root: string;
  /** The user's, without `root`. */
  readonly home: string;
  /** The Node that hooks and the service run under, by its full path. */
  readonly node: string;
}

export function thisMachine(scope: Scope, root: string, env: Machine['env'] = process.env): Machine {
  return { scope, root, env, platform: process.platform, home: homedir(), node: process.execPath };
}

/** Where a path of the machine is to be found from here. */
export function placeOf({ root }: Pick<Machine, 'root'>, path: string): string {
  return root === '' ? path : join(root, path);
}
