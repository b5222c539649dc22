import type { CodingTool } from './coding-tool.ts';
import type { Payload } from './payload.ts';
import { readCall } from './read-call.ts';
import type { EventAction, ToolEvent } from './tool-event.ts';
import { words } from './words.ts';

/** Codex CLI. Sessions of versions before 0.146 have no event for their end. */
export const codex: CodingTool = {
  events: [
    'SessionStart',
    'SessionEnd',
    'UserPromptSubmit',
    'PreToolUse',
    'PermissionRequest',
    'PostToolUse',
    'PreCompact',
    'PostCompact',
    'SubagentStart',
    'SubagentStop',
    'Stop',
    'StopFailure',
    'Interrupt',
  ],
  read(payload) {
    const name = payload.text('hook_event_name');
    const action = ACTIONS.get(name);
    return action === undefined ? undefined : { ...common(payload, name, action), ...SAID[name]?.(payload) };
  },
  answer: () => '{}',
};

const ACTIONS: ReadonlyMap<string, EventAction> = new Map<string, EventAction>([
  ['SessionStart', 'session.start'],
  ['SessionEnd', 'session.end'],
  ['UserPromptSubmit', 'prompt'],
  ['PreToolUse', 'call.start'],
  ['PostToolUse', 'call.end'],
  ['SubagentStart', 'agent.start'],
  ['SubagentStop', 'agent.end'],
  ['Stop', 'turn.end'],
  ['StopFailure', 'turn.end'],
  // the user's, who ends the turn with it
  ['Interrupt', 'turn.end'],
  ['PermissionRequest', 'notice'],
  ['PreCompact', 'notice'],
  ['PostCompact', 'notice'],
]);

function common(payload: Payload, name: string, action: EventAction): ToolEvent {
  return {
    tool: 'codex',
    name,
    action,
    sessionId: payload.text('session_id'),
    turnId: payload.text('turn_id'),
    model: payload.text('model'),
    cwd: payload.text('cwd'),
    permissionMode: payload.text('permission_mode'),
    agentId: payload.text('agent_id'),
    agentType: payload.text('agent_type'),
  };
}

const call = (payload: Payload): Partial<ToolEvent> => ({
  call: readCall({
    id: payload.text('tool_use_id'),
    name: payload.text('tool_name'),
    input: payload.any('tool_input'),
    resultLength: payload.length('tool_response'),
  }),
});

const ended = (payload: Payload): Partial<ToolEvent> => {
  const responseLength = payload.length('last_assistant_message');
  return { ...(responseLength !== undefined && { responseLength }), ...words(payload, 'error') };
};

const SAID: Readonly<Record<string, (payload: Payload) => Partial<ToolEvent>>> = {
  SessionStart: (payload) => words(payload, 'source'),
  SessionEnd: (payload) => words(payload, 'reason'),
  UserPromptSubmit: (payload) => ({ prompt: payload.text('prompt') }),
  PreToolUse: call,
  PostToolUse: call,
  PermissionRequest: (payload) => words(payload, 'tool_name'),
  PreCompact: (payload) => words(payload, 'trigger'),
  PostCompact: (payload) => words(payload, 'trigger'),
  SubagentStop: ended,
  Stop: ended,
  StopFailure: ended,
};
