import type { CodingTool } from './coding-tool.ts';
import type { Payload } from './payload.ts';
import { readCall } from './read-call.ts';
import type { EventAction, ToolEvent } from './tool-event.ts';
import { words } from './words.ts';

/**
 * GitHub Copilot CLI and its cloud agent. Payloads do not name their event: the hook's command does, as the word after the
 * tool's, or its fields tell it.
 */
export const copilotCli: CodingTool = {
  events: ['sessionStart', 'sessionEnd', 'userPromptSubmitted', 'preToolUse', 'postToolUse', 'errorOccurred'],
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
  ['errorOccurred', 'notice'],
]);

function tellEvent(payload: Payload): string {
  if (payload.any('toolResult') !== undefined) return 'postToolUse';
  if (payload.text('toolName') !== '') return 'preToolUse';
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
  };
}

const callOf = (payload: Payload) =>
  readCall({
    name: payload.text('toolName'),
    input: payload.any('toolArgs'),
    resultLength: payload.at('toolResult').length('textResultForLlm'),
  });

const SAID: Readonly<Record<string, (payload: Payload) => Partial<ToolEvent>>> = {
  sessionStart: (payload) => words(payload, 'source'),
  sessionEnd: (payload) => words(payload, 'reason'),
  userPromptSubmitted: (payload) => ({ prompt: payload.text('prompt') }),
  preToolUse: (payload) => ({ call: callOf(payload) }),
  postToolUse: (payload) => {
    const result = payload.at('toolResult').text('resultType');
    if (result === 'denied')
      return { action: 'call.denied', call: { ...callOf(payload), failure: 'permission_denied' } };
    if (result === 'failure') return { action: 'call.failed', call: { ...callOf(payload), failure: 'error' } };
    return { call: callOf(payload) };
  },
};
