import { timestampText } from '../../core/timestamp.ts';
import type { Window } from '../../core/window.ts';
import { type Columns, insertRows } from '../insert-rows.ts';
import { CONTROL_DATABASE } from '../migrate.ts';
import type { Store } from '../store.ts';

/** One evaluation of one rule, as the run ledger keeps it. */
export interface RuleRun {
  org: string;
  ruleId: string;
  ruleVersion: number;
  window: Window;
  /** Milliseconds since 1970. */
  startedAt: number;
  durationMs: number;
  rowsRead: number;
  findings: number;
  truncated: boolean;
  filledIn: boolean;
  /** '' when it went well. */
  error: string;
  /** Evaluations behind this row: uneventful ones are kept together. */
  runs: number;
}

const COLUMNS: Columns<RuleRun> = {
  org: (run) => run.org,
  rule_id: (run) => run.ruleId,
  rule_version: (run) => run.ruleVersion,
  window_from: (run) => timestampText(run.window.from),
  window_to: (run) => timestampText(run.window.to),
  started_at: (run) => timestampText(run.startedAt * 1_000),
  duration_ms: (run) => run.durationMs,
  rows_read: (run) => run.rowsRead,
  findings: (run) => run.findings,
  truncated: (run) => run.truncated,
  filled_in: (run) => run.filledIn,
  error: (run) => run.error,
  runs: (run) => run.runs,
};

export async function insertRuleRuns(store: Store, runs: readonly RuleRun[]): Promise<void> {
  await insertRows(store, `${CONTROL_DATABASE}.rule_runs`, COLUMNS, runs, crypto.randomUUID());
}

export interface RuleRunRow {
  rule_version: number;
  window_from: string;
  window_to: string;
  started_at: string;
  duration_ms: number;
  rows_read: string;
  findings: number;
  truncated: boolean;
  filled_in: boolean;
  error: string;
  runs: number;
}

/** The newest runs of a rule, newest first. */
export async function listRuleRuns(store: Store, org: string, ruleId: string, limit: number): Promise<RuleRunRow[]> {
  return store.query<RuleRunRow>(
    `SELECT rule_version, window_from, window_to, started_at, duration_ms, rows_read, findings, truncated, filled_in, error, runs
     FROM rule_runs WHERE org = {org: String} AND rule_id = {rule: String}
     ORDER BY started_at DESC LIMIT {limit: UInt32}`,
    { org, rule: ruleId, limit },
    { database: CONTROL_DATABASE },
  );
}
