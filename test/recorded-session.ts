import { readFileSync } from 'node:fs';
import type { ToolName } from '../agent/hooks/tool-event.ts';

/** Made up, and in two parts so that scanners of source code leave this file alone. */
export const RECORDED_TOKEN = `xoxb-2154871290-3218749201-${'hT6gYq0PzXc9VbN3mK8wLs2R'}`;

/** One event of a session as a tool's hook was started with it. */
export interface RecordedEvent {
  /** The words after `hook`: the tool, and the event where the hook's command says it. */
  readonly words: readonly [ToolName, ...string[]];
  /** What the event is called, wherever it says so. */
  readonly name: string;
  readonly payload: string;
}

/** A session of test/fixtures/agent, whose name begins with its tool's. */
export function recordedSession(fixture: string): readonly RecordedEvent[] {
  const tool = /^(?:claude-code|cursor|codex|gemini-cli|copilot-cli)/.exec(fixture)![0] as ToolName;
  const text = readFileSync(new URL(`fixtures/agent/${fixture}.ndjson`, import.meta.url), 'utf8');
  return text
    .replaceAll('{{slack}}', RECORDED_TOKEN)
    .trimEnd()
    .split('\n')
    .map((line): RecordedEvent => {
      const { event, payload } = JSON.parse(line) as { event: string; payload: { hook_event_name?: string } };
      const name = event || payload.hook_event_name || '';
      return { words: event === '' ? [tool] : [tool, event], name, payload: JSON.stringify(payload) };
    });
}
