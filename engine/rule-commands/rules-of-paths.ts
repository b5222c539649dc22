import { existsSync } from 'node:fs';
import { CodedError } from '../core/errors.ts';
import { type LoadedRules, loadRules } from '../detection/load-rules.ts';

/** The rules under the paths. Throws CONFIG_INVALID when one doesn't exist. */
export async function rulesOfPaths(paths: readonly string[]): Promise<LoadedRules> {
  const missing = paths.find((path) => !existsSync(path));
  if (missing !== undefined)
    throw new CodedError('CONFIG_INVALID', `${missing} does not exist; name rule files or folders`);
  return loadRules(paths);
}

/** Writes each problem to standard error; a command that has any ends with 1. */
export function failOn(problems: readonly string[]): void {
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  if (problems.length > 0) process.exitCode = 1;
}

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
