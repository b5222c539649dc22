import { timestampText } from '../../core/timestamp.ts';
import { type Columns, insertRows } from '../insert-rows.ts';
import { CONTROL_DATABASE } from '../migrate.ts';
import type { Store } from '../store.ts';

export interface RuleStateRow {
  readonly ruleId: string;
  readonly ruleVersion: number;
  readonly state: 'running' | 'failing' | 'parked';
  /** In a row. */
  readonly failures: number;
  readonly error: string;
}

type Stored = RuleStateRow & { readonly org: string; readonly now: number };

const COLUMNS: Columns<Stored> = {
  org: (row) => row.org,
  rule_id: (row) => row.ruleId,
  rule_version: (row) => row.ruleVersion,
  state: (row) => row.state,
  failures: (row) => row.failures,
  error: (row) => row.error,
  since: (row) => timestampText(row.now * 1_000),
};

/** Records in what state a rule is from `now` (milliseconds since 1970) on. */
export async function saveRuleState(store: Store, org: string, state: RuleStateRow, now: number): Promise<void> {
  const row = { ...state, org, now };
  await insertRows(store, `${CONTROL_DATABASE}.rule_states`, COLUMNS, [row], crypto.randomUUID());
}

/** Every rule that has ever failed, in the state it is now. */
export async function readRuleStates(store: Store, org: string): Promise<RuleStateRow[]> {
  return store.query<RuleStateRow>(
    `SELECT rule_id AS ruleId, rule_version AS ruleVersion, state, failures, error
     FROM rule_states FINAL WHERE org = {org: String}`,
    { org },
    { database: CONTROL_DATABASE },
  );
}
