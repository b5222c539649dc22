import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { CodedError } from '../../engine/core/errors.ts';
import type { ToolName } from '../hooks/tool-event.ts';
import { installedBundle } from './client-bundle.ts';
import { clientStatus } from './client-status.ts';
import { doctor } from './doctor.ts';
import type { FileChange } from './file-change.ts';
import { formatStatus } from './format-status.ts';
import { type InstallOptions, install, isSame, planInstall } from './install.ts';
import { installedState, isForEveryone } from './installed-state.ts';
import { lineDiff } from './line-diff.ts';
import { type Machine, thisMachine } from './machine.ts';
import { serviceDefinition } from './service-definition.ts';
import { hasServiceManager, runCommands } from './service-manager.ts';
import { TOOL_NAMES } from './tool-settings.ts';
import { planUninstall, uninstall } from './uninstall.ts';

const COMMON = { user: { type: 'boolean' }, system: { type: 'boolean' }, root: { type: 'string' } } as const;

const OPTIONS = {
  ...COMMON,
  tool: { type: 'string', multiple: true },
  endpoint: { type: 'string' },
  'policy-url': { type: 'string' },
  'token-file': { type: 'string' },
  'no-service': { type: 'boolean' },
  'dry-run': { type: 'boolean' },
  'keep-data': { type: 'boolean' },
  json: { type: 'boolean' },
} as const;

/** Options that a command takes beside those that all take. */
const TAKES: Readonly<Record<string, readonly string[]>> = {
  install: ['tool', 'endpoint', 'policy-url', 'token-file', 'no-service', 'dry-run'],
  uninstall: ['dry-run', 'keep-data'],
  status: ['json'],
  doctor: ['json'],
};

type Options = ReturnType<typeof parse>;

/**
 * `install`, `uninstall`, `status` and `doctor`. Sets exit code 1 when something was found wrong, 2 for wrong usage.
 * @param program the file that this process runs
 */
export async function runInstallCommand(words: readonly string[], program: string): Promise<void> {
  const [command = '', ...rest] = words;
  try {
    const options = parse(command, rest);
    const machine = machineOf(command, options);
    if (command === 'install') runInstall(machine, program, options);
    else if (command === 'uninstall') runUninstall(machine, program, options);
    else if (command === 'status') showStatus(machine, program, options);
    else await runDoctor(machine, program, options);
  } catch (error) {
    const { syscall, message } = error as NodeJS.ErrnoException;
    if (!(error instanceof CodedError) && syscall === undefined) throw error;
    process.stderr.write(`spanwarden agent: ${message.replace(/\p{Cc}+/gu, ' ')}\n`);
    process.exitCode = error instanceof CodedError && error.code === 'USAGE' ? 2 : 1;
  }
}

function parse(command: string, words: readonly string[]) {
  try {
    const { values } = parseArgs({ args: [...words], options: OPTIONS, strict: true });
    const wrong = Object.keys(values).find((name) => !(name in COMMON) && !TAKES[command]!.includes(name));
    if (wrong !== undefined) throw new Error(`${command} has no option --${wrong}`);
    return values;
  } catch (error) {
    throw new CodedError('USAGE', (error as Error).message);
  }
}

/** For everyone where root asks, or where there is such an installation to be looked at; else for whoever asks. */
function machineOf(command: string, { user, system, root }: Options): Machine {
  if (user && system) throw new CodedError('USAGE', '--user or --system, not both');
  const place = root === undefined ? '' : resolve(root);
  const everyone = thisMachine('system', place);
  const looks = command === 'status' || command === 'doctor';
  const unsaid = process.getuid?.() === 0 || (looks && isForEveryone(everyone));
  return system || (!user && unsaid) ? everyone : thisMachine('user', place);
}

function runInstall(machine: Machine, program: string, given: Options): void {
  const options: InstallOptions = {
    tools: toolsAsked(given.tool),
    endpoint: addressOf(given.endpoint, '--endpoint'),
    policyUrl: addressOf(given['policy-url'], '--policy-url'),
    token: tokenIn(given['token-file']),
    service: given['no-service'] !== true,
  };
  if (given['dry-run']) {
    show(planInstall(machine, program, options).changes, { diff: true });
    return;
  }
  const { tools, changes } = install(machine, program, options);
  show(changes, { diff: false });
  if (machine.platform === 'win32') restrictOnWindows(machine);
  say(`hooks of ${tools.join(', ')} are there; the tools read them when they start`);
  if (tools.includes('codex') && machine.scope === 'user') say('Codex CLI asks each user to trust new hooks: /hooks');
  if (options.service) startService(machine, program);
}

