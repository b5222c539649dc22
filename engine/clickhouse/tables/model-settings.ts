import { timestampText } from '../../core/timestamp.ts';
import { type Columns, insertRows } from '../insert-rows.ts';
import { CONTROL_DATABASE } from '../migrate.ts';
import type { Store } from '../store.ts';

/** A provider of language models that an org brought, as it is kept. The key is encrypted. */
export interface ModelSettingsRecord {
  readonly org: string;
  readonly version: number;
  readonly deleted: boolean;
  readonly provider: string;
  readonly model: string;
  readonly resource: string;
  readonly region: string;
  readonly sealed_key: string;
  /** Milliseconds since 1970. */
  readonly changed_at: number;
  readonly changed_by: string;
}

const COLUMNS: Columns<ModelSettingsRecord> = {
  org: (row) => row.org,
  version: (row) => row.version,
  deleted: (row) => row.deleted,
  provider: (row) => row.provider,
  model: (row) => row.model,
  resource: (row) => row.resource,
  region: (row) => row.region,
  sealed_key: (row) => row.sealed_key,
  changed_at: (row) => timestampText(row.changed_at * 1_000),
  changed_by: (row) => row.changed_by,
};

/** The last change; undefined when there was none. */
export async function findModelSettings(store: Store, org: string): Promise<ModelSettingsRecord | undefined> {
  const [row] = await store.query<Omit<ModelSettingsRecord, 'changed_at'> & { changed_at: string }>(
    `SELECT * REPLACE (toUnixTimestamp64Milli(changed_at) AS changed_at)
     FROM model_settings WHERE org = {org: String} ORDER BY version DESC LIMIT 1`,
    { org },
    { database: CONTROL_DATABASE },
  );
  return row && { ...row, changed_at: Number(row.changed_at) };
}

export async function insertModelSettings(store: Store, record: ModelSettingsRecord): Promise<void> {
  await insertRows(store, `${CONTROL_DATABASE}.model_settings`, COLUMNS, [record], crypto.randomUUID());
}
