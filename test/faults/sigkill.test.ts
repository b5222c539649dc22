import { afterAll, describe, expect, it } from 'vitest';
import { connect } from '../../engine/clickhouse/connect.ts';
import { migrateOrg } from '../../engine/clickhouse/migrate.ts';
import type { Alert } from '../../engine/core/alert.ts';
import { loadRules } from '../../engine/detection/load-rules.ts';
import { createEngine } from '../../engine/engine.ts';
import { type RunningServer, startServer, temporaryFolder, until } from '../running-server.ts';
import { newRandom } from '../unit/ingest/otlp/random.ts';
import { KILL_MOMENTS, type KillMoment } from './kill-moments.ts';
import { Load } from './load.ts';
import { allAlerts, rulesAreThrough } from './settled.ts';

const SEED = 20_261_121;

const random = newRandom(SEED);
const folder = temporaryFolder();
const load = new Load(random, 16);
const readyMs: number[] = [];
const failures: string[] = [];
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

/** Each moment twice over: twenty deaths. */
const DEATHS = [...Object.entries(KILL_MOMENTS), ...Object.entries(KILL_MOMENTS)];

describe('a server killed under load, twenty times over', () => {
  it.each(DEATHS)('is killed %s', async (_, moment) => {
    const before = load.requests.length;
    await start();
    await killAt(moment);
    // A moment of catching up can come before a sender has sent again.
    expect(load.requests.length).toBeGreaterThanOrEqual(before);
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

  it('has the findings that an engine finds that was never killed, and none twice', async ({ annotate }) => {
    await server.stop();
    const store = await connect({ url: undefined, dataFolder: folder });
    try {
      await migrateOrg(store, 'org_undisturbed');
      await store.command('INSERT INTO org_undisturbed.otel_traces SELECT * FROM org_default.otel_traces FINAL');
      const lowWater = Date.now() * 1_000;
      const engine = createEngine({
        store,
        clock: Date.now,
        rules: (await loadRules([new URL('../../rules', import.meta.url).pathname])).rules,
        orgs: async () => [{ slug: 'undisturbed', createdAt: Date.now() - 3_600_000 }],
        lowWater: async () => lowWater,
        keyFor: () => new Uint8Array(32),
        allowPrivateDestinations: false,
        version: '0.0.0',
        log: { error: (_, message) => failures.push(message), warn: () => undefined },
        onAlertEvent: () => undefined,
      });
      await until(async () => (await engine.evaluatedTo()) >= lowWater, 25_000, 'rules that have seen every span');
      await engine.stop();
      // Of a request that was given up, the spans may be stored without their entry in the view of prompts.
      const whole = new Set(load.acknowledgedSessions().map(({ id }) => id));
      const found = async (database: string) =>
        (
          await store.query<{ rule_id: string; session_id: string; id: string }>(
            'SELECT DISTINCT rule_id, session_id, id FROM findings ORDER BY ALL',
            {},
            { database },
          )
        ).filter((finding) => whole.has(finding.session_id) || finding.rule_id !== 'prompt-hash-drift');
      expect(failures).toEqual([]);
      const killed = await found('org_default');
      expect(killed).toEqual(await found('org_undisturbed'));
      const twice = 'SELECT rule_id, id, match FROM findings FINAL GROUP BY ALL HAVING count() > 1';
      expect(await store.query(twice, {}, { database: 'org_default' })).toEqual([]);
      await annotate(`${killed.length} findings`);
    } finally {
      await store.close();
    }
  });
});

function nameOf(alert: Alert): string {
  return `${alert.rule_id} ${alert.session_id}`;
}
