/**
 * Kafka mode against direct mode, in spans per second of processor time, so that what else runs on the machine matters little: the same
 * pipeline into the same embedded engine, in turns, once handed the requests and once fetching them off a real broker.
 */
import { Registry } from 'prom-client';
import { connect } from '../../../engine/clickhouse/connect.ts';
import { migrateControl, migrateOrg } from '../../../engine/clickhouse/migrate.ts';
import { readSettings } from '../../../engine/config/read-settings.ts';
import { createIngest } from '../../../ingest/ingest.ts';
import { createIngestClock } from '../../../ingest/ingest-clock.ts';
import { INGEST_COLUMNS } from '../../../ingest/ingest-columns.ts';
import type { IngestQueue } from '../../../ingest/ingest-queue.ts';
import { createInspectPool } from '../../../ingest/inspect-pool.ts';
import type { IngestTable } from '../../../ingest/inspected.ts';
import { connectKafka } from '../../../ingest/kafka/connect-kafka.ts';
import { createKafkaIngest, type KafkaIngestOptions } from '../../../ingest/kafka/kafka-ingest.ts';
import { kafkaSettings } from '../../../ingest/kafka/kafka-settings.ts';
import { startBroker } from '../../kafka/kafka-broker.ts';
import { temporaryFolder, until } from '../../running-server.ts';
import { type Measure, measure } from '../measure.ts';
import { benchRequest, SPANS_PER_REQUEST } from '../spans.ts';

const REQUESTS = Number(process.env['BENCH_REQUESTS'] ?? 240);
const ROUNDS = 4;
/** Of each kind, not counted: the first requests compile the hot paths. */
const WARM_UP_ROUNDS = 1;
const SENDERS = 8;
const PATIENCE_MS = 600_000;

/** Processor time of all threads of this process, and time of the clock, seconds. */
class Cost {
  cpu = 0;
  clock = 0;

  async of(work: () => Promise<void>): Promise<void> {
    const started = performance.now();
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    this.cpu += (user + system) / 1e6;
    this.clock += (performance.now() - started) / 1_000;
  }
}

export default async function kafka(): Promise<Measure[]> {
  const [broker, store] = await Promise.all([
    startBroker(),
    connect({ url: undefined, dataFolder: temporaryFolder() }),
  ]);
  await migrateControl(store);
  await migrateOrg(store, 'org_default');
  const clock = createIngestClock(Date.now, 0);
  const pool = createInspectPool({ secretlint: false, trufflehog: undefined, trufflehogRequired: false });
  const key = new Uint8Array(32);
  const pipeline = {
    clock,
    pool,
    isHeard: () => true,
    redaction: async () => ({ revision: '1', policy: {}, key, formerKeys: [] }),
    insert: (_org: string, table: IngestTable, rows: Uint8Array, token: string) =>
      store.insertLines(`org_default.${table}`, INGEST_COLUMNS[table], rows, token),
  };
  const settings = kafkaSettings(readSettings({ env: { SPANWARDEN_KAFKA_BROKERS: broker.address } }))!;
  const shared: Omit<KafkaIngestOptions, 'ends'> = {
    connection: await connectKafka(settings, { warn: () => undefined }),
    letterKey: () => key,
    log: { warn: () => undefined },
  };
  const direct = createIngest(pipeline);
  const receiver = createKafkaIngest({ ...shared, ends: 'receive' }, pipeline, {
    clock: Date.now,
    metrics: new Registry(),
  });
  const costs = { direct: new Cost(), receive: new Cost(), work: new Cost() };
  const perRound = Math.ceil(REQUESTS / ROUNDS);

  async function stored(bodies: readonly Uint8Array[]): Promise<void> {
    const metrics = new Registry();
    const worker = createKafkaIngest({ ...shared, ends: 'work' }, pipeline, { clock: Date.now, metrics });
    const spans = async () =>
      Number(/^spanwarden_kafka_stored_spans_total (\S+)$/m.exec(await metrics.metrics())?.[1] ?? 0);
    const wanted = bodies.length * SPANS_PER_REQUEST;
    await until(async () => (await spans()) >= wanted, PATIENCE_MS, 'all spans stored');
    await worker.stop();
  }

  try {
    let n = 0;
    for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
      const bodies = () => Array.from({ length: perRound }, () => benchRequest(n++));
      const {
        direct: d,
        receive: r,
        work: w,
      } = round < 0 ? { direct: new Cost(), receive: new Cost(), work: new Cost() } : costs;
      const [own, queued] = [bodies(), bodies()];
      await d.of(() => sendAll(own, direct));
      await r.of(() => sendAll(queued, receiver));
      await w.of(() => stored(queued));
    }
    const spans = perRound * ROUNDS * SPANS_PER_REQUEST;
    const baseline = spans / costs.direct.cpu;
    return [
      measure(
        'kafka-worker',
        spans / costs.work.cpu,
        'spans/cpu-s',
        baseline,
        `${spans} spans in ${ROUNDS} rounds, joining the group and leaving it included; baseline: the direct mode, in turns with it`,
      ),
      measure(
        'kafka-worker-clock',
        spans / costs.work.clock,
        'spans/s',
        spans / costs.direct.clock,
        'the same by the clock',
      ),
      measure(
        'kafka-receive',
        spans / costs.receive.cpu,
        'spans/cpu-s',
        baseline,
        'splitting, compressing and producing until committed; baseline: the direct mode until stored',
      ),
    ];
  } finally {
    await direct.stop();
    await receiver.stop();
    await pool.close();
    await store.close();
    await broker.stop('SIGKILL');
  }
}

async function sendAll(bodies: readonly Uint8Array[], queue: IngestQueue): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: SENDERS }, async () => {
      for (let body = bodies[next++]; body !== undefined; body = bodies[next++])
        // What is handed to a thread is gone here.
        await queue.take({ signal: 'traces', org: 'default', encoding: 'protobuf', body: new Uint8Array(body) });
    }),
  );
}
