import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { posix, win32 } from 'node:path';
import { CodedError } from '../../engine/core/errors.ts';
import { CODING_TOOLS } from '../hooks/coding-tools.ts';
import type { ToolName } from '../hooks/tool-event.ts';
import { readToml } from './edit-hooks-toml.ts';
import { hookCommand } from './hook-command.ts';
import type { HooksDocument } from './hooks-document.ts';
import { type Machine, placeOf } from './machine.ts';

/** Where a tool looks for hooks, and how it wants them written. */
export interface ToolSettings {
  readonly tool: ToolName;
  /** Without the machine's root. */
  readonly file: string;
  readonly format: 'json' | 'jsonc' | 'toml';
  readonly document: HooksDocument;
}

/** What a tool waits for a hook, in seconds; the hook itself gives up after two. */
const LIMIT_SECONDS = 10;
/** Codex waits no longer for these, and complains at every start of a hook that asks it to. */
const CODEX_SHORT = new Set(['SessionEnd', 'Interrupt']);
const CODEX_SHORT_SECONDS = 3;

/**
 * Would break the tool (its output is taken for something), come many times a second, are not in every version, or tell nothing for the
 * process they cost: Gemini CLI asks before every request whether to compress, Copilot CLI before every call, permitted or not.
 */
const NOT_REGISTERED = new Set([
  'codex StopFailure',
  'gemini-cli AfterModel',
  'gemini-cli BeforeToolSelection',
  'gemini-cli PreCompress',
  'copilot-cli permissionRequest',
  'copilot-cli userPromptTransformed',
  'cursor afterAgentThought',
  'cursor beforeTabFileRead',
]);

/**
 * Versions of Claude Code up to 2.1.100 leave a settings file aside as a whole, a user's permissions with it, when it names an event
 * that they do not know. So these alone, which all from 2.0.65 on know.
 */
const OF_CLAUDE_CODE = new Set([
  'SessionStart',
  'SessionEnd',
  'UserPromptSubmit',
  'PreToolUse',
  'PermissionRequest',
  'PostToolUse',
  'PostToolUseFailure',
  'SubagentStart',
  'SubagentStop',
  'PreCompact',
  'Notification',
  'Stop',
]);

interface Places {
  readonly linux: string;
  readonly darwin: string;
  readonly win32: string;
}

/** Folders for everyone on a machine. */
const SYSTEM: Readonly<Record<ToolName, Places>> = {
  'claude-code': {
    linux: '/etc/claude-code/managed-settings.d',
    darwin: '/Library/Application Support/ClaudeCode/managed-settings.d',
    win32: 'C:\\Program Files\\ClaudeCode\\managed-settings.d',
  },
  cursor: {
    linux: '/etc/cursor',
    darwin: '/Library/Application Support/Cursor',
    win32: 'C:\\ProgramData\\Cursor',
  },
  codex: { linux: '/etc/codex', darwin: '/etc/codex', win32: 'C:\\ProgramData\\OpenAI\\Codex' },
  'gemini-cli': {
    linux: '/etc/gemini-cli',
    darwin: '/Library/Application Support/GeminiCli',
    win32: 'C:\\ProgramData\\gemini-cli',
  },
  'copilot-cli': {
    linux: '/etc/github-copilot/policy.d',
    darwin: '/etc/github-copilot/policy.d',
    win32: 'C:\\ProgramData\\GitHub\\Copilot\\policy.d',
  },
};

/** A user's folder, the variable that moves it, and the program's name. */
const OF_USER: Readonly<Record<ToolName, { folder: string; variable: string; program: string; file: string }>> = {
  'claude-code': { folder: '.claude', variable: 'CLAUDE_CONFIG_DIR', program: 'claude', file: 'settings.json' },
  cursor: { folder: '.cursor', variable: '', program: 'cursor', file: 'hooks.json' },
  codex: { folder: '.codex', variable: 'CODEX_HOME', program: 'codex', file: 'hooks.json' },
  'gemini-cli': { folder: '.gemini', variable: '', program: 'gemini', file: 'settings.json' },
  'copilot-cli': { folder: '.copilot', variable: 'COPILOT_HOME', program: 'copilot', file: 'hooks/spanwarden.json' },
};

