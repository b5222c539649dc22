import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Alerting, type AlertingOptions, createAlerting } from '../../../engine/alerts/alerting.ts';
import { connect } from '../../../engine/clickhouse/connect.ts';
import { migrateOrg } from '../../../engine/clickhouse/migrate.ts';
import { orgAlertQueries } from '../../../engine/clickhouse/org-alert-queries.ts';
import type { Store } from '../../../engine/clickhouse/store.ts';

export interface TestEngine {
  readonly store: Store;
  /** An org of its own, so that tests don't see each other's alerts. */
  newOrg(): Promise<string>;
  close(): Promise<void>;
}

/** The real embedded engine on a folder of its own. One a process. */
export async function openTestEngine(): Promise<TestEngine> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'spanwarden-alerts-'));
  const store = await connect({ url: undefined, dataFolder });
  // The tests' clock stands at a fixed date, which retention would reach one day.
  await store.command('SYSTEM STOP TTL MERGES');
  let orgs = 0;
  return {
    store,
    newOrg: async () => {
      orgs += 1;
      const database = `org_test_${orgs}`;
      await migrateOrg(store, database);
      return database;
    },
    close: async () => {
      await store.close();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

/** A clock that stands still until a test moves it. */
export interface TestClock {
  (): number;
  now: number;
}

export function testClock(start = Date.parse('2026-11-20T10:01:00Z')): TestClock {
  const clock: TestClock = Object.assign(() => clock.now, { now: start });
  return clock;
}

const SEAL_KEY = randomBytes(32);

export interface LoggedLine {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

export function alertingOn(
  store: Store,
  database: string,
  options: Partial<AlertingOptions> & { lines?: LoggedLine[] } = {},
): Alerting {
  const { lines = [], ...rest } = options;
  const keep = (fields: LoggedLine['fields'], message: string) => lines.push({ fields, message });
  return createAlerting({
    store: orgAlertQueries(store, database),
    clock: testClock(),
    org: 'test',
    random: () => 0.5,
    sealKey: SEAL_KEY,
    allowPrivate: true,
    version: '0.1.0',
    log: { warn: keep, error: keep },
    ...rest,
  });
}
