import { readFileSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join, sep } from 'node:path';
import { CodedError } from '../../engine/core/errors.ts';
import { type Machine, placeOf } from './machine.ts';

/** The first that knows every event that it is asked for; older ones leave the settings with one aside, permission rules and all. */
const LEAST_CLAUDE_CODE = '2.0.65';

/** Its installer keeps a file or folder a version, Homebrew too. */
const VERSION_IN_PATH = /[/\\](\d+\.\d+\.\d+)(?:[/\\]|$)/;

/**
 * Looks for the user's Claude Code in files; nothing is run. Versions that old read no drop-ins, so that hooks for everyone do them no harm.
 * @throws CONFLICT when one is too old for our hooks
 */
export function refuseOldClaudeCode(machine: Machine): void {
  const old = programs(machine)
    .map((program) => versionOf(placeOf(machine, program)))
    .find((version) => version !== undefined && isOlder(version, LEAST_CLAUDE_CODE));
  if (old === undefined) return;
  throw new CodedError(
    'CONFLICT',
    `Claude Code ${old} would leave all of its settings aside for hooks that it does not know: update it to ${LEAST_CLAUDE_CODE} or newer, or name the other tools with --tool`,
  );
}

function programs({ env, root, home, platform }: Machine): string[] {
  const name = platform === 'win32' ? 'claude.exe' : 'claude';
  // an image has no environment of its own
  const named = root === '' ? (env['PATH'] ?? '').split(delimiter).filter(Boolean) : [];
  const usual = ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin', join(home, '.local', 'bin')];
  return [...new Set([...named, ...usual])].map((folder) => join(folder, name));
}

function versionOf(path: string): string | undefined {
  let file: string;
  try {
    file = realpathSync(path);
  } catch {
    return undefined;
  }
  return versionOfPackage(dirname(file)) ?? VERSION_IN_PATH.exec(file)?.[1];
}

/** As npm has it: the program lies in the package's folder, or in one below it. */
function versionOfPackage(folder: string): string | undefined {
  const name = ['@anthropic-ai', 'claude-code'].join(sep);
  const end = folder.lastIndexOf(name);
  if (end < 0) return undefined;
  try {
    const said: unknown = JSON.parse(readFileSync(join(folder.slice(0, end + name.length), 'package.json'), 'utf8'));
    const { version } = said as { version?: unknown };
    return typeof version === 'string' && /^\d+\.\d+\.\d+/.test(version) ? version : undefined;
  } catch {
    return undefined;
  }
}

function isOlder(version: string, least: string): boolean {
  const parts = (text: string) => text.split(/[.-]/, 3).map(Number);
  const [ours, theirs] = [parts(version), parts(least)];
  const at = ours.findIndex((part, index) => part !== theirs[index]);
  return at >= 0 && ours[at]! < theirs[at]!;
}
