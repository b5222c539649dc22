import { randomUUID } from 'node:crypto';
import { type Alerting, createAlerting } from './alerts/alerting.ts';
import type { DeliveryMetrics } from './alerts/delivery-metrics.ts';
import type { Diagnostics } from './alerts/diagnostics.ts';
import { canarySentAt } from './canary.ts';
import { orgAlertQueries } from './clickhouse/org-alert-queries.ts';
import type { Store } from './clickhouse/store.ts';
import { beatLease, claimLease, readLease } from './clickhouse/tables/leases.ts';
import type { AlertEvent } from './core/alert.ts';
import type { Clock } from './core/clock.ts';
import { forEachLimited } from './core/for-each-limited.ts';
import { orgDatabase } from './core/org.ts';
import { DEFAULT_SCHEDULE, type Rule } from './core/rule.ts';
import { createLease, type Lease, SOLE_HOLDER } from './detection/lease.ts';
import { createRulesEngine, type RulesEngine } from './detection/rules-engine.ts';
import { activeRules, scheduleRules } from './detection/schedule-rules.ts';
import type { KeyFor } from './master-key.ts';
import { orgPortOnStore } from './org-port-on-store.ts';
import { createOrgSummaries, type OrgSummaries, type SummarySettings } from './org-summaries.ts';

export interface OrgRecord {
  readonly slug: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

export interface EngineOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly rules: readonly Rule[];
  /** The same with what an org changed of them; left out, they are the same for every org. */
  readonly rulesOf?: (org: string) => Promise<readonly Rule[]>;
  /** The orgs there are; asked again now and then, so that new ones are served. */
  readonly orgs: () => Promise<readonly OrgRecord[]>;
  /** Every span accepted before this (microseconds since 1970) is stored and readable. */
  readonly lowWater: () => Promise<number>;
  readonly keyFor: KeyFor;
  readonly allowPrivateDestinations: boolean;
  /** Base of links to the web pages in messages; '' when unknown. */
  readonly publicUrl?: string;
  /** Only keeps alerts at hand for those who look at them: runs no rules and delivers nothing. */
  readonly standby?: boolean;
  readonly deliveryMetrics?: DeliveryMetrics;
  readonly version: string;
  /** Left out: sessions are not summarised. */
  readonly summaries?: SummarySettings;
  readonly log: Diagnostics;
  /** Hears of every event in any org's alert log that this process writes. */
  readonly onAlertEvent: (org: string, event: AlertEvent) => void;
}

interface OrgEngine {
  readonly alerting: Alerting;
  readonly rules: RulesEngine;
  readonly lease: Lease;
  readonly summaries: OrgSummaries | undefined;
}

/** One org's slow rules do not hold up all others. */
const ORGS_SIDE_BY_SIDE = 2;
/** Often enough that a lease outlives two beats that did not get through. */
const BEAT_EVERY_MS = 3_000;

/** How often sessions that are over are looked for: four times while one is idle, within these bounds. */
const LOOKS = { mostOftenMs: 1_000, leastOftenMs: 15_000 } as const;

/** How long the list of orgs is believed, milliseconds. */
const ORGS_FRESH_MS = 5_000;

