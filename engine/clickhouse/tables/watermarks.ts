import { timestampMicros, timestampText } from '../../core/timestamp.ts';
import { type Columns, insertRows } from '../insert-rows.ts';
import { CONTROL_DATABASE } from '../migrate.ts';
import type { Store } from '../store.ts';

/** How far each rule of an org has come: microseconds since 1970 by rule id. */
export async function readWatermarks(store: Store, org: string): Promise<Map<string, number>> {
  const rows = await store.query<{ rule_id: string; evaluated_to: string }>(
    'SELECT rule_id, evaluated_to FROM watermarks FINAL WHERE org = {org: String}',
    { org },
    { database: CONTROL_DATABASE },
  );
  return new Map(rows.map((row) => [row.rule_id, timestampMicros(row.evaluated_to)]));
}

interface Watermark {
  org: string;
  ruleId: string;
  micros: number;
}

const COLUMNS: Columns<Watermark> = {
  org: (mark) => mark.org,
  rule_id: (mark) => mark.ruleId,
  evaluated_to: (mark) => timestampText(mark.micros),
};

export async function writeWatermarks(store: Store, org: string, marks: ReadonlyMap<string, number>): Promise<void> {
  const rows = [...marks].map(([ruleId, micros]) => ({ org, ruleId, micros }));
  await insertRows(store, `${CONTROL_DATABASE}.watermarks`, COLUMNS, rows, crypto.randomUUID());
}

/** The latest time any rule has been evaluated to, over all orgs; 0 when none has run. Ingest times must never fall behind it. */
export async function latestWatermark(store: Store): Promise<number> {
  const rows = await store.query<{ latest: string }>(
    'SELECT max(evaluated_to) AS latest FROM watermarks',
    {},
    { database: CONTROL_DATABASE },
  );
  return Math.max(0, timestampMicros(rows[0]!.latest));
}
