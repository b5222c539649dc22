import { afterAll, describe, expect, it } from 'vitest';
import type { ClientSpan } from '../../../agent/spool/client-span.ts';
import { RECORDED_TOKEN, recordedSession } from '../../recorded-session.ts';
import { clientBench } from './client-bench.ts';

const CLAUDE_CODE = [
  'read Read',
  'edit Edit',
  'read Read: error',
  'shell Bash',
  'shell Bash: error',
  'mcp mcp__notes__remember of notes',
  'agent Agent',
  'shell Bash in the sub-agent',
];
const GEMINI_CLI = [
  'read read_file',
  'edit replace',
  'read read_file: error',
  'shell run_shell_command',
  'shell run_shell_command',
  'mcp mcp_notes_remember of notes',
];
const copilotCli = (edit: string) => [
  'read view',
  `edit ${edit}`,
  'read view: error',
  'shell bash',
  'shell bash',
  'mcp notes-remember of notes',
  'shell bash in the sub-agent',
  'agent task',
  // was refused, which no event tells
  'shell bash: unfinished',
];

/** What the story of test/fixtures/agent/record/sessions.ts leaves: its calls in their order, as `kind tool`, and how they ended. */
const STORIES: Readonly<Record<string, readonly string[]>> = {
  'claude-code': CLAUDE_CODE,
  'claude-code-terminal': CLAUDE_CODE,
  codex: ['shell Bash', 'edit apply_patch', 'shell Bash', 'shell Bash'],
  'codex-programs': [
    'shell Bash',
    'edit apply_patch',
    'shell Bash',
    'shell Bash',
    'mcp mcp__notes__remember of notes',
    'agent collaborationspawn_agent',
    'shell Bash in the sub-agent',
    'shell Bash',
  ],
  'codex-agents': [
    'mcp mcp__notes__remember of notes',
    'agent spawn_agent',
    'shell Bash in the sub-agent',
    'other multi_agent_v1wait_agent',
  ],
  'gemini-cli': GEMINI_CLI,
  'gemini-cli-terminal': GEMINI_CLI,
  'copilot-cli': copilotCli('edit'),
  'copilot-cli-gpt': copilotCli('apply_patch'),
  'copilot-cli-terminal': [
    'read view',
    'edit edit',
    'read view: error',
    'shell bash',
    'shell bash',
    'shell bash',
    'mcp notes-remember of notes',
    'shell bash in the sub-agent',
    'agent task',
  ],
};

const benches: { close(): void }[] = [];
afterAll(() => {
  for (const bench of benches) bench.close();
});

describe.each(Object.entries(STORIES))('the recorded session %s', (fixture, story) => {
  const bench = clientBench();
  benches.push(bench);
  const events = recordedSession(fixture);
  for (const { words, payload } of events) {
    bench.now += 3_000;
    bench.hook(words[0], JSON.parse(payload), words[1]);
  }
  const spans = bench.spans();
  const named = (name: string) => spans.filter((span) => span.name === name);
  const agents = named('coding_agent.subagent');

  const told = ({ attributes, failed, parentSpanId }: ClientSpan): string => {
    const server = attributes['mcp.server.name'];
    const inAgent = agents.some(({ spanId }) => spanId === parentSpanId);
    const outcome = attributes['spanwarden.client.outcome'] ?? (failed ? attributes['error.type'] : undefined);
    return [
      `${attributes['spanwarden.client.tool_kind']} ${attributes['gen_ai.tool.name']}`,
      server === undefined ? '' : ` of ${server}`,
      inAgent ? ' in the sub-agent' : '',
      outcome === undefined ? '' : `: ${outcome}`,
    ].join('');
  };

  it('is one trace, one root, one turn for what the user said, and one end', () => {
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
    expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(spans.length);
    const ids = new Set(['', ...spans.map(({ spanId }) => spanId)]);
    expect(spans.filter(({ parentSpanId }) => !ids.has(parentSpanId))).toEqual([]);
    expect(named('coding_agent.session')).toHaveLength(1);
    expect(named('coding_agent.session.end')).toHaveLength(1);
    const prompts = named('coding_agent.llm.turn').map(({ attributes }) => attributes['gen_ai.input.messages']);
    expect(prompts.filter(Boolean)).toEqual([expect.stringContaining('Raise the VAT and tell the team on Slack')]);
  });

  it('has a session id that stays', () => {
    const { sessionId, session_id: id = sessionId } = JSON.parse(events[0]!.payload) as Record<string, string>;
    expect(new Set(spans.map(({ resource }) => resource['session.id']))).toEqual(new Set([id]));
  });

  it('tells of each call once, of what kind it was and how it ended', () => {
    expect(named('coding_agent.tool.call').map(told)).toEqual(story);
  });

  it('has its sub-agent end, below the session', () => {
    const withAgent = events.some(({ payload }) => /"agent_?id"/i.test(payload));
    expect(agents.map(({ attributes }) => attributes['spanwarden.client.outcome'])).toEqual(
      withAgent ? [undefined] : [],
    );
  });

  it('tells of each question that somebody at a terminal was asked', () => {
    expect(named('coding_agent.event')).toHaveLength(fixture.endsWith('-terminal') ? 4 : 0);
  });

  it('says which files were edited', () => {
    const edits = named('coding_agent.tool.call').filter(({ attributes }) => 'spanwarden.transient.diff' in attributes);
    expect(edits).toHaveLength(fixture === 'codex-agents' ? 0 : 1);
    for (const { attributes } of edits) {
      expect(attributes['spanwarden.transient.diff']).toContain('export const vat = 0.25;');
      expect(attributes['coding_agent.file.path']).toBe('/home/dev/shop/src/price.ts');
    }
  });

  it('keeps to itself what was read, shown and answered, and the token', () => {
    expect(events.some(({ payload }) => payload.includes('never to be told'))).toBe(true);
    const written = bench.bytes();
    expect(written).not.toContain('never to be told');
    expect(written).not.toContain(RECORDED_TOKEN);
  });
});
