import { type Columns, insertRows } from '../insert-rows.ts';
import { CONTROL_DATABASE } from '../migrate.ts';
import type { Store } from '../store.ts';

/** What an org decided about the client on developers' machines. `policy` is JSON. */
export interface ClientPolicyRecord {
  readonly org: string;
  readonly version: number;
  readonly policy: string;
}

const COLUMNS: Columns<ClientPolicyRecord> = {
  org: (record) => record.org,
  version: (record) => record.version,
  policy: (record) => record.policy,
};

/** Undefined while an org has decided nothing. */
export async function findClientPolicy(store: Store, org: string): Promise<ClientPolicyRecord | undefined> {
  const [row] = await store.query<ClientPolicyRecord>(
    'SELECT org, version, policy FROM client_policies WHERE org = {org: String} ORDER BY version DESC LIMIT 1',
    { org },
    { database: CONTROL_DATABASE },
  );
  return row;
}

export async function insertClientPolicy(store: Store, record: ClientPolicyRecord): Promise<void> {
  await insertRows(store, `${CONTROL_DATABASE}.client_policies`, COLUMNS, [record], crypto.randomUUID());
}
