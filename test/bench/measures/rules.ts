/**
 * 1,000 enabled SQL rules at the default interval over 1 and then 10 million stored spans, while 200 spans a second come in: processor
 * time of the whole process, inserts included, by the wall clock and by evaluation.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '../../../engine/clickhouse/connect.ts';
import { migrateControl, migrateOrg } from '../../../engine/clickhouse/migrate.ts';
import type { Store } from '../../../engine/clickhouse/store.ts';
import { createEngine } from '../../../engine/engine.ts';
import { benchRules } from '../bench-rules.ts';
import { type Measure, measure } from '../measure.ts';
import { storeSpans } from '../stored-spans.ts';

const MILLION = 1_000_000;
/** Half of the first million is recent, half old; the old half is there nineteen times in the end: attached, which costs next to nothing. */
const HALF = Number(process.env['BENCH_HALF'] ?? MILLION / 2);
const FEW = 2 * HALF;
const MANY = 20 * HALF;
const RATE = 200;
/** The default schedule of rules. */
const INTERVAL_MS = 3_000;
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 18);
const WARM_UP_SECONDS = 6;
const TABLE = 'org_default.otel_traces';

process.env['UV_THREADPOOL_SIZE'] ??= '16';

export default async function rules(): Promise<Measure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-rules-'));
  const store = await connect({ url: undefined, dataFolder: folder });
  try {
    await migrateControl(store);
    await migrateOrg(store, 'org_default');
    const database = 'org_default';
    const microsApart = MILLION / RATE;
    // The recent spans are those that came in until now at the same rate, numbered so that the trickle goes on where they end.
    const start = Date.now() * 1_000 + 30_000_000 - FEW * microsApart;
    await store.command(`CREATE TABLE org_default.old_spans AS ${TABLE}`);
    // Merging is part of what storing costs, and would come and go between the two measurements.
    await store.command(`SYSTEM STOP MERGES ${TABLE}`);
    await storeSpans(store, 'org_default.old_spans', { from: 0, to: HALF, start, microsApart });
    await storeSpans(store, TABLE, { from: HALF, to: FEW, start, microsApart });
    await attach(store, 1);
    const { rules: all, detail } = benchRules();
    let next = FEW;
    let lowWater = start + next * microsApart;
    const engine = createEngine({
      store,
      clock: Date.now,
      rules: all,
      orgs: async () => [{ slug: 'default', createdAt: Date.now() - 1_000 }],
      lowWater: async () => lowWater,
      keyFor: () => new Uint8Array(32),
      allowPrivateDestinations: false,
      version: '0.0.0',
      log: { error: (details: unknown, text?: string) => console.error(text, details) } as never,
      onAlertEvent: () => undefined,
    });
    const trickle = async (seconds: number) => {
      const began = performance.now();
      for (let second = 1; second <= seconds; second++) {
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, second * 1_000 - (performance.now() - began))));
        const to = next + RATE;
        await storeSpans(store, TABLE, { from: next, to, start, microsApart });
        next = to;
        lowWater = start + next * microsApart;
      }
    };
    const under = async (spans: number) => {
      await trickle(WARM_UP_SECONDS);
      const before = process.cpuUsage();
      const began = performance.now();
      const runsBefore = engine.evaluations();
      await trickle(SECONDS);
      const { user, system } = process.cpuUsage(before);
      const runs = engine.evaluations() - runsBefore;
      const cpuMs = (user + system) / 1_000;
      const seconds = (performance.now() - began) / 1_000;
      return { spans, cores: cpuMs / 1_000 / seconds, msPerRun: cpuMs / runs, runs, seconds };
    };
    const few = await under(FEW);
    await attach(store, 18);
    const many = await under(MANY);
    await engine.stop();
    const [findings] = await store.query<{ found: string }>('SELECT count() AS found FROM findings', {}, { database });
    const load = `1,000 SQL rules (${detail}) every 3 s, ${RATE} spans/s coming in, 600 sessions at once; ${findings!.found} findings`;
    return [
      measure(
        'rules-cores',
        // Of an interval that was left out because the machine was busy, the cost counts all the same.
        (many.msPerRun * all.length) / INTERVAL_MS,
        'cores',
        1,
        `${load}; ${Math.round(many.runs / many.seconds)} of 333 evaluations/s got their turn at ${many.cores.toFixed(2)} cores, over ${MANY / MILLION} million stored spans; baseline: the bound of one core`,
      ),
      measure(
        'rules-cost-flat',
        many.msPerRun,
        'ms/run',
        few.msPerRun,
        `processor time per evaluation over ${MANY / MILLION} million stored spans; baseline: over ${FEW / MILLION} million (bound of the ratio: 1.3)`,
      ),
    ];
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Adds the old spans to what is stored, so many times. */
async function attach(store: Store, times: number): Promise<void> {
  const partitions = await store.query<{ id: string }>(
    "SELECT DISTINCT partition_id AS id FROM system.parts WHERE active AND database = 'org_default' AND table = 'old_spans'",
  );
  for (let n = 0; n < times; n++)
    for (const { id } of partitions)
      await store.command(`ALTER TABLE ${TABLE} ATTACH PARTITION ID '${id}' FROM org_default.old_spans`);
}
