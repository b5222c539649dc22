import type { CodingTool } from './coding-tool.ts';
import { cursor } from './cursor.ts';
import type { Payload } from './payload.ts';
import { readCall } from './read-call.ts';
import type { EventAction, ToolCall, ToolEvent } from './tool-event.ts';

/** Claude Code. Cursor runs the hooks of Claude Code's settings too, with its own payloads. */
export const claudeCode: CodingTool = {
  events: [
    'SessionStart',
    'Setup',
    'InstructionsLoaded',
    'UserPromptSubmit',
    'UserPromptExpansion',
    'MessageDisplay',
    'PreToolUse',
    'PermissionRequest',
    'PostToolUse',
    'PostToolUseFailure',
    'PostToolBatch',
    'PermissionDenied',
    'Notification',
    'SubagentStart',
    'SubagentStop',
    'TaskCreated',
    'TaskCompleted',
    'Stop',
    'StopFailure',
    'TeammateIdle',
    'ConfigChange',
    'CwdChanged',
    'DirectoryAdded',
    'FileChanged',
    'WorktreeCreate',
    'WorktreeRemove',
    'PreCompact',
    'PostCompact',
    'PreModelSwitch',
    'PostModelSwitch',
    'SessionEnd',
    'Elicitation',
    'ElicitationResult',
  ],
  read(payload) {
    if (payload.text('cursor_version') !== '') return cursor.read(payload);
    const name = payload.text('hook_event_name');
    const action = ACTIONS.get(name);
    return action === undefined ? undefined : { ...common(payload, name, action), ...SAID[name]?.(payload) };
  },
  // its standard output is the folder of the new worktree: whoever has nothing to say must not be asked
  answer: (name) => (name === 'WorktreeCreate' ? '' : '{}'),
};

const ACTIONS: ReadonlyMap<string, EventAction> = new Map<string, EventAction>([
  ['SessionStart', 'session.start'],
  ['SessionEnd', 'session.end'],
  ['UserPromptSubmit', 'prompt'],
  ['Stop', 'turn.end'],
  ['StopFailure', 'turn.end'],
  ['PreToolUse', 'call.start'],
  ['PostToolUse', 'call.end'],
  ['PostToolUseFailure', 'call.failed'],
  ['PermissionDenied', 'call.denied'],
  ['SubagentStart', 'agent.start'],
  ['SubagentStop', 'agent.end'],
  ['CwdChanged', 'notice'],
  // every call of a batch has had its own event
  ['PostToolBatch', 'remember'],
  ['MessageDisplay', 'remember'],
  // the switch may not come about
  ['PreModelSwitch', 'remember'],
  ...[
    'Setup',
    'InstructionsLoaded',
    'UserPromptExpansion',
    'PermissionRequest',
    'Notification',
    'TaskCreated',
    'TaskCompleted',
    'TeammateIdle',
    'ConfigChange',
    'DirectoryAdded',
    'FileChanged',
    'WorktreeCreate',
    'WorktreeRemove',
    'PreCompact',
    'PostCompact',
    'PostModelSwitch',
    'Elicitation',
    'ElicitationResult',
  ].map((name): [string, EventAction] => [name, 'notice']),
]);

function common(payload: Payload, name: string, action: EventAction): ToolEvent {
  return {
    tool: 'claude-code',
    name,
    action,
    sessionId: payload.text('session_id'),
    turnId: payload.text('prompt_id'),
    model: payload.text('model'),
    cwd: payload.text('cwd'),
    permissionMode: payload.text('permission_mode'),
    agentId: payload.text('agent_id'),
    agentType: payload.text('agent_type'),
  };
}

const words = (payload: Payload, ...names: readonly string[]): NonNullable<ToolEvent['facts']> =>
  Object.fromEntries(
    names.flatMap((name) => {
      const said = payload.text(name) || payload.flag(name);
      return said === '' || said === undefined ? [] : [[name, said]];
    }),
  );

const callOf = (payload: Payload, more: { resultLength?: number | undefined; failure?: string } = {}): ToolCall =>
  readCall({
    id: payload.text('tool_use_id'),
    name: payload.text('tool_name'),
    server: payload.at('mcp_server').text('name'),
    input: payload.any('tool_input'),
    ...more,
  });

