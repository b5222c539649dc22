import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CodedError } from './core/errors.ts';
import type { RuleTestResult } from './detection/run-rule-tests.ts';

/** A rule that is not deployed: the texts of its two files. */
export interface RuleDraft {
  readonly id: string;
  readonly format: 'sql' | 'yaml';
  readonly text: string;
  readonly tests: string;
}

export type TestRuleDraft = (draft: RuleDraft) => Promise<RuleTestResult[]>;

/** One at a time: each run brings an engine of its own up. More wait, and one too many is refused. */
const MOST_WAITING = 4;
const MOST_MS = 120_000;
const MOST_OUTPUT_BYTES = 4_000_000;

/**
 * Runs a draft's tests as `rules test` does: in a process of its own, on an empty store that is gone afterwards, without this
 * process's environment. The query must have passed the guard of analysts' SQL before. `program` is the front door's file.
 */
export function testRuleDraft(program: string): TestRuleDraft {
  let queue: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  return async (draft) => {
    if (waiting >= MOST_WAITING)
      throw new CodedError('OVERLOADED', 'Other rules are being tested; try again when they are done');
    waiting += 1;
    const result = queue.then(() => runTests(program, draft));
    queue = result.catch(() => undefined);
    return result.finally(() => {
      waiting -= 1;
    });
  };
}

async function runTests(program: string, draft: RuleDraft): Promise<RuleTestResult[]> {
  return withDraftFiles(draft, async (folder) => {
    const { stdout, stderr } = await run(program, ['rules', 'test', folder, '--json']);
    try {
      return JSON.parse(stdout) as RuleTestResult[];
    } catch {
      const first = stderr.trim().split('\n')[0]?.replaceAll(`${folder}/`, '') ?? '';
      throw new CodedError('RULE_FAILED', `The tests could not be run: ${first.slice(0, 300) || 'they took too long'}`);
    }
  });
}

/** Writes a draft as the files that it would be, works on their folder and takes them away. */
export async function withDraftFiles<T>(draft: RuleDraft, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'spanwarden-draft-'));
  try {
    await writeFile(join(folder, `${draft.id}.${draft.format}`), draft.text);
    if (draft.tests.trim() !== '') await writeFile(join(folder, `${draft.id}.test.yaml`), draft.tests);
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What a process wrote, however it ended. */
function run(program: string, args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
  const { PATH = '', HOME = '', TMPDIR } = process.env;
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [program, ...args],
      {
        env: { PATH, HOME, ...(TMPDIR !== undefined && { TMPDIR }) },
        timeout: MOST_MS,
        killSignal: 'SIGKILL',
        maxBuffer: MOST_OUTPUT_BYTES,
      },
      (_error, stdout, stderr) => resolve({ stdout, stderr }),
    );
  });
}
