import { type Alerting, createAlerting } from './alerts/alerting.ts';
import type { Diagnostics } from './alerts/diagnostics.ts';
import { orgAlertQueries } from './clickhouse/org-alert-queries.ts';
import { ruleQueries } from './clickhouse/rule-queries.ts';
import type { Store } from './clickhouse/store.ts';
import { insertRuleRuns } from './clickhouse/tables/rule-runs.ts';
import { anyIngested } from './clickhouse/tables/sessions.ts';
import { readWatermarks, writeWatermarks } from './clickhouse/tables/watermarks.ts';
import type { AlertEvent } from './core/alert.ts';
import type { Clock } from './core/clock.ts';
import { orgDatabase } from './core/org.ts';
import type { Rule } from './core/rule.ts';
import { createRulesEngine, type OrgPort, type RulesEngine } from './detection/rules-engine.ts';
import { activeRules, scheduleRules } from './detection/schedule-rules.ts';
import type { KeyFor } from './master-key.ts';

export interface OrgRecord {
  readonly slug: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

export interface EngineOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly rules: readonly Rule[];
  /** The orgs there are; asked again now and then, so that new ones are served. */
  readonly orgs: () => Promise<readonly OrgRecord[]>;
  /** Every span accepted before this (microseconds since 1970) is stored and readable. */
  readonly lowWater: () => Promise<number>;
  readonly keyFor: KeyFor;
  readonly allowPrivateDestinations: boolean;
  readonly version: string;
  readonly log: Diagnostics;
  /** Hears of every event in any org's alert log that this process writes. */
  readonly onAlertEvent: (org: string, event: AlertEvent) => void;
}

interface OrgEngine {
  readonly alerting: Alerting;
  readonly rules: RulesEngine;
}

/** How long the list of orgs is believed, milliseconds. */
const ORGS_FRESH_MS = 5_000;

/** The engine role: evaluates every org's rules on schedule, keeps their alerts and delivers them. */
export function createEngine(options: EngineOptions) {
  const { store, clock, log } = options;
  let rules = options.rules;
  const engines = new Map<string, OrgEngine>();
  let orgsReadAt = Number.NEGATIVE_INFINITY;

  function engineOf(org: OrgRecord): OrgEngine {
    const known = engines.get(org.slug);
    if (known) return known;
    const alerting = createAlerting({
      store: orgAlertQueries(store, orgDatabase(org.slug)),
      clock,
      random: Math.random,
      sealKey: options.keyFor(org.slug, 'destinations'),
      allowPrivate: options.allowPrivateDestinations,
      version: options.version,
      log,
    });
    alerting.onEvent((event) => options.onAlertEvent(org.slug, event));
    alerting.start();
    const engine = {
      alerting,
      rules: createRulesEngine(orgPort(store, org, alerting), {
        clock,
        lowWater: options.lowWater,
        onError: (message, error) =>
          log.error({ error: error instanceof Error ? error.message : String(error) }, message),
      }),
    };
    engines.set(org.slug, engine);
    return engine;
  }

  /** Brings every org's rules up to now. */
  async function run(due: readonly Rule[]): Promise<void> {
    try {
      if (clock() - orgsReadAt > ORGS_FRESH_MS || engines.size === 0) {
        for (const org of await options.orgs()) engineOf(org);
        orgsReadAt = clock();
      }
      for (const engine of engines.values()) await engine.rules.runRules(due);
    } catch (error) {
      log.error({ error: error instanceof Error ? error.message : String(error) }, 'the rules could not run');
    }
  }

  let schedule = scheduleRules(rules, (due) => void run(due));

  return {
    /** Runs these rules from now on. What is being evaluated is finished as it was begun. */
    useRules: (next: readonly Rule[]): void => {
      void schedule.stop();
      rules = next;
      schedule = scheduleRules(rules, (due) => void run(due));
    },
    /** The alerts of one org. */
    alerting: async (slug: string): Promise<Alerting> => {
      const known = engines.get(slug);
      if (known) return known.alerting;
      const org = (await options.orgs()).find((candidate) => candidate.slug === slug);
      if (org === undefined) throw new Error(`org ${slug} has no engine`);
      return engineOf(org).alerting;
    },
    /** Everything ingested before this has been seen by every rule that runs; microseconds since 1970. */
    evaluatedTo: async (): Promise<number> => {
      const active = activeRules(rules);
      const marks = await Promise.all([...engines.values()].map((engine) => engine.rules.evaluatedTo(active)));
      return marks.length === 0 ? 0 : Math.min(...marks);
    },
    async stop(): Promise<void> {
      await schedule.stop();
      await Promise.all([...engines.values()].map((engine) => engine.rules.idle()));
      await Promise.all([...engines.values()].map((engine) => engine.alerting.stop()));
    },
  };
}

function orgPort(store: Store, org: OrgRecord, alerting: Alerting): OrgPort {
  const database = orgDatabase(org.slug);
  return {
    org: org.slug,
    createdAt: org.createdAt,
    readWatermarks: () => readWatermarks(store, org.slug),
    writeWatermarks: (marks) => writeWatermarks(store, org.slug, marks),
    ...ruleQueries(store, database),
    anyIngested: (window) => anyIngested(store, database, window),
    applyFindings: async (rule, findings) => {
      if (findings.length > 0) await alerting.applyFindings(rule, findings);
    },
    recordRun: (run) =>
      insertRuleRuns(store, [
        {
          org: org.slug,
          ruleId: run.rule.id,
          ruleVersion: run.rule.metadata.version,
          window: run.window,
          startedAt: run.startedAt,
          durationMs: run.durationMs,
          rowsRead: run.rowsRead,
          findings: run.totalHits,
          truncated: run.truncated,
          filledIn: run.filledIn,
          error: run.error,
        },
      ]),
  };
}
