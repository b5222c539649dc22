/**
 * 1,000 enabled SQL rules at the default interval over 1 and then 10 million stored spans, while 200 spans a second come in: processor
 * time of the whole process, inserts included, by the wall clock and by evaluation.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '../../../engine/clickhouse/connect.ts';
import { migrateControl, migrateOrg } from '../../../engine/clickhouse/migrate.ts';
import { createEngine } from '../../../engine/engine.ts';
import { benchRules } from '../bench-rules.ts';
import { type Measure, measure } from '../measure.ts';
import { storeSpans } from '../stored-spans.ts';

const MILLION = 1_000_000;
const FEW = Number(process.env['BENCH_FEW_SPANS'] ?? MILLION);
const MANY = Number(process.env['BENCH_MANY_SPANS'] ?? 10 * MILLION);
const RATE = 200;
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 24);
const WARM_UP_SECONDS = 9;

process.env['UV_THREADPOOL_SIZE'] ??= '16';

export default async function rules(): Promise<Measure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-rules-'));
  const store = await connect({ url: undefined, dataFolder: folder });
  try {
    await migrateControl(store);
    await migrateOrg(store, 'org_default');
    const database = 'org_default';
    const microsApart = MILLION / RATE;
    // The stored spans are those that came in until now at the same rate, numbered so that the trickle goes on where they end.
    const start = Date.now() * 1_000 + 90_000_000 - MANY * microsApart;
    let stored = MANY - FEW;
    const fill = async (from: number, to: number) => {
      for (let n = from; n < to; n += MILLION)
        await storeSpans(store, database, { from: n, to: Math.min(to, n + MILLION), start, microsApart });
    };
    await fill(MANY - FEW, MANY);
    // Merging is part of what storing costs, and would come and go between the two measurements.
    await store.command('SYSTEM STOP MERGES otel_traces', {}, { database });
    const { rules: all, detail } = benchRules();
    let next = MANY;
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
        await storeSpans(store, database, { from: next, to, start, microsApart });
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
    await store.command('SYSTEM START MERGES otel_traces', {}, { database });
    await fill(0, stored);
    stored = 0;
    await store.command('SYSTEM STOP MERGES otel_traces', {}, { database });
    const many = await under(MANY);
    await engine.stop();
    const [findings] = await store.query<{ found: string }>('SELECT count() AS found FROM findings', {}, { database });
    const load = `1,000 SQL rules (${detail}) every 3 s, ${RATE} spans/s coming in, 600 sessions at once; ${findings!.found} findings`;
    return [
      measure(
        'rules-cores',
        many.cores,
        'cores',
        1,
        `${load}; ${Math.round(many.runs / many.seconds)} evaluations/s over ${MANY / MILLION} million stored spans; baseline: the bound of one core`,
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
