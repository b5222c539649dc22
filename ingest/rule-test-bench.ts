import { rulePasses } from '../engine/clickhouse/rule-queries.ts';
import type { Store } from '../engine/clickhouse/store.ts';
import { insertDeployment } from '../engine/clickhouse/tables/deployments.ts';
import { insertFindings } from '../engine/clickhouse/tables/findings.ts';
import { OTEL_TRACES_COLUMNS } from '../engine/clickhouse/tables/otel-traces.ts';
import { insertSessionSummaries, type SessionSummaryRow } from '../engine/clickhouse/tables/session-summaries.ts';
import type { Finding } from '../engine/core/finding.ts';
import type { LogRecord } from '../engine/core/log-record.ts';
import { DEFAULT_ORG, orgDatabase } from '../engine/core/org.ts';
import type { Span } from '../engine/core/span.ts';
import { timestampText } from '../engine/core/timestamp.ts';
import { createRedactor } from '../engine/redaction/redactor.ts';
import { INGEST_COLUMNS } from './ingest-columns.ts';
import { logPieces } from './inspect-logs.ts';
import { spanRows } from './inspect-traces.ts';

/** The whole ingest pipeline and the executor of rules over an org that can be emptied: what the tests of rules run on. */
export function ruleTestBench(store: Store, org = DEFAULT_ORG) {
  const database = orgDatabase(org);
  const redactor = createRedactor({ key: new Uint8Array(32).fill(7) });
  return {
    openPass: rulePasses(store, database),
    ingest: async (spans: readonly Span[], ingestedAt: number): Promise<void> => {
      const rows = Buffer.concat(spanRows(spans, { redactor, ingestedAt }));
      await store.insertLines(`${database}.otel_traces`, OTEL_TRACES_COLUMNS, rows, crypto.randomUUID());
    },
    ingestLogs: async (records: readonly LogRecord[], ingestedAt: number): Promise<void> => {
      for (const { table, rows } of logPieces(records, { redactor, ingestedAt })) {
        await store.insertLines(`${database}.${table}`, INGEST_COLUMNS[table], rows, crypto.randomUUID());
      }
    },
    recordFindings: (findings: readonly Finding[], foundAt: number): Promise<void> =>
      insertFindings(store, database, findings, timestampText(foundAt)),
    recordSummaries: (summaries: readonly Omit<SessionSummaryRow, 'made_at'>[], madeAt: number): Promise<void> =>
      insertSessionSummaries(
        store,
        database,
        summaries.map((summary) => ({ ...summary, made_at: timestampText(madeAt) })),
      ),
    recordDeployment: (agent_id: string, version: string, atMs: number): Promise<void> =>
      insertDeployment(store, database, {
        id: `${agent_id} ${atMs}`,
        agent_id,
        version,
        deployed_at: new Date(atMs).toISOString(),
        recorded_by: 'rule test',
        note: '',
      }),
    reset: async (): Promise<void> => {
      // Every table that holds rows: what views fill from spans belongs to the spans.
      const filled = await store.query<{ name: string }>(
        `SELECT name FROM system.tables
         WHERE database = {database: String} AND total_rows > 0 AND name != 'migrations' AND engine LIKE '%MergeTree'`,
        { database },
      );
      for (const { name } of filled) await store.command(`TRUNCATE TABLE \`${name}\``, {}, { database });
    },
  };
}
