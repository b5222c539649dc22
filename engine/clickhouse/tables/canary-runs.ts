import { rfc3339, timestampText } from '../../core/timestamp.ts';
import { type Columns, insertRows } from '../insert-rows.ts';
import { CONTROL_DATABASE } from '../migrate.ts';
import type { Store } from '../store.ts';

export interface CanaryRun {
  readonly org: string;
  readonly sessionId: string;
  readonly ruleId: string;
  /** Milliseconds since 1970. */
  readonly sentAt: number;
  readonly state: 'fired' | 'silent' | 'unsent';
  /** From sending to the finding; 0 unless it fired. */
  readonly seconds: number;
  readonly error: string;
}

const COLUMNS: Columns<CanaryRun> = {
  org: (run) => run.org,
  session_id: (run) => run.sessionId,
  rule_id: (run) => run.ruleId,
  sent_at: (run) => timestampText(run.sentAt * 1_000),
  state: (run) => run.state,
  seconds: (run) => run.seconds,
  error: (run) => run.error,
};

export async function insertCanaryRun(store: Store, run: CanaryRun): Promise<void> {
  await insertRows(store, `${CONTROL_DATABASE}.canary_runs`, COLUMNS, [run], crypto.randomUUID());
}

/** The last canary of each rule that has one. */
export async function readLastCanaries(store: Store, org: string) {
  const rows = await store.query<{ rule_id: string; sent_at: string; state: CanaryRun['state']; seconds: number }>(
    `SELECT rule_id, max(r.sent_at) AS sent_at, argMax(r.state, r.sent_at) AS state, argMax(r.seconds, r.sent_at) AS seconds
     FROM canary_runs AS r WHERE org = {org: String} GROUP BY rule_id`,
    { org },
    { database: CONTROL_DATABASE },
  );
  return new Map(rows.map(({ rule_id, ...run }) => [rule_id, { ...run, sent_at: rfc3339(run.sent_at) }]));
}

/** Whether the rule found the canary; what it found of canaries is kept apart. */
export async function canaryFired(store: Store, database: string, ruleId: string, sessionId: string): Promise<boolean> {
  const rows = await store.query(
    `SELECT 1 FROM suppressed_findings
     WHERE rule_id = {ruleId: String} AND session_id = {sessionId: String} AND cause = 'canary' LIMIT 1`,
    { ruleId, sessionId },
    { database },
  );
  return rows.length > 0;
}

/** Takes the canary's spans out again, so that they count nowhere. */
export async function removeCanarySpans(store: Store, database: string, sessionId: string): Promise<void> {
  await store.command('DELETE FROM otel_traces WHERE SessionId = {sessionId: String}', { sessionId }, { database });
}
