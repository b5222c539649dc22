import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ClientSpan } from '../../../agent/spool/client-span.ts';
import { type ClientBench, clientBench } from './client-bench.ts';

let bench: ClientBench;
beforeEach(() => {
  bench = clientBench();
});
afterEach(() => bench.close());

const claude = (name: string, more: Record<string, unknown> = {}) => ({
  session_id: 'session-1',
  cwd: '/home/dev/shop',
  permission_mode: 'default',
  hook_event_name: name,
  ...more,
});
const bash = (id: string, command: string) => ({ tool_name: 'Bash', tool_input: { command }, tool_use_id: id });
const cursor = (name: string, more: Record<string, unknown> = {}) => ({
  conversation_id: 'conversation-1',
  generation_id: 'generation-1',
  model: 'gpt-5',
  cursor_version: '3.1.0',
  workspace_roots: ['/home/dev/shop'],
  hook_event_name: name,
  ...more,
});
const named = (name: string): ClientSpan[] => bench.spans().filter((span) => span.name === name);
const calls = (): ClientSpan[] => named('coding_agent.tool.call');

describe('a tree that separate processes build', () => {
  it('has the same ids whoever makes them, and other ids under another key', () => {
    bench.hook('claude-code', claude('UserPromptSubmit', { prompt: 'hello', prompt_id: 'p1' }));
    const other = clientBench();
    other.hook('claude-code', claude('UserPromptSubmit', { prompt: 'hello', prompt_id: 'p1' }));
    const [root, turn] = bench.spans();
    expect(turn).toMatchObject({ traceId: root!.traceId, parentSpanId: root!.spanId });
    expect(other.spans()[0]!.traceId).not.toBe(root!.traceId);
    other.close();
  });

  it('tells of the root of a session once, whatever is resumed', () => {
    for (const source of ['startup', 'resume', 'compact']) {
      bench.now += 5_000;
      bench.hook('claude-code', claude('SessionStart', { source, model: 'claude-opus' }));
    }
    expect(named('coding_agent.session')).toHaveLength(1);
    expect(named('coding_agent.event').map(({ attributes }) => attributes['spanwarden.client.source'])).toEqual([
      'resume',
      'compact',
    ]);
  });

  it('remembers the model and the folder for events that do not say them', () => {
    bench.hook('claude-code', claude('SessionStart', { source: 'startup', model: 'claude-opus' }));
    bench.hook('claude-code', { ...claude('UserPromptSubmit', { prompt: 'hi' }), cwd: undefined });
    expect(bench.spans()[1]!.resource).toMatchObject({
      'coding_agent.model': 'claude-opus',
      'code.cwd': '/home/dev/shop',
    });
  });

  it('keeps sessions with the same id apart when they are of different tools', () => {
    bench.hook('claude-code', claude('SessionStart', { source: 'startup' }));
    bench.hook('codex', claude('SessionStart', { source: 'startup' }));
    expect(new Set(bench.spans().map(({ traceId }) => traceId)).size).toBe(2);
  });

  it('sums up a session at its end, once', () => {
    bench.hook('claude-code', claude('UserPromptSubmit', { prompt: 'hi', prompt_id: 'p1' }));
    bench.hook('claude-code', claude('PostToolUse', bash('t1', 'ls')));
    for (const reason of ['logout', 'other']) bench.hook('claude-code', claude('SessionEnd', { reason }));
    const ends = named('coding_agent.session.end');
    expect(ends).toHaveLength(1);
    expect(ends[0]!.attributes).toMatchObject({ 'spanwarden.client.turns': 1, 'spanwarden.client.calls': 1 });
  });
});

