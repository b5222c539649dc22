import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = new URL('..', import.meta.url).pathname;

/** `spanwarden start`, or one role, in a process of its own, on free ports. */
export interface RunningServer {
  readonly folder: string;
  readonly api: string;
  readonly otlp: string;
  readonly otlp_grpc: string;
  readonly process: ChildProcess;
  readonly adminToken: string;
  readonly ingestToken: string;
  /** What it printed so far. */
  output(): string;
  get<T>(path: string): Promise<T>;
  /** Rows of an analyst's query, as arrays. */
  sql(query: string, params?: Record<string, unknown>): Promise<unknown[][]>;
  /** Stops it and answers its exit code; null when a signal ended it. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

export interface ServerOptions {
  /** Data folder; a new one in the temp folder when left out, gone when the process of the tests ends. */
  readonly folder?: string;
  /** `start` when left out. */
  readonly command?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export async function startServer({
  folder = temporaryFolder(),
  command = 'start',
  args = [],
  env = {},
}: ServerOptions = {}): Promise<RunningServer> {
  const child = spawn(process.execPath, ['spanwarden.ts', command, '--data', folder, ...args], {
    cwd: ROOT,
    env: { ...process.env, SPANWARDEN_PORT: '0', SPANWARDEN_OTLP_PORT: '0', SPANWARDEN_LOG_LEVEL: 'error', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const ready = await new Promise<{ api: string; otlp: string; otlp_grpc: string }>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk;
      const line = /^ready (\{.*\})$/m.exec(output);
      if (line) resolve(JSON.parse(line[1]!) as { api: string; otlp: string; otlp_grpc: string });
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', (code) =>
      reject(new Error(`spanwarden ended with exit code ${code} before it was ready:\n${output}`)),
    );
  });
  const credentials = JSON.parse(readFileSync(join(folder, 'credentials.json'), 'utf8')) as Record<string, string>;
  const adminToken = credentials['admin_token']!;
  const headers = { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' };

  async function answered<T>(response: Response): Promise<T> {
    const text = await response.text();
    if (!response.ok) throw new Error(`HTTP ${response.status}: ${text}`);
    return JSON.parse(text) as T;
  }

  return {
    folder,
    ...ready,
    process: child,
    adminToken,
    ingestToken: credentials['ingest_token']!,
    output: () => output,
    get: async (path) => answered(await fetch(`${ready.api}/api/v1${path}`, { headers })),
    sql: async (query, params = {}) => {
      const body = JSON.stringify({ query, params });
      const response = await fetch(`${ready.api}/api/v1/sql`, { method: 'POST', headers, body });
      return (await answered<{ rows: unknown[][] }>(response)).rows;
    },
    stop: (signal = 'SIGTERM') =>
      new Promise((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) return resolve(child.exitCode);
        child.once('exit', (code) => resolve(code));
        child.kill(signal);
      }),
  };
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'spanwarden-test-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Asks again until the answer is there; throws with the last answer after `timeoutMs`. */
export async function until<T>(ask: () => Promise<T | undefined | false>, timeoutMs: number, what: string): Promise<T> {
  const started = performance.now();
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() - started > timeoutMs) throw new Error(`${what}: not within ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
