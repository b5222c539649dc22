import { timestampText } from '../../core/timestamp.ts';
import type { Window } from '../../core/window.ts';
import { type Columns, insertRows } from '../insert-rows.ts';
import { CONTROL_DATABASE } from '../migrate.ts';
import type { Store } from '../store.ts';

/** A stretch of ingest time that a rule has not seen when it should have. */
export interface RuleGapRow extends Window {
  readonly ruleId: string;
  readonly state: 'open' | 'filled' | 'skipped';
}

type Stored = RuleGapRow & { readonly org: string; readonly now: number };

const COLUMNS: Columns<Stored> = {
  org: (gap) => gap.org,
  rule_id: (gap) => gap.ruleId,
  gap_from: (gap) => timestampText(gap.from),
  gap_to: (gap) => timestampText(gap.to),
  state: (gap) => gap.state,
  at: (gap) => timestampText(gap.now * 1_000),
};

/** Notes a gap, or what became of it. `now` is in milliseconds since 1970. */
export async function saveRuleGap(store: Store, org: string, gap: RuleGapRow, now: number): Promise<void> {
  const row = { ...gap, org, now };
  await insertRows(store, `${CONTROL_DATABASE}.rule_gaps`, COLUMNS, [row], crypto.randomUUID());
}