describe('one action is one span', () => {
  it('from its beginning to its end, with the time between', () => {
    bench.hook('claude-code', claude('PreToolUse', bash('t1', 'ls')));
    expect(calls()).toEqual([]);
    bench.now += 2_000;
    bench.hook('claude-code', claude('PostToolUse', { ...bash('t1', 'ls'), tool_response: { stdout: 'a' } }));
    const [call] = calls();
    expect(call!.endMs - call!.startMs).toBe(2_000);
    expect(call!.attributes).toMatchObject({ 'gen_ai.tool.name': 'Bash', 'gen_ai.tool.call.id': 't1' });
  });

  it('although the hook is registered twice', () => {
    for (let times = 0; times < 2; times++) {
      bench.hook('claude-code', claude('UserPromptSubmit', { prompt: 'hi' }));
      bench.hook('claude-code', claude('PreToolUse', bash('t1', 'ls')));
      bench.hook('claude-code', claude('PostToolUse', bash('t1', 'ls')));
      bench.hook('claude-code', claude('Notification', { notification_type: 'idle_prompt' }));
    }
    expect(named('coding_agent.llm.turn')).toHaveLength(1);
    expect(calls()).toHaveLength(1);
    expect(named('coding_agent.event')).toHaveLength(1);
  });

  it('although Cursor reports it by two pairs of events and by the hooks of Claude Code that it imports', () => {
    const shell = { tool_name: 'Shell', tool_input: { command: 'make test' }, tool_use_id: 'c1' };
    for (let round = 1; round <= 2; round++) {
      const own = { ...shell, tool_use_id: `c${round}` };
      for (const via of ['cursor', 'claude-code'] as const) bench.hook(via, cursor('preToolUse', own));
      for (const via of ['cursor', 'claude-code'] as const)
        bench.hook(via, cursor('beforeShellExecution', { command: 'make test' }));
      for (const via of ['cursor', 'claude-code'] as const)
        bench.hook(via, cursor('afterShellExecution', { command: 'make test', output: 'ok' }));
      for (const via of ['cursor', 'claude-code'] as const)
        bench.hook(via, cursor('postToolUse', { ...own, tool_output: '{}' }));
      expect(calls()).toHaveLength(round);
    }
    for (const via of ['cursor', 'claude-code'] as const)
      bench.hook(via, cursor('beforeSubmitPrompt', { prompt: 'again' }));
    expect(named('coding_agent.llm.turn')).toHaveLength(1);
  });

  it('and two commands that read the same are two', () => {
    for (let times = 0; times < 3; times++) {
      bench.hook('cursor', cursor('beforeShellExecution', { command: 'ls' }));
      bench.hook('cursor', cursor('afterShellExecution', { command: 'ls' }));
    }
    expect(calls()).toHaveLength(3);
    expect(new Set(calls().map(({ spanId }) => spanId)).size).toBe(3);
  });

  it('an edit that comes as an edit and as a tool call', () => {
    bench.hook(
      'cursor',
      cursor('preToolUse', {
        tool_name: 'Write',
        tool_input: { file_path: '/home/dev/shop/a.ts', content: 'x' },
        tool_use_id: 'w1',
      }),
    );
    bench.hook(
      'cursor',
      cursor('afterFileEdit', { file_path: '/home/dev/shop/a.ts', edits: [{ old_string: '', new_string: 'x' }] }),
    );
    bench.hook(
      'cursor',
      cursor('postToolUse', {
        tool_name: 'Write',
        tool_input: { file_path: '/home/dev/shop/a.ts', content: 'x' },
        tool_use_id: 'w1',
      }),
    );
    expect(calls()).toHaveLength(1);
  });

  it('and says so when nobody told of its end', () => {
    bench.hook('claude-code', claude('PreToolUse', bash('t1', 'rm -rf /')));
    bench.hook('claude-code', claude('Stop', { last_assistant_message: 'no' }));
    expect(calls().map(({ attributes }) => attributes['spanwarden.client.outcome'])).toEqual(['unfinished']);
    bench.hook('claude-code', claude('PostToolUse', bash('t1', 'rm -rf /')));
    expect(calls()).toHaveLength(1);
  });

  it('a call that failed or was denied is an error', () => {
    bench.hook('claude-code', claude('PostToolUseFailure', { ...bash('t1', 'false'), error: 'exit 1' }));
    bench.hook('claude-code', claude('PermissionDenied', { ...bash('t2', 'sudo su'), reason: 'no' }));
    expect(calls().map(({ failed, attributes }) => [failed, attributes['error.type']])).toEqual([
      [true, 'error'],
      [true, 'permission_denied'],
    ]);
  });
});

