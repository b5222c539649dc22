import type { CodingTool } from './coding-tool.ts';
import type { Payload } from './payload.ts';
import { readCall } from './read-call.ts';
import type { EventAction, ToolEvent } from './tool-event.ts';
import { words } from './words.ts';

/** Gemini CLI. Nothing but JSON may stand on standard output. */
export const geminiCli: CodingTool = {
  events: [
    'SessionStart',
    'SessionEnd',
    'BeforeAgent',
    'AfterAgent',
    'BeforeModel',
    'AfterModel',
    'BeforeToolSelection',
    'BeforeTool',
    'AfterTool',
    'PreCompress',
    'Notification',
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
  ['BeforeAgent', 'prompt'],
  ['AfterAgent', 'turn.end'],
  ['BeforeTool', 'call.start'],
  ['AfterTool', 'call.end'],
  ['PreCompress', 'notice'],
  ['Notification', 'notice'],
  // these come for every chunk that a model says
  ['BeforeModel', 'remember'],
  ['AfterModel', 'remember'],
  ['BeforeToolSelection', 'remember'],
]);

function common(payload: Payload, name: string, action: EventAction): ToolEvent {
  return {
    tool: 'gemini-cli',
    name,
    action,
    sessionId: payload.text('session_id'),
    model: payload.at('llm_request').text('model'),
    cwd: payload.text('cwd'),
  };
}

const SAID: Readonly<Record<string, (payload: Payload) => Partial<ToolEvent>>> = {
  SessionStart: (payload) => words(payload, 'source'),
  SessionEnd: (payload) => words(payload, 'reason'),
  BeforeAgent: (payload) => ({ prompt: payload.text('prompt') }),
  AfterAgent: (payload) => {
    const responseLength = payload.length('prompt_response');
    return { ...(responseLength !== undefined && { responseLength }) };
  },
  BeforeTool: (payload) => ({ call: callOf(payload) }),
  AfterTool: (payload) => {
    const wrong = payload.at('tool_response').any('error');
    const failure = wrong === undefined || wrong === null ? {} : { failure: 'error' };
    return {
      ...('failure' in failure && { action: 'call.failed' as const }),
      call: { ...callOf(payload), ...failure },
    };
  },
  PreCompress: (payload) => words(payload, 'trigger'),
  Notification: (payload) => words(payload, 'notification_type'),
};

function callOf(payload: Payload) {
  return readCall({
    name: payload.text('tool_name'),
    server: payload.at('mcp_context').text('server_name'),
    input: payload.any('tool_input'),
    resultLength: payload.length('tool_response'),
  });
}
