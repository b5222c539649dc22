import type { CodingTool } from './coding-tool.ts';
import type { Payload } from './payload.ts';
import { readCall } from './read-call.ts';
import type { EventAction, ToolCall, ToolEvent } from './tool-event.ts';

const NEITHER_ALLOWS_NOR_DENIES = '{}';

/** Cursor, from 1.7 on. Where a hook decides about a permission, anything but JSON on standard output blocks. */
export const cursor: CodingTool = {
  events: [
    'sessionStart',
    'sessionEnd',
    'beforeSubmitPrompt',
    'preToolUse',
    'postToolUse',
    'postToolUseFailure',
    'beforeShellExecution',
    'afterShellExecution',
    'beforeMCPExecution',
    'afterMCPExecution',
    'beforeReadFile',
    'afterFileEdit',
    'beforeTabFileRead',
    'afterTabFileEdit',
    'subagentStart',
    'subagentStop',
    'afterAgentResponse',
    'afterAgentThought',
    'stop',
    'preCompact',
    'workspaceOpen',
  ],
  read(payload) {
    const name = eventName(payload.text('hook_event_name'));
    const action = ACTIONS.get(name);
    return action === undefined ? undefined : { ...common(payload, name, action), ...SAID[name]?.(payload) };
  },
  answer(said) {
    const name = eventName(said);
    if (name === 'beforeSubmitPrompt') return '{"continue":true}';
    // these two know no question to the user, so that allowing takes none away
    if (name === 'beforeReadFile' || name === 'beforeTabFileRead') return '{"permission":"allow"}';
    return NEITHER_ALLOWS_NOR_DENIES;
  },
};

/** Hooks imported from Claude Code's settings may carry its names. */
const CLAUDE_NAMES: Readonly<Record<string, string>> = {
  UserPromptSubmit: 'beforeSubmitPrompt',
};

function eventName(name: string): string {
  return CLAUDE_NAMES[name] ?? name.slice(0, 1).toLowerCase() + name.slice(1);
}

const ACTIONS: ReadonlyMap<string, EventAction> = new Map<string, EventAction>([
  ['sessionStart', 'session.start'],
  ['sessionEnd', 'session.end'],
  ['beforeSubmitPrompt', 'prompt'],
  ['preToolUse', 'call.start'],
  ['postToolUse', 'call.end'],
  ['postToolUseFailure', 'call.failed'],
  ['beforeShellExecution', 'call.start'],
  ['afterShellExecution', 'call.end'],
  ['beforeMCPExecution', 'call.start'],
  ['afterMCPExecution', 'call.end'],
  ['beforeReadFile', 'call.end'],
  ['afterFileEdit', 'call.end'],
  ['afterTabFileEdit', 'call.end'],
  ['subagentStart', 'agent.start'],
  ['subagentStop', 'agent.end'],
  ['stop', 'turn.end'],
  ['preCompact', 'notice'],
  ['beforeTabFileRead', 'remember'],
  ['afterAgentResponse', 'remember'],
  ['afterAgentThought', 'remember'],
  ['workspaceOpen', 'remember'],
]);

function common(payload: Payload, name: string, action: EventAction): ToolEvent {
  return {
    tool: 'cursor',
    name,
    action,
    sessionId: payload.text('conversation_id', 'session_id'),
    turnId: payload.text('generation_id'),
    model: payload.text('model', 'model_id'),
    cwd: payload.text('cwd') || (payload.texts('workspace_roots')[0] ?? ''),
    userEmail: payload.text('user_email'),
    version: payload.text('cursor_version'),
  };
}

const facts = (payload: Payload, ...names: readonly string[]): Partial<ToolEvent> => ({
  facts: Object.fromEntries(
    names.flatMap((name) => {
      const said = payload.text(name) || (payload.number(name) ?? payload.flag(name));
      return said === '' || said === undefined ? [] : [[name, said]];
    }),
  ),
});

const duration = (payload: Payload): Partial<ToolEvent> => {
  const durationMs = payload.number('duration', 'duration_ms');
  return durationMs === undefined ? {} : { durationMs };
};

const call = (payload: Payload, extra: { failure?: string } = {}): ToolCall =>
  readCall({
    id: payload.text('tool_use_id'),
    name: payload.text('tool_name'),
    input: payload.any('tool_input'),
    resultLength: payload.length('tool_output', 'result_json'),
    ...extra,
  });

const shell = (payload: Payload): Partial<ToolEvent> => ({
  call: readCall({
    name: 'Shell',
    kind: 'shell',
    input: { command: payload.text('command'), ...(payload.text('cwd') && { cwd: payload.text('cwd') }) },
    resultLength: payload.length('output'),
  }),
  ...duration(payload),
});

const mcp = (payload: Payload): Partial<ToolEvent> => ({
  call: readCall({
    name: payload.text('tool_name'),
    kind: 'mcp',
    server: payload.text('mcp_server_name') || 'mcp',
    input: payload.any('tool_input'),
    resultLength: payload.length('result_json'),
  }),
  ...duration(payload),
});

const edit =
  (name: string) =>
  (payload: Payload): Partial<ToolEvent> => ({
    call: readCall({
      name,
      kind: 'edit',
      input: { file_path: payload.text('file_path'), edits: payload.any('edits') },
    }),
  });

const SAID: Readonly<Record<string, (payload: Payload) => Partial<ToolEvent>>> = {
  sessionStart: (payload) => facts(payload, 'is_background_agent', 'composer_mode'),
  sessionEnd: (payload) => facts(payload, 'reason', 'is_background_agent', 'final_status'),
  beforeSubmitPrompt: (payload) => ({ prompt: payload.text('prompt') }),
  preToolUse: (payload) => ({ call: call(payload) }),
  postToolUse: (payload) => ({ call: call(payload), ...duration(payload) }),
  postToolUseFailure: (payload) => ({
    call: call(payload, { failure: payload.text('failure_type') || 'error' }),
    ...duration(payload),
  }),
  beforeShellExecution: shell,
  afterShellExecution: shell,
  beforeMCPExecution: mcp,
  afterMCPExecution: mcp,
  beforeReadFile: (payload) => ({
    call: readCall({ name: 'Read', kind: 'read', input: { file_path: payload.text('file_path') } }),
  }),
  afterFileEdit: edit('Write'),
  afterTabFileEdit: edit('TabWrite'),
  subagentStart: (payload) => ({
    agentId: payload.text('subagent_id'),
    agentType: payload.text('subagent_type'),
    parentSessionId: payload.text('parent_conversation_id'),
    parentCallId: payload.text('tool_call_id'),
    ...facts(payload, 'subagent_model', 'is_parallel_worker'),
  }),
  subagentStop: (payload) => ({
    agentId: payload.text('subagent_id'),
    agentType: payload.text('subagent_type'),
    ...facts(payload, 'status', 'loop_count'),
    ...duration(payload),
  }),
  stop: (payload) => ({ ...facts(payload, 'status', 'loop_count'), tokens: tokensOf(payload) }),
  preCompact: (payload) => facts(payload, 'trigger', 'context_tokens', 'message_count', 'is_first_compaction'),
};

function tokensOf(payload: Payload): NonNullable<ToolEvent['tokens']> {
  const named = {
    input: payload.number('input_tokens'),
    output: payload.number('output_tokens'),
    cacheRead: payload.number('cache_read_tokens'),
    cacheWrite: payload.number('cache_write_tokens'),
  };
  return Object.fromEntries(Object.entries(named).filter(([, count]) => count !== undefined));
}