function startService(machine: Machine, program: string): void {
  const { start, probe } = serviceDefinition(machine, installedBundle(machine, program), installedState(machine).root);
  // by what it says afterwards: starting one that runs is an error to some managers
  if (hasServiceManager(machine)) runCommands(start);
  if (hasServiceManager(machine) && runCommands([probe])) say('the service is running');
  else say(`the service is not started; start it with: ${start.map((words) => words.join(' ')).join(' && ')}`);
}

function runUninstall(machine: Machine, program: string, given: Options): void {
  const changes = planUninstall(machine);
  if (changes === undefined) {
    say('nothing is installed');
    return;
  }
  if (given['dry-run']) {
    show(changes, { diff: true });
    return;
  }
  const { file, stop, forget } = serviceDefinition(
    machine,
    installedBundle(machine, program),
    installedState(machine).root,
  );
  const hadService = changes.some(({ path }) => path === file);
  if (hadService && hasServiceManager(machine)) runCommands(stop);
  uninstall(machine, { keepData: given['keep-data'] === true });
  if (hadService && hasServiceManager(machine)) runCommands(forget);
  show(changes, { diff: false });
  say('uninstalled');
}

function showStatus(machine: Machine, program: string, { json }: Options): void {
  const status = clientStatus(machine, installedBundle(machine, program), Date.now());
  process.stdout.write(json ? `${JSON.stringify(status, null, 2)}\n` : formatStatus(status));
}

async function runDoctor(machine: Machine, program: string, { json }: Options): Promise<void> {
  const checks = await doctor(machine, program, Date.now());
  if (json) process.stdout.write(`${JSON.stringify(checks, null, 2)}\n`);
  else
    for (const { name, good, says, mend } of checks)
      process.stdout.write(`${good ? 'ok  ' : 'FAIL'}  ${name}: ${says}${good ? '' : `\n      mend: ${mend}`}\n`);
  if (checks.some(({ good }) => !good)) process.exitCode = 1;
}

/** What is in a credential or a bundle is not shown. */
function show(changes: readonly FileChange[], { diff }: { readonly diff: boolean }): void {
  for (const change of changes) {
    const { path, current, after, mode } = change;
    const what = isSame(change)
      ? 'unchanged'
      : current === undefined
        ? 'new'
        : after === undefined
          ? 'gone'
          : 'changed';
    say(`${what.padEnd(9)} ${path}`);
    const secret = mode === 0o600 && path.endsWith('credential');
    if (diff && what !== 'unchanged' && !secret && !/\.(cjs|xml)$/.test(path))
      process.stdout.write(lineDiff(path, current?.toString('utf8'), after?.toString('utf8')));
  }
}

function toolsAsked(asked: readonly string[] | undefined): InstallOptions['tools'] {
  if (asked === undefined) return 'found';
  const names = asked.flatMap((names) => names.split(','));
  for (const group of ['all', 'installed'] as const) if (names.includes(group)) return group;
  const unknown = names.find((name) => !TOOL_NAMES.includes(name as ToolName));
  if (unknown !== undefined) throw new CodedError('USAGE', `--tool is one of ${TOOL_NAMES.join(', ')}, all, installed`);
  return names as ToolName[];
}

function addressOf(text: string | undefined, option: string): string | undefined {
  if (text === undefined) return undefined;
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    throw new CodedError('USAGE', `${option} is an https address without credentials`);
  return text;
}

/** A file, or `-` for standard input; never an argument, which every process of the machine could read. */
function tokenIn(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  const token = readFileSync(file === '-' ? 0 : file, 'utf8').trim();
  if (!/^[\x21-\x7e]{1,4096}$/.test(token))
    throw new CodedError('USAGE', '--token-file holds no token: one word in one line');
  return token;
}

/** Modes mean nothing there: folders below ProgramData may be written by everyone unless it is said otherwise. */
function restrictOnWindows(machine: Machine): void {
  const { root, credential, spools } = installedState(machine);
  const everyone = machine.scope === 'system';
  const me = everyone ? [] : ['/grant', `${userInfo().username}:(OI)(CI)F`];
  const allow = ['/inheritance:r', '/grant', '*S-1-5-18:(OI)(CI)F', '/grant', '*S-1-5-32-544:(OI)(CI)F', ...me];
  const read = everyone ? ['/grant', '*S-1-5-32-545:(OI)(CI)RX'] : [];
  const commands = [
    [root, ...allow, ...read],
    [credential, ...allow.map((word) => word.replace('(OI)(CI)', ''))],
    // users make folders of their own there, which are theirs
    ...(everyone ? [[spools, '/grant', '*S-1-5-32-545:(AD)', '/grant', '*S-1-3-0:(OI)(CI)(IO)F']] : []),
  ];
  for (const words of commands) spawnSync('icacls', words, { stdio: 'ignore' });
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
