import { microsToText, textToMicros } from '../../core/timestamp.ts';
import { CONTROL_DATABASE } from '../migrate.ts';
import type { Store } from '../store.ts';

/** How far each rule of an org has come: microseconds since 1970 by rule id. */
export async function readWatermarks(store: Store, org: string): Promise<Map<string, number>> {
  const rows = await store.query<{ rule_id: string; evaluated_to: string }>(
    'SELECT rule_id, evaluated_to FROM watermarks FINAL WHERE org = {org: String}',
    { org },
    { database: CONTROL_DATABASE },
  );
  return new Map(rows.map((row) => [row.rule_id, textToMicros(row.evaluated_to)]));
}

export async function writeWatermarks(
  store: Store,
  org: string,
  watermarks: ReadonlyMap<string, number>,
): Promise<void> {
  const lines = [...watermarks].map(([rule, micros]) => `${JSON.stringify([org, rule, microsToText(micros)])}\n`);
  await store.insertLines(
    `${CONTROL_DATABASE}.watermarks`,
    ['org', 'rule_id', 'evaluated_to'],
    Buffer.from(lines.join('')),
    crypto.randomUUID(),
  );
}

/** The latest time any rule has been evaluated to, over all orgs; 0 when none has run. Ingest times must never fall behind it. */
export async function latestWatermark(store: Store): Promise<number> {
  const rows = await store.query<{ latest: string }>(
    'SELECT max(evaluated_to) AS latest FROM watermarks',
    {},
    { database: CONTROL_DATABASE },
  );
  return Math.max(0, textToMicros(rows[0]!.latest));
}
