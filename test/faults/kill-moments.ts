import { watch } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Random } from '../unit/ingest/otlp/random.ts';

/** Resolves at the moment at which a server that stores its data in `folder` is to be killed. */
export type KillMoment = (folder: string, random: Random) => Promise<void>;

/** The engine has begun to write a part of this table, and may not have ended when the process dies. */
function writing(table: string): KillMoment {
  return async (folder, random) => {
    await wait(random.below(500));
    const { promise, resolve } = Promise.withResolvers<void>();
    const watcher = watch(join(folder, 'clickhouse/data', table), (_, name) => {
      if (name?.startsWith('tmp_insert')) resolve();
    });
    await promise.finally(() => watcher.close());
  };
}

/** Built-in rules run every three seconds by the clock on the wall. */
const SCHEDULE_MS = 3_000;

export const KILL_MOMENTS: Readonly<Record<string, KillMoment>> = {
  'while spans are inserted': writing('org_default/otel_traces'),
  'while the view of prompts behind the spans is written': writing('org_default/agent_prompts'),
  'when spans are stored and no rule has seen them': async (_, random) => {
    const sinceRules = Date.now() % SCHEDULE_MS;
    const at = SCHEDULE_MS * (0.4 + 0.5 * random.next());
    await wait(at > sinceRules ? at - sinceRules : at - sinceRules + SCHEDULE_MS);
  },
  'when rules have just begun': async (_, random) => wait(SCHEDULE_MS - (Date.now() % SCHEDULE_MS) + random.below(40)),
  'while rules run': async (_, random) => wait(SCHEDULE_MS - (Date.now() % SCHEDULE_MS) + random.below(400)),
  'when a rule has found something': writing('org_default/findings'),
  'when findings are stored and their alerts are written': writing('org_default/alert_events'),
  'when alerts are stored and the run is recorded': writing('spanwarden/rule_runs'),
  'when a rule has done its window and its watermark is written': writing('spanwarden/watermarks'),
  'at no special moment': async (_, random) => wait(random.below(2_000)),
};
