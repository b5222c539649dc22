import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { migrateOrg } from '../../../engine/clickhouse/migrate.ts';
import { temporaryStore } from '../../temporary-store.ts';

/** Stands in everything that an analyst of org `default` must never see. */
export const MARKER = 'PLANTED-MARKER-7f3a';

/**
 * A store with spans of org `default`, and the marker in a file, in another org's spans, in the control plane and in a table of the
 * org that analysts may not read.
 */
export async function guardedStore() {
  const { store, folder } = await temporaryStore();
  await migrateOrg(store, 'org_other');
  await mkdir(join(folder, 'planted'));
  const file = join(folder, 'planted', 'secret.csv');
  await writeFile(file, `a\n${MARKER}\n`);
  const span = (trace: string, marker: string) =>
    `INSERT INTO otel_traces (Timestamp, TraceId, SpanId, SpanName, Kind, AgentId, AgentName, SessionId, ToolName, Model, StatusCode,
       SpanAttributes, PromptPreview, Duration, InputTokens, OutputTokens, CostUsd, IngestedAt)
     SELECT now64(9), '${trace}', hex(number), 'chat', if(number % 2, 'llm', 'tool'), 'agent-a', 'Agent A', 's1', if(number % 2, '', 'search'),
       'model-x', if(number = 3, 'Error', 'Ok'),
       map('tracectrl.system_prompt_hash', toString(number % 3), 'tracectrl.agent.id', 'agent-a', 'gen_ai.prompt.preview', 'said'),
       '${marker}', 1000000 * number, 10, 20, 0.5, now64(6) FROM numbers(20)`;
  await store.command(span('a'.repeat(32), 'hello'), {}, { database: 'org_default' });
  await store.command(span('b'.repeat(32), MARKER), {}, { database: 'org_other' });
  await store.command(`INSERT INTO orgs (slug, name) VALUES ('other', '${MARKER}')`, {}, { database: 'spanwarden' });
  await store.command(`INSERT INTO tokens (id, hash) VALUES ('x', '${MARKER}')`, {}, { database: 'spanwarden' });
  await store.command(
    `INSERT INTO destinations (id, kind, name, settings, secrets, created_at, created_by, updated_at)
     VALUES ('x', 'webhook', '${MARKER}', '{"url":"${MARKER}"}', '{"secret":"${MARKER}"}', now(), '', now())`,
    {},
    { database: 'org_default' },
  );
  return { store, folder, planted: { file, output: join(folder, 'planted', 'written') } };
}

/** What no query may change: every table's rows by name, in all databases but the engine's own. */
export async function stateOf(store: Awaited<ReturnType<typeof guardedStore>>['store']): Promise<string> {
  const rows = await store.query(
    `SELECT database, name, engine, total_rows FROM system.tables
     WHERE database NOT IN ('system', 'information_schema', 'INFORMATION_SCHEMA') ORDER BY database, name`,
  );
  return JSON.stringify(rows);
}
