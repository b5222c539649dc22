import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serverStore } from '../../engine/clickhouse/server-store.ts';
import type { Store } from '../../engine/clickhouse/store.ts';
import { readLease } from '../../engine/clickhouse/tables/leases.ts';
import { post } from '../faults/post.ts';
import { type SampleSession, sampleSession } from '../faults/sample-sessions.ts';
import { type RunningServer, startServer, temporaryFolder, until } from '../running-server.ts';
import { exportOf } from '../unit/ingest/otlp/sample-request.ts';

const RESOURCE = 'rules of default';

let clickhouse: ChildProcess;
let store: Store;
const servers: RunningServer[] = [];
let firstFence = 0;
const sent: SampleSession[] = [];

beforeAll(async () => {
  clickhouse = spawn(process.execPath, ['test/clickhouse-server/serve-embedded.ts', temporaryFolder()], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, UV_THREADPOOL_SIZE: '16' },
  });
  const [line] = (await once(clickhouse.stdout!, 'data')) as [Buffer];
  const url = line.toString().trim();
  store = serverStore(url);
  const folder = temporaryFolder();
  const env = { SPANWARDEN_CLICKHOUSE_URL: url };
  servers.push(await startServer({ folder, env }));
  firstFence = await until(async () => (await readLease(store, RESOURCE))?.fence, 60_000, 'the first lease');
  servers.push(await startServer({ folder, env }));
}, 60_000);

afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop('SIGKILL')));
  await store?.close();
  clickhouse?.kill('SIGKILL');
});

/** Sessions of which some raise an alert, posted to one receiver or the other. */
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

const due = () => sent.flatMap(({ id, raises }) => (raises === undefined ? [] : [`${raises} ${id}`])).sort();

/** Every alert that is due is there. Answers the alerts as rule and session. */
async function alerts(): Promise<string[]> {
  const ask = async () =>
    (
      await store.query<{ name: string }>(
        "SELECT concat(rule_id, ' ', session_id) AS name FROM alerts ORDER BY name",
        {},
        { database: 'org_default' },
      )
    ).map((row) => row.name);
  return until(
    async () => {
      const raised = await ask();
      return due().every((name) => raised.includes(name)) && raised;
    },
    200_000,
    'the alerts that are due',
  );
}

describe('two processes on one ClickHouse server', () => {
  it('share it without doubling what either finds', async () => {
    await send(14, servers);
    expect(await alerts()).toEqual(due());
    const twice = await store.query(
      `SELECT group_key, episode, event_id, match FROM alert_events WHERE type = 'opened'
       GROUP BY ALL HAVING count() > 1`,
      {},
      { database: 'org_default' },
    );
    expect(twice).toEqual([]);
  }, 300_000);

  it('run every window of a rule once', async () => {
    const overlaps = await store.query(
      `SELECT rule_id, window_from, window_to, lagInFrame(window_to, 1, window_from) OVER (PARTITION BY rule_id ORDER BY window_from) AS before
       FROM rule_runs QUALIFY window_from < before`,
      {},
      { database: 'spanwarden' },
    );
    // Where a machine was so busy that the lease changed hands, a window may have been under way twice: with the same findings.
    const changedHands = (await readLease(store, RESOURCE))!.fence > firstFence;
    if (!changedHands) expect(overlaps).toEqual([]);
  });

  it('go on when either is killed in the middle', async () => {
    const before = (await readLease(store, RESOURCE))!;
    await send(14, servers);
    await servers[0]!.stop('SIGKILL');
    await send(7, [servers[1]!]);
    expect(await alerts()).toEqual(due());
    expect((await readLease(store, RESOURCE))!.fence).toBeGreaterThanOrEqual(before.fence);
  }, 300_000);

  it('have nothing to complain about', () => {
    expect(servers.map((server) => server.output()).join('')).not.toMatch(/"level":[56]0/);
  });
});
