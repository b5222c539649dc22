import { spawn } from 'node:child_process';
import { accessSync, constants, lstatSync, readFileSync, type Stats } from 'node:fs';
import { CODING_TOOLS } from '../hooks/coding-tools.ts';
import type { ToolName } from '../hooks/tool-event.ts';
import { installedBundle, isPackaged } from './client-bundle.ts';
import { type ClientStatus, clientStatus } from './client-status.ts';
import { readToml } from './edit-hooks-toml.ts';
import { isOurCommand } from './hook-command.ts';
import { installedState } from './installed-state.ts';
import { memberOf, parseJsonText } from './json-text.ts';
import { type Machine, placeOf } from './machine.ts';
import { toolSettings } from './tool-settings.ts';

/** What was looked at, what was found, and what to do about it where it is not as it should be. */
export interface Check {
  readonly name: string;
  readonly good: boolean;
  readonly says: string;
  readonly mend: string;
}

const LONG_MS = 3_600_000;
const TIMEOUT_MS = 10_000;
const HOOK_TIMEOUT_MS = 30_000;
const OLDEST_NODE = [22, 13];

/** Everything that has to be so for events to arrive. */
export async function doctor(machine: Machine, program: string, nowMs: number): Promise<Check[]> {
  const bundle = installedBundle(machine, program);
  const status = clientStatus(machine, bundle, nowMs);
  const again = `${isPackaged(bundle) ? 'spanwarden-agent' : 'spanwarden agent'} install --${machine.scope}`;
  return [
    nodeIsNewEnough(),
    {
      name: 'installation',
      good: status.installed,
      says: status.installed ? 'there' : 'nothing is installed',
      mend: again,
    },
    programIsSafe(machine, bundle, again),
    ...status.tools
      .filter(({ found, hooks }) => found || hooks !== 'absent')
      .flatMap((tool) => [
        {
          name: `hooks of ${tool.tool}`,
          good: tool.hooks === 'present',
          says: tool.hooks === 'broken' ? `${tool.file} cannot be read` : tool.hooks,
          mend: tool.hooks === 'broken' ? `mend ${tool.file}, then ${again}` : `${again} --tool ${tool.tool}`,
        },
        ...switchedOff(machine, tool.tool, bundle),
      ]),
    await hookRuns(machine, status, bundle),
    addressIsSafe(status, again),
    credentialIsKept(machine, again),
    policyIsThere(status),
    ...queuesAreSent(status),
    {
      name: 'service',
      good: status.service !== 'stopped',
      says: status.service === 'unknown' ? 'not known here' : status.service,
      mend: `${again}; its log: journalctl -u spanwarden-agent`,
    },
    await serverAnswers(status),
  ];
}

function nodeIsNewEnough(): Check {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [least = 0, leastMinor = 0] = OLDEST_NODE;
  return {
    name: 'node',
    good: major > least || (major === least && minor >= leastMinor),
    says: process.version,
    mend: `install Node ${OLDEST_NODE.join('.')} or newer, then install the client again with it`,
  };
}

function programIsSafe(machine: Machine, bundle: string, again: string): Check {
  const stat = statOf(placeOf(machine, bundle));
  const open = stat !== undefined && process.platform !== 'win32' && (stat.mode & 0o022) !== 0;
  return {
    name: 'program',
    good: stat !== undefined && !open,
    says: stat === undefined ? `${bundle} is missing` : open ? `others can change ${bundle}` : bundle,
    mend: open ? `chmod 644 ${bundle}` : again,
  };
}

/** Switches of the tools' own by which hooks are not run. */
function switchedOff(machine: Machine, tool: ToolName, bundle: string): Check[] {
  const says = (path: string, what: string): Check[] => [
    { name: `switch of ${tool}`, good: false, says: `${what} in ${path}`, mend: `take ${what} out of ${path}` },
  ];
  try {
    const { file } = toolSettings(machine, tool, bundle);
    const folder = file.slice(0, file.lastIndexOf('/'));
    if (tool === 'codex') {
      const path = `${folder}/config.toml`;
      const features = readToml(textAt(machine, path))['features'] as Record<string, unknown> | undefined;
      return features?.['hooks'] === false ? says(path, 'features.hooks = false') : [];
    }
    const root = parseJsonText(textAt(machine, file) || '{}', { comments: true });
    if (memberOf(root, 'disableAllHooks')?.value === true) return says(file, 'disableAllHooks');
    const config = memberOf(root, 'hooksConfig');
    return config && memberOf(config, 'enabled')?.value === false ? says(file, 'hooksConfig.enabled = false') : [];
  } catch {
    // a broken file is told of by the check of its hooks
    return [];
  }
}

