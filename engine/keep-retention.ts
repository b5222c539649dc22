import type { Diagnostics } from './alerts/diagnostics.ts';
import { purgeClosedAlerts } from './clickhouse/purge-closed-alerts.ts';
import { applyRetention } from './clickhouse/retention.ts';
import type { Store } from './clickhouse/store.ts';
import { listOrgs } from './clickhouse/tables/orgs.ts';
import type { Clock } from './core/clock.ts';
import { orgDatabase } from './core/org.ts';
import { timestampText } from './core/timestamp.ts';

export interface RetentionOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Diagnostics;
}

const DAY_MS = 86_400_000;
const ROUND_MS = 3_600_000;

/** Holds every org to its retention, now and every hour: TTLs as they were set, closed alerts that are due removed. */
export function keepRetention(options: RetentionOptions) {
  let round = Promise.resolve();
  const next = () => {
    round = round.then(() => retentionRound(options));
  };
  next();
  const timer = setInterval(next, ROUND_MS);
  return {
    /** Begins no more rounds; resolves when the one under way has ended. */
    stop: (): Promise<void> => {
      clearInterval(timer);
      return round;
    },
  };
}

/** One round over all orgs. One that fails stops no other. */
export async function retentionRound({ store, clock, log }: RetentionOptions): Promise<void> {
  const orgs = await listOrgs(store).catch((error: unknown) => {
    log.error({ error: reason(error) }, 'the orgs could not be read for retention');
    return [];
  });
  for (const { slug, retention_days } of orgs) {
    try {
      const database = orgDatabase(slug);
      await applyRetention(store, database, retention_days);
      await purgeClosedAlerts(store, database, timestampText((clock() - retention_days * DAY_MS) * 1_000));
    } catch (error) {
      log.error({ org: slug, error: reason(error) }, 'the retention could not be kept');
    }
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
