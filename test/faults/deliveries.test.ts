import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Alert } from '../../engine/core/alert.ts';
import { type RunningServer, startServer, temporaryFolder, until } from '../running-server.ts';
import { newRandom } from '../unit/ingest/otlp/random.ts';
import { exportOf } from '../unit/ingest/otlp/sample-request.ts';
import { post } from './post.ts';
import { sampleSession } from './sample-sessions.ts';
import { allAlerts, rulesAreThrough } from './settled.ts';

/** A process that is killed and starts again takes seconds, so the default run has two; crash-points.test.ts has thirty in one process. */
const KILLS = Number(process.env['FAULT_KILLS'] ?? 2);
const SEED = 20_261_122;
/** The seconds within which the engine, once ready, evaluates, alerts, plans and delivers. */
const WINDOW_MS = 4_500;

const random = newRandom(SEED);
const folder = temporaryFolder();
const startMs = Date.now() - 60_000;
let server: RunningServer;
let sessions = 0;

/** What a receiver in trouble does; every delivery meets several of them. */
const FAULTS: readonly ((response: ServerResponse, request: IncomingMessage) => void)[] = [
  (response) => response.writeHead(500).end(),
  (response) => response.writeHead(429, { 'retry-after': '1' }).end(),
  (response) => response.writeHead(503).end('busy'),
  (_, request) => request.socket.end('I am no web server\r\n\r\n'),
  (_, request) => request.socket.destroy(),
  (response) => {
    response.writeHead(200, { 'content-length': '100' }).write('half');
    setImmediate(() => response.destroy());
  },
  // Says nothing; its connection ends with the server's.
  () => {},
];

interface Told {
  readonly delivery_id: string;
  readonly event: string;
  readonly id: string;
}

const attempted: Told[] = [];
const taken: Told[] = [];
let faults = 0;
const receiver = createServer(async (request, response) => {
  response.on('error', () => {});
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
  } catch {
    // The engine was killed in the middle of its request.
    return;
  }
  const told = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Told;
  attempted.push(told);
  if (faults > 0 && random.chance(0.4)) {
    faults -= 1;
    FAULTS[random.below(FAULTS.length)]!(response, request);
    return;
  }
  taken.push(told);
  response.writeHead(204).end();
});

async function start(): Promise<void> {
  server = await startServer({ folder, env: { SPANWARDEN_ALLOW_PRIVATE_DESTINATIONS: '1' } });
}

async function sendSessions(count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    // Of each seven sessions four raise an alert.
    const { requests } = sampleSession(sessions++, startMs);
    for (const spans of requests) expect((await post(server.otlp, 'json', exportOf('json', spans))).status).toBe(200);
  }
}

beforeAll(async () => {
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  await start();
  const response = await fetch(`${server.api}/api/v1/destinations`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      kind: 'webhook',
      name: 'in trouble',
      url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`,
      secret: 's',
    }),
  });
  expect(response.status).toBe(201);
});
afterAll(async () => {
  await server?.stop();
  receiver.closeAllConnections();
  receiver.close();
});

describe(
  `an engine killed at ${KILLS} random moments, before a receiver that fails in every way`,
  () => {
    it('is killed while it finds, alerts, plans and delivers', async () => {
      for (let kill = 0; kill < KILLS; kill++) {
        faults = 12;
        await sendSessions(7);
        await wait(random.below(WINDOW_MS));
        await server.stop('SIGKILL');
        await start();
      }
    });

    it('loses no delivery: every alert is told, and nobody hears of one that is not there', async ({ annotate }) => {
      await sendSessions(7);
      await rulesAreThrough(server);
      faults = 0;
      const alerts = await allAlerts(server);
      const open = () => new Set(taken.filter(({ event }) => event === 'opened').map(({ id }) => id));
      const settled = async () => alerts.every((alert: Alert) => open().has(alert.id));
      await until(settled, 120_000, 'the openings of all alerts');
      const known = new Set(alerts.map(({ id }) => id));
      expect(taken.filter(({ id }) => !known.has(id))).toEqual([]);
      expect(alerts.length).toBeGreaterThanOrEqual(4 * (KILLS + 1));
      await annotate(`${alerts.length} alerts, ${attempted.length} attempts, ${taken.length} taken`);
    });

    it('says nothing twice under two ids: an alert is opened by one delivery', () => {
      const ids = Map.groupBy(
        attempted.filter(({ event }) => event === 'opened'),
        ({ id }) => id,
      );
      for (const [alert, attempts] of ids)
        expect(new Set(attempts.map(({ delivery_id }) => delivery_id)).size, alert).toBe(1);
    });

    it('leaves nothing in the queue', async () => {
      const queue = async () =>
        (await server.get<{ items: { health: { queued: number; dead: number } }[] }>('/destinations')).items[0]!.health;
      await until(async () => (await queue()).queued === 0, 60_000, 'an empty queue');
      expect((await queue()).dead).toBe(0);
      expect(server.output()).not.toMatch(/"level":[56]0/);
    });
  },
  KILLS * 30_000 + 200_000,
);