describe('sub-agents', () => {
  it('stand below the call that started them, and their calls below them', () => {
    bench.hook('claude-code', claude('UserPromptSubmit', { prompt: 'look', prompt_id: 'p1' }));
    bench.hook(
      'claude-code',
      claude('PreToolUse', { tool_name: 'Agent', tool_input: { subagent_type: 'Explore' }, tool_use_id: 'a1' }),
    );
    const within = { agent_id: 'agent-7', agent_type: 'Explore' };
    bench.hook('claude-code', claude('SubagentStart', within));
    bench.hook('claude-code', claude('PreToolUse', { ...bash('t1', 'ls'), ...within }));
    bench.hook('claude-code', claude('PostToolUse', { ...bash('t1', 'ls'), ...within }));
    bench.hook('claude-code', claude('SubagentStop', within));
    bench.hook('claude-code', claude('PostToolUse', { tool_name: 'Agent', tool_input: {}, tool_use_id: 'a1' }));
    const [agent] = named('coding_agent.subagent');
    const started = calls().find(({ attributes }) => attributes['gen_ai.tool.name'] === 'Agent')!;
    const inner = calls().find(({ attributes }) => attributes['gen_ai.tool.name'] === 'Bash')!;
    expect(agent!.parentSpanId).toBe(started.spanId);
    expect(inner.parentSpanId).toBe(agent!.spanId);
    expect(started.parentSpanId).toBe(named('coding_agent.llm.turn')[0]!.spanId);
  });

  it('are known from the first event that names them', () => {
    bench.hook('codex', claude('PostToolUse', { ...bash('t1', 'ls'), agent_id: 'late', agent_type: 'worker' }));
    bench.hook('codex', claude('SubagentStop', { agent_id: 'late', agent_type: 'worker' }));
    expect(calls()[0]!.parentSpanId).toBe(named('coding_agent.subagent')[0]!.spanId);
  });

  it('of Cursor that have a conversation of their own join the one that started them', () => {
    bench.hook('cursor', cursor('beforeSubmitPrompt', { prompt: 'hi' }));
    const child = { conversation_id: 'child-1' };
    bench.hook(
      'cursor',
      cursor('subagentStart', {
        ...child,
        subagent_id: 'child-1',
        subagent_type: 'explore',
        parent_conversation_id: 'conversation-1',
      }),
    );
    bench.hook('cursor', cursor('afterShellExecution', { ...child, command: 'ls' }));
    bench.hook('cursor', cursor('subagentStop', { ...child, subagent_type: 'explore', status: 'completed' }));
    expect(new Set(bench.spans().map(({ traceId }) => traceId)).size).toBe(1);
    expect(calls()[0]!.parentSpanId).toBe(named('coding_agent.subagent')[0]!.spanId);
  });
});

