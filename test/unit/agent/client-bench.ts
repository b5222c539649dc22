import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { readClientSettings } from '../../../agent/client-settings.ts';
import { createEventHandler } from '../../../agent/handle-event.ts';
import type { ToolName } from '../../../agent/hooks/tool-event.ts';
import type { ClientSpan } from '../../../agent/spool/client-span.ts';
import { type StateFolder, spoolFolder, stateFolder } from '../../../agent/state-folder.ts';
import { type ClientPolicy, DEFAULT_CLIENT_POLICY } from '../../../engine/core/client-policy.ts';

/** The client in a folder of its own, in this process. */
export interface ClientBench {
  readonly state: StateFolder;
  readonly spool: string;
  /** Milliseconds since 1970, as events are told; a test may turn it. */
  now: number;
  setPolicy(policy: ClientPolicy): void;
  hook(tool: ToolName, payload: unknown, eventName?: string): void;
  spans(): ClientSpan[];
  count(name: string): number;
  /** All bytes of all files of the spool, the write-ahead log's too. */
  bytes(): string;
  close(): void;
}

export function clientBench(settings: Record<string, unknown> = {}): ClientBench {
  const root = mkdtempSync(join(tmpdir(), 'spanwarden-agent-'));
  const state = stateFolder({ SPANWARDEN_AGENT_STATE: root });
  writeFileSync(state.settings, JSON.stringify(settings));
  const setPolicy = (policy: ClientPolicy) => writeFileSync(state.policy, JSON.stringify({ etag: '"1"', policy }));
  setPolicy(DEFAULT_CLIENT_POLICY);
  mkdirSync(state.spools, { recursive: true });
  const spool = spoolFolder(state);
  const bench = { now: Date.UTC(2026, 10, 21) };
  const handler = createEventHandler(state, readClientSettings(state.settings), () => bench.now);
  const read = <T>(query: string, ...values: string[]): T[] => {
    const database = new DatabaseSync(join(spool, 'spool.db'), { readOnly: true });
    try {
      return database.prepare(query).all(...values) as T[];
    } finally {
      database.close();
    }
  };
  return Object.assign(bench, {
    state,
    spool,
    setPolicy,
    hook: (tool: ToolName, payload: unknown, eventName = '') =>
      handler.handle({ tool, eventName, payload: JSON.stringify(payload) }),
    spans: () =>
      read<{ body: string }>('SELECT body FROM spans ORDER BY id').map(({ body }) => JSON.parse(body) as ClientSpan),
    count: (name: string) => read<{ value: number }>('SELECT value FROM counters WHERE name = ?', name)[0]?.value ?? 0,
    bytes: () =>
      readdirSync(spool)
        .map((name) => readFileSync(join(spool, name), 'latin1'))
        .join('\n'),
    close: () => {
      handler.close();
      rmSync(root, { recursive: true, force: true });
    },
  });
}
