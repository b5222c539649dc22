import { ruleQueries } from '../engine/clickhouse/rule-queries.ts';
import type { Store } from '../engine/clickhouse/store.ts';
import { insertDeployment } from '../engine/clickhouse/tables/deployments.ts';
import { OTEL_TRACES_COLUMNS } from '../engine/clickhouse/tables/otel-traces.ts';
import { DEFAULT_ORG, orgDatabase } from '../engine/core/org.ts';
import type { Span } from '../engine/core/span.ts';
import { createRedactor } from '../engine/redaction/redactor.ts';
import { createIngestClock } from './ingest-clock.ts';
import { spanRows } from './inspect-traces.ts';

/** The whole ingest pipeline and the executor of rules over an org that can be emptied: what the tests of rules run on. */
export function ruleTestBench(store: Store) {
  const database = orgDatabase(DEFAULT_ORG);
  const clock = createIngestClock(Date.now, 0);
  const redactor = createRedactor({ key: new Uint8Array(32).fill(7) });
  return {
    ...ruleQueries(store, database),
    lowWater: clock.lowWater,
    ingest: async (spans: readonly Span[]): Promise<void> => {
      if (spans.length === 0) return;
      const ingestedAt = clock.open();
      const rows = Buffer.concat(spanRows(spans, { redactor, ingestedAt }));
      await store.insertLines(`${database}.otel_traces`, OTEL_TRACES_COLUMNS, rows, crypto.randomUUID());
      clock.close(ingestedAt);
    },
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
      for (const table of ['otel_traces', 'agent_prompts', 'agent_facts', 'deployments'])
        await store.command(`TRUNCATE TABLE ${table}`, {}, { database });
    },
  };
}
