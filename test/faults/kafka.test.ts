import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { serverStore } from '../../engine/clickhouse/server-store.ts';
import type { Store } from '../../engine/clickhouse/store.ts';
import { packMessage } from '../../ingest/kafka/export-message.ts';
import { type StandInServer, startStandIn } from '../clickhouse-server/stand-in-server.ts';
import { describeWithKafka } from '../kafka/describe-with-kafka.ts';
import { type KafkaBroker, startBroker } from '../kafka/kafka-broker.ts';
import { runCommand } from '../run-command.ts';
import { type RunningServer, startServer, temporaryFolder, until } from '../running-server.ts';
import { mountSmallDisk } from '../small-disk.ts';
import { newRandom } from '../unit/ingest/otlp/random.ts';
import { exportOf, sampleSpan } from '../unit/ingest/otlp/sample-request.ts';
import { Load } from './load.ts';
import { allAlerts, rulesAreThrough } from './settled.ts';

const PATIENCE_MS = 150_000;
/** Two waits of a test may each take that long. */
const TIMEOUT_MS = 400_000;

await describeWithKafka('every role a process of its own, Kafka between receiver and workers', TIMEOUT_MS, () => {
  const folder = temporaryFolder();
  const disk = mountSmallDisk(1_200, 'the disk of the database full in Kafka mode');
  const load = new Load(newRandom(20_261_121), 1);
  const started: RunningServer[] = [];
  let broker: KafkaBroker;
  let clickhouse: StandInServer;
  let store: Store;
  let dashboards: RunningServer;
  let receiver: RunningServer;
  let worker: RunningServer;

  async function role(command: string, ...args: string[]): Promise<RunningServer> {
    const env = {
      SPANWARDEN_CLICKHOUSE_URL: clickhouse.url,
      SPANWARDEN_KAFKA_BROKERS: broker.address,
      SPANWARDEN_KAFKA_PARTITIONS: '6',
    };
    const server = await startServer({ folder, command, args, env });
    started.push(server);
    return server;
  }

  beforeAll(async () => {
    [broker, clickhouse] = await Promise.all([startBroker(), startStandIn(disk && join(disk.folder, 'store'))]);
    store = serverStore(clickhouse.url);
    dashboards = await role('dashboards');
    receiver = await role('ingest', '--only', 'receive');
    worker = await role('ingest', '--only', 'work');
    await role('engine');
    load.resume(receiver.otlp);
  }, TIMEOUT_MS);

  afterAll(async () => {
    await Promise.all(started.map((server) => server.stop('SIGKILL')));
    await store?.close();
    await clickhouse?.stop();
    await broker?.stop('SIGKILL');
    disk?.unmount();
  });

  const acknowledged = () => load.requests.filter((request) => request.acknowledged).length;

  /** Resolves when `more` requests are acknowledged than at the moment. */
  async function progress(more: number): Promise<void> {
    const before = acknowledged();
    await until(async () => acknowledged() >= before + more, PATIENCE_MS, `${more} more requests acknowledged`);
  }

  const spansOf = async (server: RunningServer) => metric(server, 'spanwarden_kafka_stored_spans_total');

  async function works(server: RunningServer): Promise<void> {
    const before = await spansOf(server);
    await until(async () => (await spansOf(server)) > before, PATIENCE_MS, 'a worker that stores');
  }

  it('stores what a receiver took', async () => {
    await works(worker);
  });

  it('gives a second worker its share, and the first all of it back', async () => {
    const second = await role('ingest', '--only', 'work');
    await works(second);
    await works(worker);
    expect(await second.stop()).toBe(0);
    await works(worker);
    expect(await metric(worker, 'spanwarden_kafka_rebalances_total')).toBeGreaterThan(1);
  });

  it('goes on with another worker when one is killed in mid-batch', async () => {
    await works(worker);
    await worker.stop('SIGKILL');
    worker = await role('ingest', '--only', 'work');
    await works(worker);
  });

  it('takes spans while the database is down, holds what it has and stores it when the database is back', async () => {
    await clickhouse.stop('SIGKILL');
    await progress(20);
    await until(async () => (await metric(worker, 'spanwarden_kafka_paused')) > 0, PATIENCE_MS, 'a worker that waits');
    await wait(3_000);
    await progress(20);
    await clickhouse.restart();
    await works(worker);
    await until(async () => (await metric(worker, 'spanwarden_kafka_paused')) === 0, PATIENCE_MS, 'a worker at work');
  });

  it.skipIf(disk === undefined)('holds what it has while the disk of the database is full', async () => {
    // Not one byte is left, within a moment and in the middle of inserts and merges.
    disk!.fill();
    await until(async () => (await metric(worker, 'spanwarden_kafka_paused')) > 0, PATIENCE_MS, 'a worker that waits');
    await progress(20);
    disk!.free();
    await works(worker);
  });

  it('asks senders to come back while the broker is dead, and takes up again when it is back', async () => {
    await broker.stop('SIGKILL');
    const retried = () => load.requests.filter((request) => request.tries > 1).length;
    await until(async () => retried() > 0, PATIENCE_MS, 'a sender that was told to come back');
    await broker.restart();
    await progress(20);
    await works(worker);
  });

  it('has every acknowledged span exactly once', async ({ annotate }) => {
    await load.finish();
    expect(load.unexpected).toEqual([]);
    const wanted = load.requests.filter((request) => request.acknowledged).flatMap((request) => request.spanIds);
    const count = async () => {
      const [row] = await store.query<{ spans: string }>(
        'SELECT uniqExact(SpanId) AS spans FROM otel_traces',
        {},
        { database: 'org_default' },
      );
      return Number(row!.spans);
    };
    await until(async () => (await count()) >= wanted.length, PATIENCE_MS, 'every acknowledged span');
    const rows = await store.query<{ SpanId: string }>(
      'SELECT SpanId FROM otel_traces FINAL',
      {},
      { database: 'org_default' },
    );
    const stored = rows.map((row) => row.SpanId);
    const there = new Set(stored);
    expect(stored.length).toBe(there.size);
    expect(wanted.filter((id) => !there.has(id))).toEqual([]);
    const sent = new Set(load.requests.flatMap((request) => request.spanIds));
    expect(stored.filter((id) => !sent.has(id))).toEqual([]);
    const raw = await store.query<{ rows: string }>(
      'SELECT count() AS rows FROM otel_traces',
      {},
      { database: 'org_default' },
    );
    await annotate(`${wanted.length} spans acknowledged, ${stored.length} stored, ${raw[0]!.rows} rows before merging`);
  });

  it('raises each alert that is due exactly once: no rule passes a span by', async ({ annotate }) => {
    const [latest] = await store.query<{ at: string }>(
      'SELECT max(IngestedAt) AS at FROM otel_traces',
      {},
      { database: 'org_default' },
    );
    await rulesAreThrough(dashboards, latest!.at, PATIENCE_MS);
    const due = load
      .acknowledgedSessions()
      .flatMap(({ id, raises }) => (raises === undefined ? [] : [`${raises} ${id}`]));
    const raised = await until(
      async () => {
        const names = (await allAlerts(dashboards)).map((alert) => `${alert.rule_id} ${alert.session_id}`);
        return due.every((name) => names.includes(name)) && names;
      },
      PATIENCE_MS,
      'every alert that is due',
    );
    expect(new Set(raised).size).toBe(raised.length);
    await annotate(`${due.length} alerts due, ${raised.length} raised`);
  });

  it('buries what cannot be stored, says why, and brings it back when it can', async () => {
    expect(await metric(worker, 'spanwarden_kafka_dead_letters_total')).toBe(0);
    const body = exportOf('json', [sampleSpan()]);
    const early = await packMessage(
      { org: 'early', signal: 'traces', encoding: 'json', traceId: 'x', items: 1, body },
      'none',
    );
    const headers = { ...early.headers };
    const producer = new Kafka({ brokers: [broker.address], logLevel: logLevel.NOTHING }).producer();
    await producer.connect();
    await producer.send({
      topic: 'spanwarden.otlp',
      messages: [
        { key: 'default/x', value: 'no JSON at all: hunter2', headers: { ...headers, org: 'default' } },
        { key: 'stranger', value: 'hunter2' },
        { key: early.key, value: early.value, headers },
      ],
    });
    await producer.disconnect();
    const buried = async (count: number) =>
      until(
        async () => (await metric(worker, 'spanwarden_kafka_dead_letters_total')) === count,
        PATIENCE_MS,
        `${count} dead letters`,
      );
    await buried(3);

    const env = { SPANWARDEN_KAFKA_BROKERS: broker.address, SPANWARDEN_DATA: folder };
    const listed = await runCommand(['replay', '--dead-letters', '--list'], { env });
    expect(listed.stdout.split('\n').sort()).toEqual([
      '',
      '1 times: (no org): BAD_REQUEST: the message is of a kind or version that is not known here',
      expect.stringMatching(
        /^1 times: default: BAD_REQUEST: the body is not valid OTLP\/JSON: expected .{1,20} near byte \d$/,
      ),
      '1 times: early: STORE_REFUSED: the rows could not be stored (UNKNOWN_DATABASE)',
      '3 dead letters, 0 replayed, 3 left',
    ]);

    const created = await fetch(`${dashboards.api}/api/v1/orgs`, {
      method: 'POST',
      headers: { authorization: `Bearer ${dashboards.adminToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ slug: 'early', name: 'Early' }),
    });
    expect(created.status).toBe(201);
    const replayed = await runCommand(['replay', '--dead-letters'], { env });
    expect(replayed.stdout).toContain('3 dead letters, 3 replayed, 0 left');
    await buried(5);
    await until(
      async () => (await store.query('SELECT SpanId FROM otel_traces', {}, { database: 'org_early' })).length === 1,
      PATIENCE_MS,
      'the span of the org that was made later',
    );
  });

  it('drains and leaves when it is told to stop', async () => {
    expect(await worker.stop()).toBe(0);
    expect(await receiver.stop()).toBe(0);
  });
});

/** The sum of a metric over its labels. */
async function metric(server: RunningServer, name: string): Promise<number> {
  const text = await (await fetch(`${server.api}/metrics`)).text();
  return [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))].reduce(
    (sum, [, value]) => sum + Number(value),
    0,
  );
}
