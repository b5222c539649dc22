import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, it } from 'vitest';
import { buildAgent } from '../../agent/build.ts';
import { CODING_TOOLS } from '../../agent/hooks/coding-tools.ts';
import type { ToolName } from '../../agent/hooks/tool-event.ts';
import { buildDeb } from '../../agent/package/build-deb.ts';
import { recordedSession } from '../recorded-session.ts';
import { type Ended, ended } from '../run-command.ts';

const NOBODY = 65_534;
const folder = mkdtempSync(join(tmpdir(), 'spanwarden-installed-'));
chmodSync(folder, 0o755);
const bundle = await buildAgent(join(folder, 'spanwarden-agent.cjs'));
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 }));

const home = join(folder, 'home');
const root = join(folder, 'image');
mkdirSync(home);
mkdirSync(root);

function run(program: string, words: readonly string[], input = ''): Promise<Ended> {
  const env = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', HOME: home, XDG_RUNTIME_DIR: folder };
  const child = spawn(program, [...words], { cwd: folder, env });
  child.on('error', () => {});
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  return ended(child);
}

const agent = (...words: string[]) => run(process.execPath, [bundle, ...words]);
const payloadOf = (tool: ToolName) => recordedSession(tool)[0]!.payload;

/** What lies in a folder, links and all. */
const picture = (path: string) =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((each) => [each, statSync(each).mode, statSync(each).isFile() ? readFileSync(each, 'utf8') : '']);

function spans(spools: string, uid: number): number {
  const database = new DatabaseSync(join(spools, String(uid), 'spool.db'), { readOnly: true, timeout: 30_000 });
  try {
    return (database.prepare('SELECT count(*) AS n FROM spans').get() as { n: number }).n;
  } finally {
    database.close();
  }
}

/** A limit for what hangs: machines that check may be many times slower. */
function beSlow(state: string): void {
  writeFileSync(join(state, 'client.json'), JSON.stringify({ hook_timeout_ms: 90_000 }));
}

/** The first hook of a file, as it stands there. */
function firstCommand(file: string): string {
  const { hooks } = JSON.parse(readFileSync(file, 'utf8')) as { hooks: Record<string, Record<string, unknown>[]> };
  const [entry] = Object.values(hooks)[0]!;
  const inner = (entry!['hooks'] as Record<string, unknown>[] | undefined)?.[0] ?? entry!;
  return String(inner['command'] ?? inner['bash']);
}

const FILES: Readonly<Record<ToolName, string>> = {
  'claude-code': '.claude/settings.json',
  cursor: '.cursor/hooks.json',
  codex: '.codex/hooks.json',
  'gemini-cli': '.gemini/settings.json',
  'copilot-cli': '.copilot/hooks/spanwarden.json',
};

