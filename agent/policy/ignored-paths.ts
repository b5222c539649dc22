import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import ignore from 'ignore';
import picomatch from 'picomatch';
import type { ClientPolicy } from '../../engine/core/client-policy.ts';
import type { Repository } from '../repository/read-repository.ts';

export interface IgnoredPaths {
  /** Nothing may be recorded of what happens in this folder. */
  readonly everything: boolean;
  /** Nothing may be told of this file but that a tool was called. */
  file(path: string): boolean;
  /** A command that names such a file. */
  command(text: string): boolean;
}

const GLOB = { dot: true, nocase: process.platform !== 'linux' };
const MOST_WORDS = 2_000;
const MOST_GITIGNORE = 256 * 1024;

/** What the policy's globs and git's own rules take out, seen from a working folder. */
export function ignoredPaths(
  { repositories, folders, files, gitignore }: ClientPolicy['ignore'],
  cwd: string,
  repository: Repository | undefined,
): IgnoredPaths {
  const isFile = matcher(files);
  const isFolder = matcher(folders);
  const root = repository?.root;
  const everything = isIgnoredRepository(repositories, repository) || (cwd !== '' && ancestors(cwd).some(isFolder));
  const byGit = gitignore && root !== undefined ? gitRules(root) : () => false;

  const file = (path: string): boolean => {
    const whole = absolute(path, cwd);
    if (whole === undefined) return isFile(path);
    if (isFile(slashes(whole)) || ancestors(dirname(whole)).some(isFolder)) return true;
    if (root === undefined) return false;
    const within = relative(root, whole);
    if (within === '' || within.startsWith('..') || isAbsolute(within)) return false;
    return isFile(slashes(within)) || isFolder(slashes(dirname(within))) || byGit(slashes(within));
  };
  return {
    everything,
    file,
    command: (text) =>
      text
        .split(/[\s"'`;|&<>()=,]+/, MOST_WORDS)
        .some((word) => word.length > 1 && word.length < 1_024 && /[./\\\w]/.test(word) && file(word)),
  };
}

function matcher(globs: readonly string[]): (path: string) => boolean {
  if (globs.length === 0) return () => false;
  // a glob without a slash is about names, wherever they are
  const whole = globs.map((glob) => (glob.includes('/') ? glob : `**/${glob}`));
  const matches = picomatch(whole, GLOB);
  return (path) => matches(path) || matches(path.replace(/^\//, ''));
}

function isIgnoredRepository(globs: readonly string[], repository: Repository | undefined): boolean {
  if (globs.length === 0 || repository === undefined) return false;
  const matches = picomatch([...globs], GLOB);
  const { root, name, remoteUrl } = repository;
  const address = remoteUrl.replace(/^\w+:\/\//, '');
  const shorter = address.split('/').slice(1).join('/');
  return [slashes(root), name, remoteUrl, address, shorter].some((said) => said !== '' && matches(said));
}

/** Every .gitignore from the root down to the file's folder, and the repository's own excludes. */
function gitRules(root: string): (path: string) => boolean {
  const known = new Map<string, ReturnType<typeof ignore> | undefined>();
  const rulesOf = (folder: string, file: string) => {
    if (!known.has(folder)) known.set(folder, readRules(file));
    return known.get(folder);
  };
  return (path) => {
    const parts = path.split('/');
    const excludes = rulesOf('', join(root, '.git', 'info', 'exclude'));
    let ignored = excludes?.ignores(path) ?? false;
    for (let depth = 0; depth < parts.length; depth++) {
      const folder = `/${parts.slice(0, depth).join('/')}`;
      const rules = rulesOf(folder, join(root, folder, '.gitignore'));
      const verdict = rules?.test(parts.slice(depth).join('/'));
      if (verdict?.ignored) ignored = true;
      else if (verdict?.unignored) ignored = false;
    }
    return ignored;
  };
}

function readRules(file: string): ReturnType<typeof ignore> | undefined {
  try {
    return ignore().add(readFileSync(file, 'utf8').slice(0, MOST_GITIGNORE));
  } catch {
    return undefined;
  }
}

function absolute(path: string, cwd: string): string | undefined {
  if (path.includes('\0')) return undefined;
  if (isAbsolute(path)) return resolve(path);
  return cwd === '' ? undefined : resolve(cwd, path);
}

/** The folder and all above it. */
function ancestors(folder: string): string[] {
  const found: string[] = [];
  for (let at = resolve(folder); ; at = dirname(at)) {
    found.push(slashes(at));
    if (dirname(at) === at || found.length > 64) return found;
  }
}

function slashes(path: string): string {
  return sep === '\\' ? path.replaceAll('\\', '/') : path;
}
