/**
 * What the pages ask for, over ten million spans of thirty days: the 95th percentile of each request through the API against that of
 * the very statements it sends, run straight on the store in the same rounds.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '../../../engine/clickhouse/connect.ts';
import { migrateControl, migrateOrg } from '../../../engine/clickhouse/migrate.ts';
import type { Store } from '../../../engine/clickhouse/store.ts';
import { testApi } from '../../integration/api/test-api.ts';
import { type Measure, measure, percentile } from '../measure.ts';
import { storeSpans } from '../stored-spans.ts';

const SPANS = Number(process.env['BENCH_SPANS'] ?? 10_000_000);
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 12);
const DAY_MS = 86_400_000;
const DAYS = 30;
const TABLE = 'org_default.otel_traces';

process.env['UV_THREADPOOL_SIZE'] ??= '16';

type Query = Parameters<Store['query']>;

export default async function dashboards(): Promise<Measure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-dashboards-'));
  const store = await connect({ url: undefined, dataFolder: folder });
  try {
    await migrateControl(store);
    await migrateOrg(store, 'org_default');
    const now = Date.now();
    const microsApart = Math.floor((DAYS * DAY_MS * 1_000) / SPANS);
    await storeSpans(store, TABLE, { from: 0, to: SPANS, start: (now - DAYS * DAY_MS) * 1_000, microsApart });
    await store.command(`OPTIMIZE TABLE ${TABLE} FINAL`);
    const asked: Query[] = [];
    const { app, as, tokens } = await testApi(recording(store, asked));
    const ask = as(tokens.analyst);
    const measures: Measure[] = [];
    for (const [name, path] of Object.entries(await pages(store, now))) {
      const [through, straight]: [number[], number[]] = [[], []];
      // The first round only warms up.
      for (let round = 0; round <= ROUNDS; round++) {
        asked.length = 0;
        const answered = await timed(async () => {
          const { status, text } = await ask('GET', path);
          if (status !== 200) throw new Error(`${path} answered ${status}: ${text}`);
        });
        const statements = [...asked];
        const alone = await timed(() => Promise.all(statements.map((query) => store.query(...query))));
        if (round === 0) continue;
        through.push(answered);
        straight.push(alone);
      }
      const detail = `p95 of ${ROUNDS} requests over ${SPANS} spans; baseline: their statements straight, side by side`;
      measures.push(measure(`dashboards ${name}`, percentile(through, 0.95), 'ms', percentile(straight, 0.95), detail));
    }
    await app.close();
    return measures;
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A request of each page; a day is what they show at first. */
async function pages(store: Store, now: number): Promise<Record<string, string>> {
  const range = (days: number) =>
    `from=${new Date(now - days * DAY_MS).toISOString()}&to=${new Date(now).toISOString()}`;
  const [span] = await store.query<{ SessionId: string }>(
    `SELECT SessionId FROM ${TABLE} WHERE Timestamp > now() - INTERVAL 1 DAY LIMIT 1`,
  );
  return {
    'overview, a day': `/api/v1/overview?${range(1)}`,
    'overview, 14 days': `/api/v1/overview?${range(14)}`,
    'sessions, a day': `/api/v1/sessions?${range(1)}`,
    'sessions, 30 days': '/api/v1/sessions',
    'a session': `/api/v1/sessions/${span!.SessionId}`,
    outline: `/api/v1/sessions/${span!.SessionId}/outline`,
    'agents, 30 days': '/api/v1/agents',
    'tools, 30 days': '/api/v1/tools',
    'usage, 30 days': `/api/v1/usage?group_by=day&${range(30)}`,
  };
}

/** The store, and what is asked of it. */
function recording(store: Store, asked: Query[]): Store {
  return new Proxy(store, {
    get(target, key) {
      const value = Reflect.get(target, key) as unknown;
      if (typeof value !== 'function') return value;
      const bound = value.bind(target) as (...args: unknown[]) => unknown;
      if (key !== 'query') return bound;
      return (...args: Query) => {
        if (args[0].includes('otel_traces')) asked.push(args);
        return bound(...args);
      };
    },
  });
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
