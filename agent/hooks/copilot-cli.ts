import type { CodingTool } from './coding-tool.ts';
import type { Payload } from './payload.ts';
import { readCall } from './read-call.ts';
import type { EventAction, ToolCall, ToolEvent } from './tool-event.ts';
import { words } from './words.ts';

/**
 * GitHub Copilot CLI and its cloud agent. Payloads do not name their event: the hook's command does, as the word after the
 * tool's, or their fields tell it.
 */
export const copilotCli: CodingTool = {
  events: [
    'sessionStart',
    'sessionEnd',
    'userPromptSubmitted',
    'userPromptTransformed',
    'preToolUse',
    'preMcpToolCall',
    'postToolUse',
    'postToolUseFailure',
    'permissionRequest',
    'agentStop',
    'subagentStart',
    'subagentStop',
    'preCompact',
    'notification',
    'errorOccurred',
  ],
  read(payload) {
    const name = payload.text('hook_event_name', 'hookEventName') || tellEvent(payload);
    const action = ACTIONS.get(name);
    return action === undefined ? undefined : { ...common(payload, name, action), ...SAID[name]?.(payload) };
  },
  answer: () => '{}',
};

const ACTIONS: ReadonlyMap<string, EventAction> = new Map<string, EventAction>([
  ['sessionStart', 'session.start'],
  ['sessionEnd', 'session.end'],
  ['userPromptSubmitted', 'prompt'],
  ['preToolUse', 'call.start'],
  ['postToolUse', 'call.end'],
  ['postToolUseFailure', 'call.failed'],
  ['agentStop', 'turn.end'],
  ['subagentStart', 'agent.start'],
  ['subagentStop', 'agent.end'],
  ['permissionRequest', 'notice'],
  ['preCompact', 'notice'],
  ['notification', 'notice'],
  ['errorOccurred', 'notice'],
  ['preMcpToolCall', 'call.start'],
  // the prompt again, with the tool's own additions
  ['userPromptTransformed', 'remember'],
]);

function tellEvent(payload: Payload): string {
  if (payload.any('toolResult') !== undefined) return 'postToolUse';
  if (payload.text('toolName') !== '') return payload.any('error') === undefined ? 'preToolUse' : 'postToolUseFailure';
  if (payload.any('error') !== undefined) return 'errorOccurred';
  if (payload.text('reason') !== '') return 'sessionEnd';
  if (payload.text('source') !== '' || payload.any('initialPrompt') !== undefined) return 'sessionStart';
  return payload.any('prompt') === undefined ? '' : 'userPromptSubmitted';
}

function common(payload: Payload, name: string, action: EventAction): ToolEvent {
  return {
    tool: 'copilot-cli',
    name,
    action,
    // its first versions had no session id: then the folder is what events have in common
    sessionId: payload.text('sessionId', 'session_id') || payload.text('cwd'),
    cwd: payload.text('cwd'),
    model: payload.text('model'),
    // a sub-agent's events come as a session of its own
    parentSessionId: payload.text('parentAgentId'),
    agentId: payload.text('agentId'),
    agentType: payload.text('agentType'),
  };
}

const callOf = (payload: Payload): ToolCall => {
  const name = payload.text('toolName');
  return readCall({
    name,
    // `server-tool`; tools of its own have none, and which part is the server's name preMcpToolCall alone tells
    ...(name.includes('-') && { kind: 'mcp' as const }),
    input: payload.any('toolArgs'),
    resultLength: payload.at('toolResult').length('textResultForLlm'),
  });
};

const SAID: Readonly<Record<string, (payload: Payload) => Partial<ToolEvent>>> = {
  sessionStart: (payload) => words(payload, 'source'),
  sessionEnd: (payload) => words(payload, 'reason'),
  userPromptSubmitted: (payload) => ({ prompt: payload.text('prompt') }),
  agentStop: (payload) => words(payload, 'stopReason'),
  subagentStop: (payload) => {
    const responseLength = payload.length('response');
    return { ...words(payload, 'stopReason'), ...(responseLength !== undefined && { responseLength }) };
  },
  permissionRequest: (payload) => words(payload, 'toolName'),
  preCompact: (payload) => words(payload, 'trigger'),
  notification: (payload) => words(payload, 'notification_type'),
  errorOccurred: (payload) => words(payload, 'errorContext'),
  preToolUse: (payload) => ({ call: callOf(payload) }),
  preMcpToolCall: (payload) => ({
    call: readCall({
      name: `${payload.text('serverName')}-${payload.text('toolName')}`,
      kind: 'mcp',
      server: payload.text('serverName'),
      input: payload.any('arguments'),
    }),
  }),
  postToolUse: (payload) => {
    const result = payload.at('toolResult').text('resultType');
    if (result === 'denied')
      return { action: 'call.denied', call: { ...callOf(payload), failure: 'permission_denied' } };
    if (result === 'failure') return { action: 'call.failed', call: { ...callOf(payload), failure: 'error' } };
    return { call: callOf(payload) };
  },
  postToolUseFailure: (payload) => ({ call: { ...callOf(payload), failure: 'error' } }),
};
