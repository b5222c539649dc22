import { timestampText } from '../../core/timestamp.ts';
import { type Columns, insertRows } from '../insert-rows.ts';
import { CONTROL_DATABASE } from '../migrate.ts';
import type { Store } from '../store.ts';

/** What an org decided about its redaction, as it is kept. `policy` is JSON. */
export interface RedactionPolicyRecord {
  readonly org: string;
  readonly version: number;
  readonly policy: string;
  readonly key_version: number;
  /** Milliseconds since 1970; 0 when there is no former key. */
  readonly former_key_until: number;
}

const COLUMNS: Columns<RedactionPolicyRecord> = {
  org: (record) => record.org,
  version: (record) => record.version,
  policy: (record) => record.policy,
  key_version: (record) => record.key_version,
  former_key_until: (record) => timestampText(record.former_key_until * 1_000),
};

/** Undefined while an org has decided nothing. */
export async function findRedactionPolicy(store: Store, org: string): Promise<RedactionPolicyRecord | undefined> {
  const [row] = await store.query<
    Omit<RedactionPolicyRecord, 'former_key_until'> & { former_key_until: number | string }
  >(
    `SELECT org, version, policy, key_version, toUnixTimestamp64Milli(former_key_until) AS former_key_until
     FROM redaction_policies WHERE org = {org: String} ORDER BY version DESC LIMIT 1`,
    { org },
    { database: CONTROL_DATABASE },
  );
  return row && { ...row, former_key_until: Number(row.former_key_until) };
}

export async function insertRedactionPolicy(store: Store, record: RedactionPolicyRecord): Promise<void> {
  await insertRows(store, `${CONTROL_DATABASE}.redaction_policies`, COLUMNS, [record], crypto.randomUUID());
}