describe('an installation for one user', () => {
  const settings = join(home, FILES['claude-code']);
  mkdirSync(dirname(settings));
  writeFileSync(settings, '{\n  // mine\n  "model": "opus"\n}');
  const before = picture(home);
  const install = () => agent('install', '--user', '--no-service', '--tool', 'all');

  it('shows what it would do, and does nothing', async () => {
    const { code, stdout } = await agent('install', '--user', '--tool', 'claude-code', '--dry-run');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^changed +.*settings\.json$/m);
    expect(stdout).toContain('-  "model": "opus"\n+  "model": "opus",\n+  "hooks": {\n');
    expect(picture(home)).toEqual(before);
  });

  it('is the same when several make it at once', async () => {
    const all = await Promise.all([install(), install(), install()]);
    expect(all.map(({ code, stderr }) => [code, stderr])).toEqual(all.map(() => [0, '']));
    const text = readFileSync(settings, 'utf8');
    expect(text.split('hook claude-code').length - 1).toBe(text.split('"timeout"').length - 1);
    expect(text).toContain('// mine');
    const installed = picture(home);
    expect((await install()).code).toBe(0);
    expect(picture(home)).toEqual(installed);
    beSlow(join(home, '.local/state/spanwarden-agent'));
  });

  it.each(Object.keys(FILES) as ToolName[])('%s runs its hook as it is written', async (tool) => {
    const file = join(home, FILES[tool]);
    if (tool === 'claude-code') writeFileSync(file, readFileSync(file, 'utf8').replace('// mine', ''));
    const { hook_event_name: name = '' } = JSON.parse(payloadOf(tool)) as { hook_event_name?: string };
    const { code, stdout, stderr } = await run('/bin/sh', ['-c', firstCommand(file)], payloadOf(tool));
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: `${CODING_TOOLS[tool].answer(name)}\n`, stderr: '' });
  });

  it('goes on without a client', async () => {
    const command = firstCommand(join(home, FILES['copilot-cli'])).replace('.cjs', '-gone.cjs');
    expect(await run('/bin/sh', ['-c', command], '{}')).toMatchObject({ code: 0, stdout: '{}\n' });
  });

  it('tells its state', async () => {
    const { stdout } = await agent('status', '--user', '--json');
    const status = JSON.parse(stdout) as {
      installed: boolean;
      tools: { hooks: string }[];
      queues: { recorded: number }[];
    };
    expect(status.installed).toBe(true);
    expect(status.tools.map(({ hooks }) => hooks)).toEqual(['present', 'present', 'present', 'present', 'present']);
    expect(status.queues[0]!.recorded).toBeGreaterThan(0);
    const { code, stdout: checks } = await agent('doctor', '--user');
    expect(code).toBe(1);
    expect(checks).toMatch(/^ok {4}a hook: answers in \d+ ms$/m);
    expect(checks).toMatch(
      /^FAIL {2}credential: there is none\n {6}mend: spanwarden agent install --user --token-file FILE$/m,
    );
  });

  it('is taken away, and all is as it was', async () => {
    writeFileSync(settings, readFileSync(settings, 'utf8').replace('{\n', '{\n  // mine'));
    expect((await agent('uninstall', '--user')).code).toBe(0);
    writeFileSync(settings, '{\n  // mine\n  "model": "opus"\n}');
    expect(picture(home)).toEqual(before);
    expect((await agent('uninstall', '--user')).stdout).toBe('nothing is installed\n');
  });

  it.each(['install.json', 'bin/spanwarden-agent.cjs', 'client.json'])(
    'that is killed once %s is there is taken back',
    async (name) => {
      const state = join(home, '.local/state/spanwarden-agent');
      const words = [bundle, 'install', '--user', '--no-service', '--tool', 'all'];
      const child = spawn(process.execPath, words, { env: { PATH: '/usr/bin:/bin', HOME: home }, stdio: 'ignore' });
      const gone = new Promise((resolve) => child.once('close', resolve));
      child.on('error', () => {});
      while (!existsSync(join(state, name)) && child.exitCode === null) await new Promise(setImmediate);
      child.kill('SIGKILL');
      await gone;
      expect((await agent('uninstall', '--user')).code).toBe(0);
      expect(picture(home)).toEqual(before);
    },
  );

  it.each([
    [['install', '--user', '--system'], '--user or --system'],
    [['install', '--tool', 'emacs'], '--tool is one of'],
    [['install', '--endpoint', 'ftp://x'], '--endpoint is an https address'],
    [['uninstall', '--json'], 'uninstall has no option --json'],
    [['status', '--nonsense'], 'nonsense'],
  ])('%j is wrong usage', async (words, says) => {
    const { code, stderr } = await agent(...words);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(says) });
  });
});

describe('an image of a machine', () => {
  it('is installed into, and the service is left to it', async () => {
    writeFileSync(join(folder, 'token'), 'swi_of_a_test\n');
    const words = ['--system', '--root', root, '--tool', 'cursor', '--token-file', join(folder, 'token')];
    const { code, stdout } = await agent('install', ...words, '--endpoint', 'https://spans.example:4318');
    expect(code).toBe(0);
    expect(stdout).toContain('systemctl');
    expect(stdout).not.toContain('swi_of_a_test');
    expect(existsSync(join(root, '/etc/systemd/system/spanwarden-agent.service'))).toBe(true);
    expect((await agent('status', '--system', '--root', root)).stdout).toMatch(
      /^cursor +.*hooks present in \/etc\/cursor/m,
    );
    expect((await agent('uninstall', '--system', '--root', root)).code).toBe(0);
    expect(readdirSync(root)).toEqual([]);
  });
});

