import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { delimiter } from 'node:path';
import { describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { type CommandOptions, ended, runCommand, startCommand } from '../run-command.ts';
import { temporaryFolder } from '../running-server.ts';

const VERSION = `${packageJson.version}\n`;
const FREE_PORTS = { SPANWARDEN_PORT: '0', SPANWARDEN_OTLP_PORT: '0', SPANWARDEN_LOG_LEVEL: 'error' };

function start(folder: string, options: CommandOptions = {}, ...args: string[]): ChildProcess {
  return startCommand(['start', '--data', folder, ...args], { ...options, env: { ...FREE_PORTS, ...options.env } });
}

/** Resolves with the addresses as soon as they are printed. */
function ready(child: ChildProcess): Promise<{ api: string; otlp: string }> {
  let output = '';
  return new Promise((resolve, reject) => {
    child.stdout!.on('data', (chunk) => {
      output += chunk;
      const [, addresses] = /^ready (\{.*\})$/m.exec(output) ?? [];
      if (addresses) resolve(JSON.parse(addresses));
    });
    child.once('close', (code) => reject(new Error(`ended with ${code} before it was ready`)));
  });
}

describe('start', () => {
  it('refuses a data folder or a port that is taken, and lets go of both when it is killed', async () => {
    const folder = temporaryFolder();
    const first = start(folder);
    const end = ended(first);
    const { api } = await ready(first);
    const port = new URL(api).port;

    const inUse = {
      code: 2,
      stdout: '',
      stderr: `spanwarden: data folder ${folder} is in use by process ${first.pid}: stop it, or name another folder with --data\n`,
    };
    expect(await ended(start(folder))).toEqual(inUse);
    expect(await runCommand(['migrate', '--data', folder])).toEqual(inUse);

    const other = temporaryFolder();
    for (const setting of ['SPANWARDEN_PORT', 'SPANWARDEN_OTLP_PORT']) {
      expect(await ended(start(other, { env: { [setting]: port } }))).toEqual({
        code: 2,
        stdout: '',
        stderr: `spanwarden: 127.0.0.1:${port} is taken: stop what listens there or name another port with ${setting}\n`,
      });
    }

    first.kill('SIGKILL');
    await end;
    const migrated = await runCommand(['migrate', '--data', folder, '--json']);
    expect([migrated.code, JSON.parse(migrated.stdout)]).toEqual([
      0,
      {
        databases: [
          { database: 'spanwarden', applied: [] },
          { database: 'org_default', applied: [] },
        ],
      },
    ]);
  });

  it('stops cleanly whenever it is told to, also while it starts', async () => {
    const folder = temporaryFolder();
    // The engine makes this file as it opens: the start is in its middle then.
    const opening = start(folder);
    const end = ended(opening);
    await appears(`${folder}/clickhouse/status`, opening);
    opening.kill('SIGTERM');
    expect(await end).toEqual({ code: 0, stdout: '', stderr: '' });

    const running = start(folder);
    const stopped = ended(running);
    await ready(running);
    if (process.platform === 'linux') {
      // It has started itself again, under the same id.
      expect(readFileSync(`/proc/${running.pid}/cmdline`, 'utf8')).toContain('--max-semi-space-size=16');
      expect(readFileSync(`/proc/${running.pid}/environ`, 'utf8')).toContain('MALLOC_ARENA_MAX=4');
    }
    // As npm passes a Ctrl-C on that the terminal has sent already.
    running.kill('SIGINT');
    running.kill('SIGINT');
    expect(await stopped).toMatchObject({ code: 0, stderr: '' });
  });

  it('shows the demo in a pipe without control characters, goes on without a reader, and stops in its midst', async () => {
    const child = start(temporaryFolder(), {}, '--demo');
    const end = ended(child);
    await ready(child);
    child.stdout!.destroy();
    await new Promise((resolve) => child.stderr!.once('data', resolve));
    child.kill('SIGTERM');
    const { code, stderr } = await end;
    expect(code).toBe(0);
    expect(stderr).toMatch(/^(sample sessions: \d+\/\d+ spans {2}[^\n\r]+\n)+$/);
  });

  it('stores its spans whatever stands on standard input', async () => {
    const child = start(temporaryFolder(), {}, '--demo');
    const end = ended(child);
    child.stdin!.on('error', () => {});
    child.stdin!.write('y\n'.repeat(30_000));
    const shown = new Promise((resolve) =>
      child.stderr!.on(
        'data',
        (text: string) => /sample sessions: (\d+)\/\1 spans|not be stored/.test(text) && resolve(0),
      ),
    );
    await Promise.race([shown, end]);
    child.kill('SIGTERM');
    const { code, stderr } = await end;
    expect(stderr).not.toContain('stored');
    expect([code, stderr]).toEqual([0, expect.stringMatching(/sample sessions: (\d+)\/\1 spans/)]);
  });

  it('stops with the npx that started it, whose shell passes no signal on', async () => {
    const folder = temporaryFolder();
    const shell = ['sh', '-c', `"$0" "$@"; true`, process.execPath, 'spanwarden.ts'];
    const child = start(folder, { program: shell, env: { npm_command: 'exec' } });
    const end = ended(child);
    await ready(child);
    child.kill('SIGKILL');
    // Its pipes close when the server ends, not when the shell does.
    await end;
    expect((await runCommand(['migrate', '--data', folder])).code).toBe(0);
  });
});

describe('the launcher', () => {
  const withoutOurs = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes('node_modules'))
    .join(delimiter);

  it('runs under the Node of the dependencies when the machine’s own is too old', async () => {
    const older = 'data:text/javascript,Object.defineProperty(process.versions, "node", { value: "20.1.0" })';
    const program = [process.execPath, '--import', older, 'bin/spanwarden.js'];
    expect(await runCommand(['--version'], { program })).toMatchObject({ code: 0, stdout: VERSION });
    expect(await runCommand(['nope'], { program })).toMatchObject({ code: 2 });
    expect(await runCommand(['redact'], { program, input: 'plain' })).toMatchObject({ code: 0, stdout: 'plain' });
  });

  it('is what npx runs', async () => {
    const cache = temporaryFolder();
    const env = { PATH: withoutOurs, npm_config_cache: cache, npm_config_offline: 'true' };
    const { code, stdout } = await runCommand(['--version'], { program: ['npx', 'spanwarden'], env });
    expect([code, stdout]).toEqual([0, VERSION]);
    rmSync(cache, { recursive: true, force: true });
  });
});

/** Waits for a file; fails when the process ends first. */
async function appears(path: string, child: ChildProcess): Promise<void> {
  while (!existsSync(path)) {
    if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode} before ${path} was there`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
