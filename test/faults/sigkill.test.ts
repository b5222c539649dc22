import { afterAll, describe, expect, it } from 'vitest';
import type { Alert } from '../../engine/core/alert.ts';
import { type RunningServer, startServer, temporaryFolder } from '../running-server.ts';
import { newRandom } from '../unit/ingest/otlp/random.ts';
import { KILL_MOMENTS, type KillMoment } from './kill-moments.ts';
import { Load } from './load.ts';
import { allAlerts, rulesAreThrough } from './settled.ts';

const SEED = 20_261_121;

const random = newRandom(SEED);
const folder = temporaryFolder();
const load = new Load(random, 16);
const readyMs: number[] = [];
let server: RunningServer;
afterAll(() => server?.stop());

async function start(): Promise<void> {
  const started = performance.now();
  server = await startServer({ folder });
  readyMs.push(performance.now() - started);
  load.resume(server.otlp);
}

async function killAt(moment: KillMoment): Promise<void> {
  await moment(folder, random);
  const dead = server.stop('SIGKILL');
  load.pause();
  await dead;
}

describe('a server killed under load, ten times over', () => {
  it.each(Object.entries(KILL_MOMENTS))('is killed %s', async (_, moment) => {
    const before = load.requests.length;
    await start();
    await killAt(moment);
    expect(load.requests.length).toBeGreaterThan(before);
  });

  it('starts again and takes what was never acknowledged', async ({ annotate }) => {
    await start();
    await load.finish();
    expect(load.unexpected).toEqual([]);
    const repeated = load.requests.filter((request) => request.tries > 1).length;
    const givenUp = load.requests.filter((request) => !request.acknowledged).length;
    await annotate(`${load.requests.length} requests, ${repeated} sent again, ${givenUp} given up`);
    await annotate(`ready after ${readyMs.map((ms) => (ms / 1_000).toFixed(1)).join(', ')} s`);
  });

  it('has every acknowledged span exactly once', async ({ annotate }) => {
    const rows = (await server.sql(
      'SELECT SessionId, groupArray(SpanId) FROM otel_traces FINAL GROUP BY SessionId',
    )) as [string, string[]][];
    const stored = rows.flatMap(([, spanIds]) => spanIds);
    const there = new Set(stored);
    expect(stored.length).toBe(there.size);
    const acknowledged = load.requests.filter((request) => request.acknowledged).flatMap((request) => request.spanIds);
    expect(acknowledged.filter((spanId) => !there.has(spanId))).toEqual([]);
    const sent = new Set(load.requests.flatMap((request) => request.spanIds));
    expect(stored.filter((spanId) => !sent.has(spanId))).toEqual([]);
    await annotate(`${acknowledged.length} spans acknowledged, ${stored.length} stored`);
  });

  it('raises each alert that is due exactly once, and no other', async ({ annotate }) => {
    await rulesAreThrough(server);
    const alerts = await allAlerts(server);
    const raised = alerts.map(nameOf);
    expect(new Set(raised).size).toBe(raised.length);
    const due = load
      .acknowledgedSessions()
      .flatMap(({ id, raises }) => (raises === undefined ? [] : [`${raises} ${id}`]));
    expect(due.filter((name) => !raised.includes(name))).toEqual([]);
    // Of a session that was given up in part, what its rule needs may be there or not.
    const possible = new Set(load.requests.map(({ session }) => `${session.raises} ${session.id}`));
    expect(raised.filter((name) => !possible.has(name))).toEqual([]);
    expect(alerts.filter((alert) => alert.status !== 'open')).toEqual([]);
    await annotate(`${due.length} alerts due, ${raised.length} raised`);
  });

  it('has nothing to complain about', () => {
    expect(server.output()).not.toMatch(/"level":[56]0/);
  });
});

function nameOf(alert: Alert): string {
  return `${alert.rule_id} ${alert.session_id}`;
}