/** A machine that is small enough to be made here: a shell, what Node is linked against, and dpkg's books. */
function smallMachine(): string {
  const machine = join(folder, 'machine');
  for (const path of [
    'bin',
    'usr/bin',
    'dev',
    'tmp',
    'etc',
    'home',
    'var/lib/dpkg/info',
    'var/lib/dpkg/updates',
    'var/lib/dpkg/triggers',
  ])
    mkdirSync(join(machine, path), { recursive: true });
  writeFileSync(join(machine, 'var/lib/dpkg/status'), '');
  writeFileSync(join(machine, 'dev/null'), '');
  chmodSync(join(machine, 'dev/null'), 0o666);
  const programs = ['sh', 'rm', 'grep', 'cat'].map((name) =>
    spawnSync('/bin/sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim(),
  );
  for (const program of programs) copyFileSync(program, join(machine, 'bin', basename(program)));
  const linked = spawnSync('ldd', [...programs, process.execPath], { encoding: 'utf8' }).stdout;
  for (const [, library] of linked.matchAll(/(\/\S+) \(0x/g)) {
    mkdirSync(join(machine, dirname(library!)), { recursive: true });
    copyFileSync(library!, join(machine, library!));
  }
  return machine;
}

const canPackage =
  process.getuid?.() === 0 &&
  ['dpkg-deb', 'dpkg', 'ldd'].every((name) => spawnSync(name, ['--version']).status === 0) &&
  spawnSync('chroot', ['/', '/bin/true']).status === 0;

describe.runIf(canPackage)('the Debian package', async () => {
  const machine = canPackage ? smallMachine() : '';
  const inside = (uid: number, ...words: string[]) => run('chroot', [`--userspec=${uid}:${uid}`, machine, ...words]);
  const asRoot = (...words: string[]) => inside(0, ...words);
  const dpkg = (...words: string[]) => run('dpkg', [`--root=${machine}`, '--force-depends', ...words]);

  it('is installed, records as a user whose eyes the credential is kept from, and goes without a trace', async () => {
    const deb = await buildDeb({ out: folder, compression: 'none' });
    const installed = await dpkg('-i', deb);
    expect(installed.code, installed.stderr).toBe(0);
    expect(installed.stdout).toContain('run "spanwarden-agent install --system');
    mkdirSync(join(machine, 'etc/cursor'));
    writeFileSync(join(machine, 'etc/cursor/hooks.json'), '{ "version": 1 }\n');
    writeFileSync(join(machine, 'tmp/token'), 'swi_of_a_test', { mode: 0o600 });
    const before = picture(join(machine, 'etc'));

    const made = await asRoot(
      '/usr/bin/spanwarden-agent',
      'install',
      '--system',
      '--tool',
      'all',
      '--token-file',
      '/tmp/token',
    );
    expect(made.code, made.stderr).toBe(0);
    const command = firstCommand(join(machine, 'etc/cursor/hooks.json'));
    expect(command).toBe(
      "/usr/lib/spanwarden-agent/node /usr/lib/spanwarden-agent/spanwarden-agent.cjs hook cursor || echo '{}'",
    );

    // an upgrade keeps them
    expect((await dpkg('-i', deb)).code).toBe(0);
    expect(firstCommand(join(machine, 'etc/cursor/hooks.json'))).toBe(command);

    const state = join(machine, 'var/lib/spanwarden-agent');
    beSlow(state);
    const payload = join(machine, 'tmp/payload');
    writeFileSync(payload, payloadOf('cursor'));
    const hook = await inside(NOBODY, '/bin/sh', '-c', `(${command}) </tmp/payload`);
    const { hook_event_name: name } = JSON.parse(payloadOf('cursor')) as { hook_event_name: string };
    expect(hook).toMatchObject({ code: 0, stdout: `${CODING_TOOLS.cursor.answer(name)}\n` });
    expect(statSync(join(state, 'spools', String(NOBODY))).uid).toBe(NOBODY);
    expect(spans(join(state, 'spools'), NOBODY)).toBeGreaterThan(0);

    expect((await asRoot('/bin/cat', '/var/lib/spanwarden-agent/credential')).stdout).toBe('swi_of_a_test\n');
    for (const secret of ['credential', 'install.json']) {
      const peek = await inside(NOBODY, '/bin/cat', `/var/lib/spanwarden-agent/${secret}`);
      expect(peek).toMatchObject({ code: 1, stdout: '' });
    }
    const change = await inside(NOBODY, '/bin/sh', '-c', 'echo >>/usr/lib/spanwarden-agent/spanwarden-agent.cjs');
    expect(change.code).not.toBe(0);

    // a user looks at what is there for everyone, without the right to read all of it
    const seen = await inside(NOBODY, '/usr/bin/spanwarden-agent', 'status', '--json');
    expect(JSON.parse(seen.stdout)).toMatchObject({
      scope: 'system',
      installed: true,
      queues: [{ user: `${NOBODY}` }],
    });
    const checked = await inside(NOBODY, '/usr/bin/spanwarden-agent', 'doctor');
    expect(checked.stdout).toContain('ok    credential: there, and not for this user to read');

    const removed = await dpkg('--remove', 'spanwarden-agent');
    expect(removed.code, removed.stderr).toBe(0);
    expect(picture(join(machine, 'etc'))).toEqual(before);
    expect(existsSync(join(state, 'credential'))).toBe(true);
    expect((await dpkg('--purge', 'spanwarden-agent')).code).toBe(0);
    expect(existsSync(state)).toBe(false);
    expect(existsSync(join(machine, 'usr/lib/spanwarden-agent'))).toBe(false);
  });
});
