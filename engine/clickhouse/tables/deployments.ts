import { rfc3339, timestampText } from '../../core/timestamp.ts';
import { type Columns, insertRows } from '../insert-rows.ts';
import type { Store } from '../store.ts';

/** A new version of an agent that somebody meant to roll out. `deployed_at` is RFC 3339 UTC. */
export interface Deployment {
  id: string;
  agent_id: string;
  version: string;
  deployed_at: string;
  recorded_by: string;
  note: string;
}

const COLUMNS: Columns<Deployment> = {
  id: (deployment) => deployment.id,
  agent_id: (deployment) => deployment.agent_id,
  version: (deployment) => deployment.version,
  deployed_at: (deployment) => timestampText(Date.parse(deployment.deployed_at) * 1_000),
  recorded_by: (deployment) => deployment.recorded_by,
  note: (deployment) => deployment.note,
};

export async function insertDeployment(store: Store, database: string, deployment: Deployment): Promise<void> {
  await insertRows(store, `${database}.deployments`, COLUMNS, [deployment], deployment.id);
}

/** Latest first; of one agent when `agentId` is given. */
export async function listDeployments(
  store: Store,
  database: string,
  agentId: string | undefined,
  limit: number,
): Promise<Deployment[]> {
  const rows = await store.query<Deployment>(
    `SELECT id, agent_id, version, deployed_at, recorded_by, note FROM deployments FINAL
     WHERE {all: Bool} OR agent_id = {agent: String}
     ORDER BY deployed_at DESC, id LIMIT {limit: UInt32}`,
    { all: agentId === undefined, agent: agentId ?? '', limit },
    { database },
  );
  return rows.map((row) => ({ ...row, deployed_at: rfc3339(row.deployed_at) }));
}