/** Their names where a drop-in of our own is read; the others are shared with whoever else has hooks. */
const SYSTEM_FILES: Readonly<Record<ToolName, string>> = {
  'claude-code': '50-spanwarden.json',
  cursor: 'hooks.json',
  codex: 'hooks.json',
  'gemini-cli': 'settings.json',
  'copilot-cli': 'spanwarden.json',
};

export const TOOL_NAMES = Object.keys(OF_USER) as ToolName[];

export function toolSettings(machine: Machine, tool: ToolName, bundle: string): ToolSettings {
  const paths = machine.platform === 'win32' ? win32 : posix;
  const folder = folderOf(machine, tool);
  const { file } = OF_USER[tool];
  const path = paths.join(folder, ...(machine.scope === 'system' ? [SYSTEM_FILES[tool]] : file.split('/')));
  const format = tool === 'codex' || tool === 'cursor' ? 'json' : 'jsonc';
  const document = documentOf(machine, tool, bundle);
  const toml = paths.join(folder, 'config.toml');
  // Codex warns of a folder that has hooks in both of its forms
  if (tool === 'codex' && hasInlineHooks(placeOf(machine, toml))) return { tool, file: toml, format: 'toml', document };
  return { tool, file: path, format, document };
}

/** Tools of which something is on the machine: a folder of theirs, or their program. */
export function foundTools(machine: Machine): ToolName[] {
  const homes = machine.scope === 'user' ? [machine.home] : homesOf(machine);
  const programs = ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin', ...homes.map((home) => `${home}/.local/bin`)];
  return TOOL_NAMES.filter((tool) => {
    const { folder, program } = OF_USER[tool];
    return [
      folderOf(machine, tool),
      ...homes.map((home) => posix.join(home, folder)),
      ...programs.map((path) => posix.join(path, program)),
      ...(tool === 'cursor' ? ['/Applications/Cursor.app'] : []),
    ].some((path) => existsSync(placeOf(machine, path)));
  });
}

function folderOf({ scope, platform, env, home, root }: Machine, tool: ToolName): string {
  if (scope === 'system') return SYSTEM[tool][platform === 'darwin' || platform === 'win32' ? platform : 'linux'];
  const { folder, variable } = OF_USER[tool];
  const moved = root === '' ? env[variable] : undefined;
  return moved || (platform === 'win32' ? win32 : posix).join(home, folder);
}

function homesOf(machine: Machine): string[] {
  const all = { darwin: '/Users', win32: 'C:\\Users' }[machine.platform as string] ?? '/home';
  try {
    return [machine.home, ...readdirSync(placeOf(machine, all)).map((name) => posix.join(all, name))];
  } catch {
    return [machine.home];
  }
}

function hasInlineHooks(path: string): boolean {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return false;
  }
  let hooks: unknown;
  try {
    hooks = readToml(text)['hooks'];
  } catch (error) {
    throw new CodedError('CONFLICT', `${path} is left alone: ${(error as Error).message}`);
  }
  return typeof hooks === 'object' && hooks !== null && Object.values(hooks).some(Array.isArray);
}

function documentOf(machine: Machine, tool: ToolName, bundle: string): HooksDocument {
  const events = CODING_TOOLS[tool].events.filter((event) =>
    tool === 'claude-code' ? OF_CLAUDE_CODE.has(event) : !NOT_REGISTERED.has(`${tool} ${event}`),
  );
  const hooks = Object.fromEntries(
    events.map((event) => [event, [entryOf(tool, event, hookCommand(machine, tool, event, bundle))]]),
  );
  return tool === 'cursor' || tool === 'copilot-cli' ? { version: 1, hooks } : { hooks };
}

function entryOf(tool: ToolName, event: string, command: string): unknown {
  switch (tool) {
    case 'cursor':
      return { command, timeout: LIMIT_SECONDS };
    case 'copilot-cli':
      return { type: 'command', bash: command, powershell: command, timeoutSec: LIMIT_SECONDS };
    case 'gemini-cli':
      return { hooks: [{ name: 'spanwarden', type: 'command', command, timeout: LIMIT_SECONDS * 1_000 }] };
    case 'codex': {
      const timeout = CODEX_SHORT.has(event) ? CODEX_SHORT_SECONDS : LIMIT_SECONDS;
      return { hooks: [{ type: 'command', command, timeout }] };
    }
    default:
      return { hooks: [{ type: 'command', command, timeout: LIMIT_SECONDS }] };
  }
}
