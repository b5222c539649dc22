/**
 * A hundred orgs that write at once against one that writes as much, in turns in one process, from the body of a request until its rows
 * are stored; and how long senders wait for their acknowledgement when they send at 70 % of that rate. Without HTTP and without rules.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { connect } from '../../../engine/clickhouse/connect.ts';
import { migrateControl, migrateOrg } from '../../../engine/clickhouse/migrate.ts';
import { createIngest } from '../../../ingest/ingest.ts';
import { createIngestClock } from '../../../ingest/ingest-clock.ts';
import { INGEST_COLUMNS } from '../../../ingest/ingest-columns.ts';
import type { IngestQueue } from '../../../ingest/ingest-queue.ts';
import { createInspectPool } from '../../../ingest/inspect-pool.ts';
import { temporaryFolder } from '../../running-server.ts';
import { type Measure, measure, percentile } from '../measure.ts';
import { benchRequest, SPANS_PER_REQUEST } from '../spans.ts';

const ORGS = Number(process.env['BENCH_ORGS'] ?? 100);
/** The first is not counted: it compiles the hot paths. */
const ROUNDS = 2;
/** Requests under way at once. */
const SENDERS = 16;
const LOAD = 0.7;

export default async function ingestOrgs(): Promise<Measure[]> {
  const store = await connect({ url: undefined, dataFolder: temporaryFolder() });
  await migrateControl(store);
  const orgs = Array.from({ length: ORGS }, (_, n) => `bench${n}`);
  for (const org of orgs) await migrateOrg(store, `org_${org}`);
  const pool = createInspectPool({ secretlint: false, trufflehog: undefined, trufflehogRequired: false });
  const key = new Uint8Array(32);
  const queue = createIngest({
    clock: createIngestClock(Date.now, 0),
    pool,
    redaction: async () => ({ revision: '1', policy: {}, key, formerKeys: [] }),
    insert: (org, table, rows, token) => store.insertLines(`org_${org}.${table}`, INGEST_COLUMNS[table], rows, token),
  });
  let made = 0;
  const bodies = () => Array.from({ length: ORGS }, () => benchRequest(made++));
  const spent = { all: 0, one: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, orgOf] of [
      ['all', (n: number) => orgs[n]!],
      ['one', () => orgs[0]!],
    ] as const) {
      const requests = bodies();
      const started = performance.now();
      await sendAll(queue, requests, orgOf);
      if (round > 0) spent[name] += performance.now() - started;
    }
  }
  const rate = (ms: number) => ((ROUNDS - 1) * ORGS * SPANS_PER_REQUEST) / (ms / 1_000);
  const everyMs = (SPANS_PER_REQUEST / (rate(spent.all) * LOAD)) * 1_000;
  const delays = await delaysAt(queue, bodies(), orgs, everyMs);
  await queue.stop();
  await pool.close();
  await store.close();
  return [
    measure('ingest-orgs', rate(spent.all), 'spans/s', rate(spent.one), `${ORGS} orgs at once; baseline: one org`),
    measure(
      'ack-delay-p99',
      percentile(delays, 0.99) / 1_000,
      's',
      1,
      `until stored, ${delays.length} requests of ${SPANS_PER_REQUEST} spans of ${ORGS} orgs at ${LOAD * 100} % of that rate; baseline: the target of 1 s`,
    ),
  ];
}

const take = (queue: IngestQueue, org: string, body: Uint8Array<ArrayBuffer>) =>
  queue.take({ signal: 'traces', org, encoding: 'protobuf', body });

async function sendAll(
  queue: IngestQueue,
  bodies: readonly Uint8Array<ArrayBuffer>[],
  orgOf: (n: number) => string,
): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: SENDERS }, async () => {
      for (let n = next++; n < bodies.length; n = next++) await take(queue, orgOf(n), bodies[n]!);
    }),
  );
}

/** Milliseconds from when each request was due, whether or not those before were answered. */
async function delaysAt(
  queue: IngestQueue,
  bodies: readonly Uint8Array<ArrayBuffer>[],
  orgs: readonly string[],
  everyMs: number,
): Promise<number[]> {
  const started = performance.now();
  return Promise.all(
    bodies.map(async (body, n) => {
      const due = n * everyMs;
      await wait(due);
      await take(queue, orgs[n % orgs.length]!, body);
      return performance.now() - started - due;
    }),
  );
}
