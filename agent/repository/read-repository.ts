import { existsSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { parseGitConfig } from './git-config.ts';

/** What git's files say of the folder that an agent works in; no git process is started. */
export interface Repository {
  /** Of the working tree. */
  readonly root: string;
  readonly name: string;
  /** '' on a detached head. */
  readonly branch: string;
  /** Without user and password; '' when there is none. */
  readonly remoteUrl: string;
  readonly authorName: string;
  readonly authorEmail: string;
}

const MOST_STEPS_UP = 64;

/** Undefined outside of any repository. Never throws. */
export function readRepository(folder: string, home: string = homedir()): Repository | undefined {
  try {
    const root = findRoot(folder);
    if (root === undefined) return undefined;
    const own = gitFolder(root);
    const shared = sharedFolder(own);
    const config = new Map([...readConfig(join(home, '.gitconfig')), ...readConfig(join(shared, 'config'))]);
    const remoteUrl = withoutCredentials(config.get('remote.origin.url') ?? '');
    return {
      root,
      name: basename(remoteUrl.replace(/\.git$/, '') || root),
      branch: branchOf(read(join(own, 'HEAD'))),
      remoteUrl,
      authorName: config.get('user.name') ?? '',
      authorEmail: config.get('user.email') ?? '',
    };
  } catch {
    return undefined;
  }
}

function findRoot(folder: string): string | undefined {
  if (!isAbsolute(folder)) return undefined;
  let at = resolve(folder);
  for (let step = 0; step < MOST_STEPS_UP; step++) {
    if (existsSync(join(at, '.git'))) return at;
    const above = dirname(at);
    if (above === at) return undefined;
    at = above;
  }
  return undefined;
}

/** Of a linked working tree, `.git` is a file that names its folder. */
function gitFolder(root: string): string {
  const path = join(root, '.git');
  if (statSync(path).isDirectory()) return path;
  const named = /^gitdir: (.{1,4096})$/m.exec(read(path))?.[1] ?? '.git';
  return resolve(root, named.trim());
}

function sharedFolder(own: string): string {
  const named = read(join(own, 'commondir')).trim();
  return named === '' ? own : resolve(own, named);
}

function branchOf(head: string): string {
  return /^ref: refs\/heads\/(.{1,1024})$/m.exec(head)?.[1]?.trim() ?? '';
}

function readConfig(path: string): ReadonlyMap<string, string> {
  return parseGitConfig(read(path));
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** `git@host:owner/name.git` and `https://user:token@host/owner/name.git` become `https://host/owner/name`. */
function withoutCredentials(url: string): string {
  const scp = /^(?:[^@/\s]{1,256}@)?([\w.-]{1,256}):(?!\/\/)([^\s]{1,2048})$/.exec(url);
  const text = scp === null ? url : `https://${scp[1]}/${scp[2]}`;
  if (!URL.canParse(text)) return '';
  const { protocol, host, pathname } = new URL(text);
  if (host === '') return '';
  return `${protocol === 'ssh:' || protocol === 'git:' ? 'https:' : protocol}//${host}${pathname.replace(/\.git$/, '')}`;
}
