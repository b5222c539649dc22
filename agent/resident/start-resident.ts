import { spawn } from 'node:child_process';
import { closeSync, openSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A start that left its mark this long ago and is not there yet has failed. */
const FAILED_MS = 3_000;
/** What a detached process needs of the environment. */
const PASSED_ON =
  /^(?:HOME|USER|LOGNAME|PATH|TMPDIR|LANG|SystemRoot|USERPROFILE|LOCALAPPDATA|ProgramData|XDG_STATE_HOME|SPANWARDEN_AGENT_STATE)$/i;

/** The file by which of many hook processes one starts the resident. */
export function startingMark(folder: string): string {
  return join(folder, 'resident.starting');
}

/**
 * Starts the resident in a session of its own, unless another hook process is at it.
 * @param program the file that Node runs, and the arguments before `resident`
 */
export function startResident(folder: string, program: readonly string[]): void {
  if (!takeMark(startingMark(folder))) return;
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => PASSED_ON.test(name)));
  const child = spawn(process.execPath, [...program, 'resident'], {
    cwd: folder,
    detached: true,
    stdio: 'ignore',
    env,
  });
  child.on('error', () => {});
  child.unref();
}

function takeMark(mark: string): boolean {
  try {
    closeSync(openSync(mark, 'wx', 0o600));
    return true;
  } catch {
    // another's, or one that was left behind
  }
  try {
    if (Date.now() - statSync(mark).mtimeMs < FAILED_MS) return false;
    rmSync(mark, { force: true });
    closeSync(openSync(mark, 'wx', 0o600));
    return true;
  } catch {
    return false;
  }
}
