import { afterAll, describe, expect, it } from 'vitest';
import { CODING_TOOLS } from '../../../agent/hooks/coding-tools.ts';
import type { ToolName } from '../../../agent/hooks/tool-event.ts';
import { clientBench } from './client-bench.ts';
import { everyEvent } from './every-event.ts';

/** By tool, fields that must be told of; all others of its documented fields must not. */
const TOLD: Readonly<Record<ToolName, string>> = {
  'claude-code':
    'session_id prompt_id cwd permission_mode agent_id agent_type source model trigger memory_type load_reason instruction_path prompt expansion_type command_name command_source tool_use_id command description asked_tool read_path mcp_argument notification_type stop_error config_source config_path new_cwd directory directory_source changed_path change worktree_path compact_trigger mcp_server elicitation_mode elicitation_action edit_path old_string new_string url fetch_prompt agent_prompt agent_description subagent_type resolved_model from_model to_model switch_source reason',
  cursor:
    'conversation_id generation_id model cursor_version composer_mode prompt pattern tool_use_id query failure_type command mcp_argument mcp_server read_path edit_path old_string new_string tab_edit_path tab_old tab_new old_line new_line subagent_id subagent_type subagent_model status stop_status trigger reason final_status',
  codex:
    'session_id turn_id model permission_mode source prompt command tool_use_id asked_tool old_string new_string agent_id agent_type trigger stop_error reason',
  'gemini-cli':
    'session_id model source prompt command description read_path edit_path new_string mcp_server mcp_argument trigger notification_type reason',
  'copilot-cli':
    'sessionId source prompt command description asked_tool mcp_server mcp_argument read_path edit_path old_string new_string pattern agent_id agent_type agent_stop_reason trigger notification_type stop_reason error_context reason',
};

/** Whatever a tool calls them: what was read, what a terminal or a page showed, what a model said. */
const NEVER =
  /stdout|stderr|output|content$|result|response|transformed|page|display|chunk|thought|delta|message$|original_file|agent_answer|summary|transcript|error_text|error_message|stack/;

// The model's own message is never told of; a word that names a field of ours is no message.
const benches: { close(): void }[] = [];
afterAll(() => {
  for (const bench of benches) bench.close();
});

describe.each(Object.keys(CODING_TOOLS) as ToolName[])('%s', (tool) => {
  const fields = new Set<string>();
  const marker = (field: string) => {
    fields.add(field);
    return `mark-${field.replaceAll('_', '-')}-end`;
  };
  const bench = clientBench();
  benches.push(bench);
  const events = everyEvent(tool, marker);
  for (const { name, payload } of events) {
    bench.now += 10_000;
    bench.hook(tool, payload, tool === 'copilot-cli' && CODING_TOOLS[tool].events.includes(name) ? name : '');
  }
  const told = JSON.stringify(bench.spans());
  const written = bench.bytes();
  const expected = TOLD[tool].split(' ');

  it('has every event of its own in this test', () => {
    expect(events.map(({ name }) => name)).toEqual(expect.arrayContaining([...CODING_TOOLS[tool].events]));
  });

  it.each(expected.filter((field) => field !== 'cwd'))('tells of %s', (field) => {
    expect(fields).toContain(field);
    expect(told).toContain(marker(field));
  });

  it('writes nothing down of any other field', () => {
    const silent = [...fields].filter((field) => !expected.includes(field));
    expect(silent.filter((field) => written.includes(marker(field)))).toEqual([]);
    expect(silent.length).toBeGreaterThan(0);
  });

  it('is not meant to tell of what was read, shown or answered', () => {
    expect(expected.filter((field) => NEVER.test(field))).toEqual([]);
  });

  it('keeps what is written into files apart from what is stored', () => {
    const spans = bench.spans();
    for (const { attributes } of spans) {
      const { 'spanwarden.transient.diff': _diff, ...kept } = attributes;
      expect(JSON.stringify(kept)).not.toContain(marker('new_string'));
    }
    expect(spans.some(({ attributes }) => 'spanwarden.transient.diff' in attributes)).toBe(true);
  });
});
