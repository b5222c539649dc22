import { dirname, isAbsolute, resolve } from 'node:path';
import type { CaptureLevel, ClientPolicy } from '../../engine/core/client-policy.ts';
import type { ToolEvent } from '../hooks/tool-event.ts';
import { ignoredPaths } from '../policy/ignored-paths.ts';
import { type Repository, readRepository } from '../repository/read-repository.ts';

/** What of one event may be recorded. */
export interface Capture {
  /** `nothing`: not even that it happened. */
  readonly level: CaptureLevel | 'nothing';
  readonly prompts: boolean;
  readonly toolArguments: boolean;
  readonly edits: boolean;
  readonly email: boolean;
  /** It is about a file that nothing may be told of. */
  readonly ignoredFile: boolean;
}

/** Reads the policy for one event. `cwd` is the folder it happened in, as far as anybody knows. */
export function captureOf(
  policy: ClientPolicy,
  event: ToolEvent,
  cwd: string,
  repository: Repository | undefined,
): Capture {
  const { capture } = policy;
  const level = policy.disabled ? 'minimal' : capture.level;
  const ignored = ignoredPaths(policy.ignore, cwd, repository);
  const full = level === 'full';
  return {
    level: ignored.everything ? 'nothing' : level,
    prompts: full && capture.prompts === 'redacted',
    toolArguments: full && capture.tool_arguments === 'redacted',
    edits: full && capture.edits === 'redacted',
    email: level !== 'minimal' && capture.identity === 'email',
    ignoredFile:
      pathsOf(event).some((path) => ignored.file(path) || inIgnoredRepository(path)) ||
      ignored.command(commandOf(event)),
  };

  /** A file of another repository than the one that the agent works in. */
  function inIgnoredRepository(path: string): boolean {
    if (policy.ignore.repositories.length === 0 || path.includes('\0') || (!isAbsolute(path) && cwd === ''))
      return false;
    const folder = dirname(resolve(cwd, path));
    const other = readRepository(folder);
    return (
      other !== undefined && other.root !== repository?.root && ignoredPaths(policy.ignore, folder, other).everything
    );
  }
}

function pathsOf({ call, paths = [] }: ToolEvent): string[] {
  return [...(call?.paths ?? []), ...paths].filter((path) => path !== '');
}

/** What could name a file without being a path: a shell's command, and the parameters of tools that nobody here knows. */
function commandOf({ call }: ToolEvent): string {
  if (call === undefined || call.kind === 'edit' || call.kind === 'read') return '';
  if (call.kind === 'shell') return call.target;
  try {
    return JSON.stringify(call.input) ?? '';
  } catch {
    return '';
  }
}
