import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serverStore } from '../../engine/clickhouse/server-store.ts';
import type { Store } from '../../engine/clickhouse/store.ts';
import { readIngestProgress } from '../../engine/clickhouse/tables/ingest-progress.ts';
import { type StandInServer, startStandIn } from '../clickhouse-server/stand-in-server.ts';
import { post } from '../faults/post.ts';
import { type SampleSession, sampleSession } from '../faults/sample-sessions.ts';
import { allAlerts } from '../faults/settled.ts';
import { type RunningServer, startServer, temporaryFolder, until } from '../running-server.ts';
import { exportOf } from '../unit/ingest/otlp/sample-request.ts';

const PATIENCE_MS = 200_000;

const folder = temporaryFolder();
const started: RunningServer[] = [];
const sent: SampleSession[] = [];
let clickhouse: StandInServer;
let store: Store;
let dashboards: RunningServer;
let engine: RunningServer;
let receivers: [RunningServer, RunningServer];

async function role(command: string): Promise<RunningServer> {
  const server = await startServer({ folder, command, env: { SPANWARDEN_CLICKHOUSE_URL: clickhouse.url } });
  started.push(server);
  return server;
}

beforeAll(async () => {
  clickhouse = await startStandIn();
  store = serverStore(clickhouse.url);
  dashboards = await role('dashboards');
  engine = await role('engine');
  receivers = [await role('ingest'), await role('ingest')];
}, 240_000);

afterAll(async () => {
  await Promise.all(started.map((server) => server.stop('SIGKILL')));
  await store?.close();
  await clickhouse?.stop();
});

async function send(count: number, targets: readonly RunningServer[]): Promise<void> {
  for (let n = 0; n < count; n++) {
    const session = sampleSession(sent.length, Date.now() - 60_000);
    sent.push(session);
    for (const [part, spans] of session.requests.entries()) {
      const target = targets[(n + part) % targets.length]!.otlp;
      // As senders do: a receiver whose store is slow asks to come back.
      const taken = async () => (await post(target, 'json', exportOf('json', spans))).status === 200;
      await until(taken, 60_000, 'a request that is taken');
    }
  }
}

async function alertsThatAreDue(): Promise<void> {
  const due = sent.flatMap(({ id, raises }) => (raises === undefined ? [] : [`${raises} ${id}`])).sort();
  const raised = await until(
    async () => {
      const names = (await allAlerts(dashboards)).map((alert) => `${alert.rule_id} ${alert.session_id}`);
      return due.every((name) => names.includes(name)) && names;
    },
    PATIENCE_MS,
    'the alerts that are due',
  );
  expect(raised.sort()).toEqual(due);
}

describe('every role a process of its own', { timeout: 300_000 }, () => {
  it('shows over the API of one the alerts that another raised of what two others took', async () => {
    await send(14, receivers);
    await alertsThatAreDue();
  });

  it('has health and metrics everywhere, and an API and a receiver only where they belong', async () => {
    const status = async (server: RunningServer, path: string) => (await fetch(`${server.api}${path}`)).status;
    for (const server of [dashboards, engine, ...receivers]) {
      expect(await status(server, '/healthz')).toBe(200);
      expect(await status(server, '/readyz')).toBe(200);
      expect(await status(server, '/metrics')).toBe(200);
    }
    expect(await status(dashboards, '/api/v1/alerts')).toBe(401);
    expect(await status(engine, '/api/v1/alerts')).toBe(404);
    expect([dashboards.otlp, engine.otlp]).toEqual([undefined, undefined]);
  });

  it('goes on when a receiver is killed, and does not wait for one that only looks', async () => {
    await receivers[0].stop('SIGKILL');
    await send(7, [receivers[1]]);
    await alertsThatAreDue();
    expect(await readIngestProgress(store)).toHaveLength(2);
  });
});