/** The engine role: evaluates every org's rules on schedule, keeps their alerts and delivers them. */
export function createEngine(options: EngineOptions) {
  const { store, clock, log } = options;
  let rules = options.rules;
  const rulesOf = options.rulesOf ?? (async () => rules);
  const engines = new Map<string, OrgEngine>();
  const holder = randomUUID();
  const elapsed = () => performance.now();
  let orgsReadAt = Number.NEGATIVE_INFINITY;

  function engineOf(org: OrgRecord): OrgEngine {
    const known = engines.get(org.slug);
    if (known) return known;
    const alerting = createAlerting({
      store: orgAlertQueries(store, orgDatabase(org.slug)),
      org: org.slug,
      clock,
      random: Math.random,
      sealKey: options.keyFor(org.slug, 'destinations'),
      allowPrivate: options.allowPrivateDestinations,
      publicUrl: options.publicUrl ?? '',
      ...(options.deliveryMetrics && { metrics: options.deliveryMetrics }),
      version: options.version,
      log,
    });
    alerting.onEvent((event) => options.onAlertEvent(org.slug, event));
    const onError = (message: string, error: unknown) =>
      log.error({ error: error instanceof Error ? error.message : String(error) }, message);
    const lease = leaseOf(
      org,
      (error) => onError(`org ${org.slug}: its lease could not be looked at`, error),
      () => {
        engine.rules.forget();
        engine.summaries?.door.reload();
        alerting.start();
      },
    );
    const engine: OrgEngine = {
      alerting,
      rules: createRulesEngine(
        { ...orgPortOnStore(org, alerting.applyFindings, options), assertHeld: lease.assertHeld },
        { clock, elapsed, lowWater: options.lowWater, onError },
      ),
      lease,
      summaries:
        options.summaries &&
        createOrgSummaries({
          org: org.slug,
          store,
          clock,
          settings: options.summaries,
          assertHeld: lease.assertHeld,
          isNobodys: (id) => canarySentAt(options.keyFor(org.slug, 'canary'), id) !== undefined,
          log,
        }),
    };
    // Who works on an org's rules also delivers its alerts.
    if (lease.isHeld()) alerting.start();
    engines.set(org.slug, engine);
    return engine;
  }

  /** On a server several engines share the orgs; each org is one engine's at a time. */
  function leaseOf({ slug }: OrgRecord, onError: (error: unknown) => void, onAcquired: () => void): Lease {
    if (store.kind === 'embedded' && options.standby !== true) return SOLE_HOLDER;
    const resource = `rules of ${slug}`;
    return createLease({
      store: {
        read: () => readLease(store, resource),
        claim: (fence, by) => claimLease(store, { resource, fence, holder: by }),
        beat: (fence, beat) => beatLease(store, resource, fence, beat),
      },
      holder,
      elapsed,
      onAcquired,
      onError,
    });
  }

  /** One org after the other: engines that start at the same time come to share them. */
  async function renewLeases(): Promise<void> {
    let taken = 0;
    for (const { lease } of engines.values()) {
      const held = lease.isHeld();
      if (!held && taken > 0) continue;
      await lease.renew();
      if (!held && lease.isHeld()) taken += 1;
    }
  }

  /** Brings every org's rules of this schedule up to now. */
  async function run(expression: string): Promise<void> {
    try {
      if (clock() - orgsReadAt > ORGS_FRESH_MS || engines.size === 0) {
        const known = engines.size;
        for (const org of await options.orgs()) engineOf(org);
        orgsReadAt = clock();
        if (engines.size > known) await renewLeases();
      }
      const held = [...engines].filter(([, { lease }]) => lease.isHeld());
      await forEachLimited(held, ORGS_SIDE_BY_SIDE, async ([slug, engine]) => {
        const active = activeRules(await rulesOf(slug));
        schedule.add(active.map(({ metadata }) => metadata.schedule));
        await engine.rules.runRules(active.filter(({ metadata }) => metadata.schedule === expression));
      });
    } catch (error) {
      log.error({ error: error instanceof Error ? error.message : String(error) }, 'the rules could not run');
    }
  }

  /** What of every org's sessions is over is summarised, by who runs its rules. A look that takes long holds up only the next. */
  let summarising: Promise<void> | undefined;
  async function summarise(): Promise<void> {
    const held = [...engines].filter(([, { lease }]) => lease.isHeld());
    await forEachLimited(held, ORGS_SIDE_BY_SIDE, async ([slug, { summaries }]) => {
      await summaries?.tick().catch((error: unknown) => {
        log.error(
          { org: slug, error: error instanceof Error ? error.message : 'unknown' },
          'sessions were not summarised',
        );
      });
    });
  }

  /** An org's own rules may bring schedules of theirs, which are seen at the next tick of this one. */
  const scheduleAll = () =>
    scheduleRules(
      options.standby === true
        ? []
        : [DEFAULT_SCHEDULE, ...activeRules(rules).map(({ metadata }) => metadata.schedule)],
      (expression) => void run(expression),
    );
  let schedule = scheduleAll();
  const beats = setInterval(() => options.standby !== true && void renewLeases(), BEAT_EVERY_MS).unref();

  const looks = setInterval(
    () => {
      summarising ??= summarise().finally(() => {
        summarising = undefined;
      });
    },
    Math.min(LOOKS.leastOftenMs, Math.max(LOOKS.mostOftenMs, (options.summaries?.idleMs ?? 0) / 4)),
  ).unref();

  async function engineFor(slug: string): Promise<OrgEngine> {
    const known = engines.get(slug);
    if (known) return known;
    const org = (await options.orgs()).find((candidate) => candidate.slug === slug);
    if (org === undefined) throw new Error(`org ${slug} has no engine`);
    return engineOf(org);
  }

  return {
    /** Runs these rules from now on. What is being evaluated is finished as it was begun. */
    useRules: (next: readonly Rule[]): void => {
      void schedule.stop();
      rules = next;
      schedule = scheduleAll();
    },
    /** The alerts of one org. */
    alerting: async (slug: string): Promise<Alerting> => (await engineFor(slug)).alerting,
    /** The summaries of one org; undefined when sessions are not summarised. */
    summaries: async (slug: string): Promise<OrgSummaries | undefined> => (await engineFor(slug)).summaries,
    /** Everything ingested before this has been seen by every rule of the files that runs on the default schedule; microseconds since 1970. */
    evaluatedTo: async (): Promise<number> => {
      const ours = new Set(rules.map(({ id }) => id));
      const marks = await Promise.all(
        [...engines].map(async ([slug, engine]) => {
          const active = activeRules(await rulesOf(slug));
          return engine.rules.evaluatedTo(
            active.filter(({ id, metadata }) => ours.has(id) && metadata.schedule === DEFAULT_SCHEDULE),
          );
        }),
      );
      return marks.length === 0 ? 0 : Math.min(...marks);
    },
    /** The orgs whose rules this process runs at this moment. */
    orgsHeld: (): string[] => [...engines].flatMap(([slug, { lease }]) => (lease.isHeld() ? [slug] : [])),
    /** Evaluations of all orgs' rules begun since the start. */
    evaluations: (): number => [...engines.values()].reduce((sum, engine) => sum + engine.rules.evaluations(), 0),
    async stop(): Promise<void> {
      await schedule.stop();
      clearInterval(beats);
      clearInterval(looks);
      await Promise.all([...engines.values()].map(({ summaries }) => summaries?.stop()));
      await summarising;
      await Promise.all([...engines.values()].map((engine) => engine.rules.idle()));
      await Promise.all([...engines.values()].map((engine) => engine.lease.release()));
      await Promise.all([...engines.values()].map((engine) => engine.alerting.stop()));
    },
  };
}