describe('what is said in the place of the user', () => {
  it.each([
    [
      'a notice that a sub-agent is done',
      { prompt: '<task-notification><result>its answer</result></task-notification>', source: '' },
    ],
    ['what the tool says it put in itself', { prompt: 'its answer', source: 'system' }],
    ['an event of a channel', { prompt: 'its answer', source: 'poll_event' }],
  ])('%s begins a turn, and is not recorded', (_what, said) => {
    bench.hook('claude-code', claude('UserPromptSubmit', { ...said, prompt_id: 'p2' }));
    const [turn] = named('coding_agent.llm.turn');
    expect(turn!.attributes['spanwarden.client.prompt_source']).toBe(said.source || 'system');
    expect(bench.bytes()).not.toContain('its answer');
  });

  it.each(['user', 'sdk', 'loop_wakeup', 'schedule_wakeup'])('a prompt of %s is one', (source) => {
    bench.hook('claude-code', claude('UserPromptSubmit', { prompt: 'count the files', source, prompt_id: 'p2' }));
    expect(named('coding_agent.llm.turn')[0]!.attributes['gen_ai.input.messages']).toContain('count the files');
  });

  it.each([
    ['claude-code', claude('UserPromptSubmit', { agent_id: 'a1', prompt: 'count', prompt_id: 'p2' })],
    ['codex', claude('UserPromptSubmit', { agent_id: 'a1', prompt: 'count', turn_id: 't2' })],
  ] as const)('what a sub-agent of %s is asked is no turn', (tool, payload) => {
    bench.hook(tool, payload);
    bench.hook(tool, { ...payload, hook_event_name: 'Stop' });
    expect(bench.spans().map(({ name }) => name)).toEqual(['coding_agent.session']);
  });
});

describe('Copilot CLI', () => {
  const tell = (event: string, sessionId: string, more: Record<string, unknown> = {}) =>
    bench.hook('copilot-cli', { sessionId, timestamp: 1, cwd: '/home/dev/shop', ...more }, event);
  const shell = { toolName: 'bash', toolArgs: { command: 'ls' }, toolResult: { resultType: 'success' } };

  it('has sub-agents that are part of the session at any depth, under ids of their own', () => {
    tell('userPromptSubmitted', 'main', { prompt: 'hi' });
    tell('postToolUse', 'one', { ...shell, agentId: 'one', parentAgentId: 'main' });
    tell('postToolUse', 'two', { ...shell, agentId: 'two', parentAgentId: 'one' });
    tell('sessionEnd', 'main', { reason: 'complete' });
    expect(new Set(bench.spans().map(({ traceId }) => traceId)).size).toBe(1);
    expect(new Set(bench.spans().map(({ resource }) => resource['session.id']))).toEqual(new Set(['main']));
    const agents = named('coding_agent.subagent').map(({ spanId }) => spanId);
    expect(calls().map(({ parentSpanId }) => agents.includes(parentSpanId))).toEqual([true, true]);
    expect(agents).toHaveLength(2);
  });

  it('tells of the event that the hook is for, whatever the payload calls it', () => {
    tell('notification', 'main', { hook_event_name: 'Notification', notification_type: 'permission_prompt' });
    expect(named('coding_agent.event')[0]!.attributes['spanwarden.client.notification_type']).toBe('permission_prompt');
  });

  it('has sub-agents that leave the session its id, also where it was never told of before', () => {
    tell('preToolUse', 'one', { ...shell, agentId: 'one', parentAgentId: 'main' });
    expect(bench.spans()[0]!.resource['session.id']).toBe('main');
  });
});

it('tells of the model that a session switched to', () => {
  const switched = { from_model: 'claude-opus', to_model: 'claude-haiku', source: 'command' };
  bench.hook('claude-code', claude('SessionStart', { source: 'startup', model: 'claude-opus' }));
  bench.hook('claude-code', claude('PostModelSwitch', switched));
  bench.hook('claude-code', claude('UserPromptSubmit', { prompt: 'hi' }));
  expect(bench.spans().at(-1)!.resource['coding_agent.model']).toBe('claude-haiku');
});

describe('hostile events', () => {
  it.each([
    ['no session', claude('SessionStart', { session_id: '' })],
    ['another type everywhere', { session_id: 7, hook_event_name: {}, tool_input: [] }],
    [
      'prototype names',
      JSON.parse(
        '{"session_id":"s","hook_event_name":"PreToolUse","tool_name":"__proto__","tool_input":{"__proto__":{"x":1}}}',
      ),
    ],
    ['an event that nobody knows', claude('Whatever')],
    ['a list', []],
    ['nothing', null],
  ])('%s does no harm', (_what, payload) => {
    expect(() => bench.hook('claude-code', payload)).not.toThrow();
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});
