import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, startServer, until } from '../running-server.ts';
import { mountSmallDisk } from '../small-disk.ts';
import { newRandom } from '../unit/ingest/otlp/random.ts';
import { exportOf, sampleSpan } from '../unit/ingest/otlp/sample-request.ts';
import { Load } from './load.ts';
import { post } from './post.ts';
import { allAlerts, rulesAreThrough } from './settled.ts';

const PATIENCE_MS = 150_000;
const MIB = 1024 * 1024;

/** How far somebody else fills the disk, within a moment and in the middle of inserts and merges. */
const FILLS = [
  { left: 'not one byte', bytes: 0 },
  { left: 'what one insert needs', bytes: 2 * MIB },
  { left: 'a little less than is kept free', bytes: 250 * MIB },
] as const;

const disk = mountSmallDisk(900, 'a server whose disk fills up');

describe.skipIf(disk === undefined)('a server whose disk fills up', { timeout: 400_000 }, () => {
  const folder = disk && join(disk.folder, 'data');
  const load = new Load(newRandom(20_261_121), 4);
  let server: RunningServer;

  beforeAll(async () => {
    server = await startServer({ folder: folder! });
    load.resume(server.otlp);
  });
  afterAll(async () => {
    await server?.stop('SIGKILL');
    disk?.unmount();
  });

  const acknowledged = () => load.requests.filter((request) => request.acknowledged);

  async function progress(more: number): Promise<void> {
    const before = acknowledged().length;
    await until(async () => acknowledged().length >= before + more, PATIENCE_MS, `${more} more requests acknowledged`);
  }

  const saysFull = async () => {
    const metrics = await (await fetch(`${server.api}/metrics`)).text();
    return /^spanwarden_disk_full 1$/m.test(metrics);
  };

  it.each(FILLS)(
    'to $left: senders are told, pages can be read, and it goes on when there is room',
    async ({ bytes }) => {
      await progress(30);
      disk!.fill(bytes);
      const refusal = await until(
        async () => {
          const answer = await post(server.otlp, 'json', exportOf('json', [sampleSpan()]));
          return answer.status !== 200 && answer;
        },
        PATIENCE_MS,
        'a sender that is refused',
      );
      expect(refusal.status).toBe(503);
      expect(Number(refusal.headers['retry-after'])).toBeGreaterThan(0);
      expect(refusal.body.toString()).toMatch(/the disk of the database/);
      await until(saysFull, PATIENCE_MS, 'the metric of a full disk');
      expect(Number((await server.sql('SELECT count() FROM otel_traces'))[0]![0])).toBeGreaterThan(0);
      expect(await server.get('/alerts')).toHaveProperty('items');

      disk!.free();
      await until(async () => !(await saysFull()), PATIENCE_MS, 'a disk with room');
      await progress(30);
    },
  );

  it('has every acknowledged span exactly once, and raises what is due, as does the next start', async ({
    annotate,
  }) => {
    await load.finish();
    expect(load.unexpected).toEqual([]);
    const wanted = acknowledged().flatMap((request) => request.spanIds);
    const due = load
      .acknowledgedSessions()
      .flatMap(({ id, raises }) => (raises === undefined ? [] : `${raises} ${id}`));
    for (const life of ['this one', 'the next']) {
      const rows = await server.sql('SELECT SpanId FROM otel_traces FINAL');
      const stored = rows.map(([id]) => String(id));
      const there = new Set(stored);
      expect(stored.length).toBe(there.size);
      expect(wanted.filter((id) => !there.has(id))).toEqual([]);
      await rulesAreThrough(server, undefined, PATIENCE_MS);
      const raised = (await allAlerts(server)).map((alert) => `${alert.rule_id} ${alert.session_id}`);
      expect(new Set(raised).size).toBe(raised.length);
      expect(due.filter((name) => !raised.includes(name))).toEqual([]);
      await annotate(`${life}: ${wanted.length} spans acknowledged, ${stored.length} stored, ${due.length} alerts due`);
      if (life === 'this one') {
        const told = server.output();
        expect(told).toContain('nothing is stored and rules wait until there is room');
        expect(told).toContain('there is room on the disk of the database again');
        expect(told).not.toContain('nothing is in its place');
        await annotate(`${told.split('is removed').length - 1} half-written parts were replaced by their sources`);
        expect(await server.stop()).toBe(0);
        server = await startServer({ folder: folder! });
      }
    }
  });
});