/** Runs a command as it stands in a tool's file, with an event that tells nothing. */
async function hookRuns(machine: Machine, { tools }: ClientStatus, bundle: string): Promise<Check> {
  const tool = tools.find(({ hooks }) => hooks === 'present')?.tool;
  const check = { name: 'a hook', mend: `run it by hand: echo '{}' | node ${bundle} hook ${tool ?? 'claude-code'}` };
  if (tool === undefined || machine.root !== '' || machine.platform === 'win32')
    return { ...check, good: true, says: 'not run' };
  const { document } = toolSettings(machine, tool, bundle);
  const command = JSON.stringify(Object.values(document.hooks)[0]);
  const [shell] = commandsOf(JSON.parse(command)).filter(isOurCommand(tool));
  const { code, output, ms } = await run(shell ?? 'false');
  const good = code === 0 && output.trim() === CODING_TOOLS[tool].answer('');
  return {
    ...check,
    good,
    says: good ? `answers in ${Math.round(ms)} ms` : `ends with ${code}, and not with its answer`,
  };
}

function commandsOf(entry: unknown): string[] {
  if (typeof entry === 'string') return [entry];
  return typeof entry === 'object' && entry !== null ? Object.values(entry).flatMap(commandsOf) : [];
}

function run(command: string): Promise<{ code: number | null; output: string; ms: number }> {
  const started = performance.now();
  return new Promise((resolve) => {
    const child = spawn('/bin/sh', ['-c', command], { stdio: ['pipe', 'pipe', 'ignore'], timeout: HOOK_TIMEOUT_MS });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.on('error', () => resolve({ code: null, output, ms: 0 }));
    child.on('close', (code) => resolve({ code, output, ms: performance.now() - started }));
    child.stdin.on('error', () => {});
    child.stdin.end('{}');
  });
}

function addressIsSafe({ endpoint }: ClientStatus, again: string): Check {
  const url = URL.parse(endpoint);
  const near = url !== null && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname);
  const good = url !== null && (url.protocol === 'https:' || near);
  return {
    name: 'address',
    good,
    says:
      endpoint === ''
        ? 'none is set: nothing is sent'
        : good
          ? endpoint
          : 'not https: the token would be read on the way',
    mend: `${again} --endpoint https://HOST:4318 --policy-url https://HOST/api/v1/policy`,
  };
}

function credentialIsKept(machine: Machine, again: string): Check {
  const state = installedState(machine);
  const place = placeOf(machine, state.credential);
  const stat = statOf(place);
  const check = { name: 'credential', mend: `${again} --token-file FILE` };
  if (stat === undefined) return { ...check, good: false, says: 'there is none' };
  if (process.platform === 'win32') return { ...check, good: true, says: 'there' };
  const mine = process.getuid?.() === 0 || machine.scope === 'user';
  const owner = machine.scope === 'system' ? 0 : process.getuid?.();
  if (stat.uid !== owner || (stat.mode & 0o077) !== 0)
    return {
      ...check,
      good: false,
      says: 'others than its owner can read it',
      mend: `sudo chown root ${state.credential}; sudo chmod 600 ${state.credential}`,
    };
  if (mine)
    return {
      ...check,
      good: readFileSync(place, 'utf8').trim() !== '',
      says: `there, for ${machine.scope === 'system' ? 'root' : 'you'} alone`,
    };
  const readable = canRead(place);
  return {
    ...check,
    good: !readable,
    says: readable ? 'this user can read it' : 'there, and not for this user to read',
  };
}

function policyIsThere({ policy }: ClientStatus): Check {
  return {
    name: 'policy',
    good: policy.source !== 'none',
    says:
      policy.source === 'none'
        ? 'none was ever here: only minimal metadata is recorded'
        : `${policy.level}, from ${policy.source}`,
    mend: 'set --policy-url and let the service pull it (spanwarden agent forward --once), or put managed-policy.json there',
  };
}

function queuesAreSent({ queues }: ClientStatus): Check[] {
  return queues.map(({ user, waiting, oldestMs, dropped }) => ({
    name: `queue of ${user}`,
    good: oldestMs < LONG_MS,
    says: `${waiting} waiting${waiting === 0 ? '' : `, the oldest for ${Math.round(oldestMs / 60_000)} minutes`}${dropped === 0 ? '' : `; ${dropped} were dropped for want of room or time`}`,
    mend: 'see service, address, credential and server',
  }));
}

/** Any answer will do: it says that the way is free. */
async function serverAnswers({ endpoint }: ClientStatus): Promise<Check> {
  const check = {
    name: 'server',
    mend: 'check the address, the proxy and the firewall; for a certificate of your own set NODE_EXTRA_CA_CERTS',
  };
  if (endpoint === '') return { ...check, good: false, says: 'no address is set' };
  try {
    await fetch(endpoint, { redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) });
    return { ...check, good: true, says: 'answers' };
  } catch (error) {
    const { code } = ((error as Error).cause ?? {}) as { code?: string };
    return { ...check, good: false, says: `does not answer${code === undefined ? '' : ` (${code})`}` };
  }
}

function statOf(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch {
    return undefined;
  }
}

function canRead(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

function textAt(machine: Machine, path: string): string {
  try {
    return readFileSync(placeOf(machine, path), 'utf8');
  } catch {
    return '';
  }
}
