import { type ChildProcess, spawn } from 'node:child_process';

const ROOT = new URL('..', import.meta.url).pathname;

export interface CommandOptions {
  /** Standard input; empty when left out. */
  readonly input?: string | Buffer;
  readonly env?: Readonly<Record<string, string>>;
  /** Program and first arguments; the front door under this Node when left out. */
  readonly program?: readonly string[];
}

export interface Ended {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts `spanwarden ...args` in a process of its own, without settings of whoever runs the tests. */
export function startCommand(args: readonly string[], options: CommandOptions = {}): ChildProcess {
  const [file, ...first] = options.program ?? [process.execPath, 'spanwarden.ts'];
  const inherited = Object.entries(process.env).filter(([name]) => !/^(SPANWARDEN|npm)_/.test(name));
  return spawn(file!, [...first, ...args], { cwd: ROOT, env: { ...Object.fromEntries(inherited), ...options.env } });
}

/** Runs it to its end. */
export function runCommand(args: readonly string[], options: CommandOptions = {}): Promise<Ended> {
  const child = startCommand(args, options);
  // A command that ends early leaves its input unread.
  child.stdin!.on('error', () => {});
  child.stdin!.end(options.input ?? '');
  return ended(child);
}

/** What a process said, once it has ended. */
export async function ended(child: ChildProcess): Promise<Ended> {
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name]!.setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { code, ...output };
}
