import { basename } from 'node:path';
import { readClientSettings } from '../client-settings.ts';
import { userSpools } from '../forwarder/user-spools.ts';
import type { ToolName } from '../hooks/tool-event.ts';
import { type PolicyInForce, policyInForce } from '../policy/policy-in-force.ts';
import { stateFolderAt } from '../state-folder.ts';
import { commandsIn } from './edit-hooks-json.ts';
import { readToml } from './edit-hooks-toml.ts';
import { isOurCommand } from './hook-command.ts';
import { readRecord } from './install-record.ts';
import { installedState } from './installed-state.ts';
import { type Machine, placeOf, type Scope } from './machine.ts';
import { type QueueState, queueState } from './queue-state.ts';
import { readBytes } from './replace-file.ts';
import { serviceDefinition } from './service-definition.ts';
import { hasServiceManager, runCommands } from './service-manager.ts';
import { foundTools, TOOL_NAMES, type ToolSettings, toolSettings } from './tool-settings.ts';

export type HooksState = 'present' | 'partly' | 'absent' | 'broken';

export interface ToolStatus {
  readonly tool: ToolName;
  readonly found: boolean;
  readonly hooks: HooksState;
  readonly file: string;
}

export interface ClientStatus {
  readonly scope: Scope;
  readonly installed: boolean;
  readonly state: string;
  readonly service: 'running' | 'stopped' | 'unknown';
  readonly endpoint: string;
  readonly tools: readonly ToolStatus[];
  readonly policy: { readonly source: PolicyInForce['source']; readonly version: string; readonly level: string };
  /** Those that whoever asks may look into. */
  readonly queues: readonly (QueueState & { readonly user: string })[];
}

/** @param bundle the client's file; its place does not matter, only that the commands are ours */
export function clientStatus(machine: Machine, bundle: string, nowMs: number): ClientStatus {
  const own = installedState(machine);
  const state = stateFolderAt(placeOf(machine, own.root));
  const settings = readClientSettings(state.settings);
  const found = new Set(foundTools(machine));
  const { policy, source } = policyInForce(state, { get: () => undefined, set: () => {} });
  return {
    scope: machine.scope,
    installed: isInstalled(state.root),
    state: own.root,
    service: serviceState(machine, bundle),
    endpoint: settings.otlpEndpoint,
    tools: TOOL_NAMES.map((tool) => ({ tool, found: found.has(tool), ...hooksOf(machine, tool, bundle) })),
    policy: { source, version: String(policy.version), level: policy.disabled ? 'minimal' : policy.capture.level },
    queues: userSpools(state.spools).flatMap((folder) => {
      try {
        return [{ user: basename(folder), ...queueState(folder, settings, nowMs) }];
      } catch {
        // another user's
        return [];
      }
    }),
  };
}

/** The record is for its owner alone; that it is there is seen by everyone. */
function isInstalled(state: string): boolean {
  try {
    return readRecord(state)?.files.some(({ tool }) => tool !== '') === true;
  } catch {
    return true;
  }
}

function serviceState(machine: Machine, bundle: string): ClientStatus['service'] {
  if (!hasServiceManager(machine)) return 'unknown';
  const { probe } = serviceDefinition(machine, bundle, installedState(machine).root);
  return runCommands([probe]) ? 'running' : 'stopped';
}

function hooksOf(machine: Machine, tool: ToolName, bundle: string): { hooks: HooksState; file: string } {
  let settings: ToolSettings;
  try {
    settings = toolSettings(machine, tool, bundle);
  } catch {
    return { hooks: 'broken', file: '' };
  }
  const { file } = settings;
  try {
    const text = readBytes(placeOf(machine, file))?.toString('utf8') ?? '';
    const commands =
      settings.format === 'toml' ? commandsInToml(text) : commandsIn(text, { comments: settings.format === 'jsonc' });
    const wanted = Object.keys(settings.document.hooks);
    const there = wanted.filter((event) => commands.get(event)?.some(isOurCommand(tool)));
    const hooks = there.length === 0 ? 'absent' : there.length < wanted.length ? 'partly' : 'present';
    return { hooks, file };
  } catch {
    return { hooks: 'broken', file };
  }
}

function commandsInToml(text: string): Map<string, string[]> {
  const hooks = (readToml(text)['hooks'] ?? {}) as Record<string, unknown>;
  return new Map(Object.entries(hooks).map(([event, groups]) => [event, commandsOf(groups)]));
}

/** All texts named `command`, however deep. */
function commandsOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    name === 'command' && typeof inner === 'string' ? [inner] : commandsOf(inner),
  );
}
