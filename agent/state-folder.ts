import { existsSync, lstatSync, mkdirSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where the client keeps what. The machine's files belong to root, each user's spool to that user. */
export interface StateFolder {
  readonly root: string;
  /** Addresses and limits, for everyone to read. */
  readonly settings: string;
  /** The policy that the forwarder pulled. */
  readonly policy: string;
  /** The policy that device management put there; it wins. */
  readonly managedPolicy: string;
  /** The ingest token; only the forwarder can read it. */
  readonly credential: string;
  /** One folder a user. */
  readonly spools: string;
}

/** SPANWARDEN_AGENT_STATE; else the machine's folder where an installation made one; else the user's. */
export function stateFolder(env: Environment, platform: NodeJS.Platform = process.platform): StateFolder {
  const machine = machineFolder(env, platform);
  return stateFolderAt(env['SPANWARDEN_AGENT_STATE'] || (existsSync(machine) ? machine : userFolder(env, platform)));
}

export function stateFolderAt(root: string): StateFolder {
  return {
    root,
    settings: join(root, 'client.json'),
    policy: join(root, 'policy.json'),
    managedPolicy: join(root, 'managed-policy.json'),
    credential: join(root, 'credential'),
    spools: join(root, 'spools'),
  };
}

/** The folder of the user that this process runs as. */
export function spoolFolder(state: StateFolder): string {
  return join(state.spools, String(process.getuid?.() ?? userInfo().username));
}

/** Makes it where it is missing. Throws when it is another's or others could look into it: then nothing may be written there. */
export function claimSpoolFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stat = lstatSync(folder);
  if (!stat.isDirectory()) throw new Error('the spool folder is no folder');
  if (process.getuid !== undefined && (stat.uid !== process.getuid() || (stat.mode & 0o077) !== 0)) {
    throw new Error('the spool folder is open to others');
  }
}

/** What an installation for everyone makes. */
export function machineFolder(env: Environment, platform: NodeJS.Platform): string {
  if (platform === 'darwin') return '/Library/Application Support/Spanwarden';
  if (platform === 'win32') return join(env['ProgramData'] ?? 'C:\\ProgramData', 'Spanwarden');
  return '/var/lib/spanwarden-agent';
}

/** What an installation for one user makes. */
export function userFolder(env: Environment, platform: NodeJS.Platform, home: string = homedir()): string {
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Spanwarden');
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? home, 'Spanwarden');
  return join(env['XDG_STATE_HOME'] || join(home, '.local', 'state'), 'spanwarden-agent');
}
