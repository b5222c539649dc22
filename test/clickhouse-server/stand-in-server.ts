import { type ChildProcess, spawn } from 'node:child_process';
import { temporaryFolder } from '../running-server.ts';

/** The stand-in for a ClickHouse server in a process of its own. */
export interface StandInServer {
  readonly url: string;
  /** Starts it again on the same port and data. */
  restart(): Promise<void>;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export async function startStandIn(folder: string = temporaryFolder()): Promise<StandInServer> {
  let child: ChildProcess | undefined;
  process.on('exit', () => child?.kill('SIGKILL'));

  async function start(port: string): Promise<string> {
    const fresh = spawn(process.execPath, ['test/clickhouse-server/serve-embedded.ts', folder, port], {
      cwd: new URL('../..', import.meta.url).pathname,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, UV_THREADPOOL_SIZE: '16' },
    });
    child = fresh;
    return new Promise((resolve, reject) => {
      let output = '';
      fresh.stdout.on('data', (chunk: Buffer) => {
        output += chunk;
        if (output.includes('\n')) resolve(output.split('\n', 1)[0]!.trim());
      });
      fresh.stdout.on('error', () => undefined);
      fresh.once('error', reject);
      fresh.once('close', (code) => reject(new Error(`the stand-in for ClickHouse ended with ${code}`)));
    });
  }

  const url = await start('0');
  return {
    url,
    restart: async () => {
      await start(new URL(url).port);
    },
    async stop(signal = 'SIGKILL') {
      const old = child;
      if (old === undefined || old.exitCode !== null || old.signalCode !== null) return;
      const gone = new Promise((resolve) => old.once('close', resolve));
      old.kill(signal);
      await gone;
    },
  };
}