const started = (payload: Payload): Partial<ToolEvent> => ({ call: callOf(payload) });

const failed =
  (failure: string) =>
  (payload: Payload): Partial<ToolEvent> => ({ call: callOf(payload, { failure }), ...duration(payload) });

const duration = (payload: Payload): Partial<ToolEvent> => {
  const durationMs = payload.number('duration_ms');
  return durationMs === undefined ? {} : { durationMs };
};

const ended = (payload: Payload): Partial<ToolEvent> => {
  const responseLength = payload.length('last_assistant_message');
  return { ...(responseLength !== undefined && { responseLength }) };
};

/** What an event says beyond what all say. */
const SAID: Readonly<Record<string, (payload: Payload) => Partial<ToolEvent>>> = {
  SessionStart: (payload) => ({ facts: words(payload, 'source') }),
  SessionEnd: (payload) => ({ facts: words(payload, 'reason') }),
  Setup: (payload) => ({ facts: words(payload, 'trigger') }),
  InstructionsLoaded: (payload) => ({
    facts: words(payload, 'memory_type', 'load_reason'),
    paths: [payload.text('file_path')],
  }),
  UserPromptSubmit: promptOf,
  UserPromptExpansion: (payload) => ({ facts: words(payload, 'expansion_type', 'command_name', 'command_source') }),
  PreToolUse: started,
  PermissionRequest: (payload) => ({ facts: words(payload, 'tool_name') }),
  PostToolUse: (payload) => ({
    call: callOf(payload, { resultLength: payload.length('tool_response') }),
    ...duration(payload),
    ...modelOf(payload),
  }),
  PostToolUseFailure: (payload) => failed(payload.flag('is_interrupt') === true ? 'interrupted' : 'error')(payload),
  PermissionDenied: failed('permission_denied'),
  Notification: (payload) => ({ facts: words(payload, 'notification_type') }),
  SubagentStop: ended,
  Stop: ended,
  StopFailure: (payload) => ({ ...ended(payload), facts: words(payload, 'error') }),
  ConfigChange: (payload) => ({ facts: words(payload, 'source'), paths: [payload.text('file_path')] }),
  CwdChanged: (payload) => ({ cwd: payload.text('new_cwd') }),
  DirectoryAdded: (payload) => ({ facts: words(payload, 'source'), paths: [payload.text('directory')] }),
  FileChanged: (payload) => ({ facts: words(payload, 'event'), paths: [payload.text('file_path')] }),
  WorktreeRemove: (payload) => ({ paths: [payload.text('worktree_path')] }),
  PreCompact: (payload) => ({ facts: words(payload, 'trigger') }),
  PostCompact: (payload) => ({ facts: words(payload, 'trigger') }),
  PostModelSwitch: (payload) => ({ model: payload.text('to_model'), facts: words(payload, 'from_model', 'source') }),
  Elicitation: (payload) => ({ facts: words(payload, 'mcp_server_name', 'mode') }),
  ElicitationResult: (payload) => ({ facts: words(payload, 'mcp_server_name', 'action', 'mode') }),
};

/** Who writes prompts; the others bring what an agent or a channel said. */
const PROMPTING = new Set(['user', 'sdk', 'loop_wakeup', 'schedule_wakeup']);

/**
 * What Claude Code itself puts in for a prompt is none of the user's: a notice that a sub-agent is done holds all that it answered.
 * Version 2.1.330 says so by the first tag alone, `source` is announced.
 */
function promptOf(payload: Payload): Partial<ToolEvent> {
  const prompt = payload.text('prompt');
  const source = payload.text('source') || (/^\s*<task-notification>/.test(prompt) ? 'system' : 'user');
  return PROMPTING.has(source) ? { prompt } : { facts: { prompt_source: source } };
}

/** A sub-agent's call says which model it ran on; the session's model stays what it is. */
function modelOf(payload: Payload): Partial<ToolEvent> {
  const resolved = payload.at('tool_response').text('resolvedModel');
  return resolved === '' ? {} : { facts: { resolved_model: resolved } };
}
