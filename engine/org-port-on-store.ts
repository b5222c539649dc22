import type { Alerting } from './alerts/alerting.ts';
import { isCanarySession } from './canary.ts';
import { rulePasses } from './clickhouse/rule-queries.ts';
import type { Store } from './clickhouse/store.ts';
import { saveRuleGap } from './clickhouse/tables/rule-gaps.ts';
import { insertRuleRuns } from './clickhouse/tables/rule-runs.ts';
import { readRuleStates, saveRuleState } from './clickhouse/tables/rule-states.ts';
import { firstIngested } from './clickhouse/tables/sessions.ts';
import { readWatermarks, writeWatermarks } from './clickhouse/tables/watermarks.ts';
import type { Clock } from './core/clock.ts';
import { orgDatabase } from './core/org.ts';
import type { OrgPort } from './detection/org-port.ts';
import type { KeyFor } from './master-key.ts';
import { createRaiseFindings } from './raise-findings.ts';

/** What the rules engine does to one org's store and alerts. Findings about canaries raise nothing. */
export function orgPortOnStore(
  org: { readonly slug: string; readonly createdAt: number },
  alert: Alerting['applyFindings'],
  { store, clock, keyFor }: { readonly store: Store; readonly clock: Clock; readonly keyFor: KeyFor },
): Omit<OrgPort, 'assertHeld'> {
  const database = orgDatabase(org.slug);
  const canaryKey = keyFor(org.slug, 'canary');
  return {
    org: org.slug,
    createdAt: org.createdAt,
    readWatermarks: () => readWatermarks(store, org.slug),
    writeWatermarks: (marks) => writeWatermarks(store, org.slug, marks),
    openPass: rulePasses(store, database),
    firstIngested: (window) => firstIngested(store, database, window),
    applyFindings: createRaiseFindings({
      store,
      database,
      clock,
      alert,
      divert: ({ session_id }) => isCanarySession(canaryKey, session_id, clock()),
    }),
    recordRuns: (runs) =>
      insertRuleRuns(
        store,
        runs.map(({ rule, totalHits, ...run }) => ({
          ...run,
          org: org.slug,
          ruleId: rule.id,
          ruleVersion: rule.metadata.version,
          findings: totalHits,
        })),
      ),
    readRuleStates: () => readRuleStates(store, org.slug),
    recordRuleState: (state) => saveRuleState(store, org.slug, state, clock()),
    recordGap: (gap) => saveRuleGap(store, org.slug, gap, clock()),
  };
}
