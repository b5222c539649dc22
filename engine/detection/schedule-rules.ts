import { schedule } from 'node-cron';
import type { Rule } from '../core/rule.ts';

export interface RunningSchedule {
  stop(): Promise<void>;
}

export function activeRules(rules: readonly Rule[]): Rule[] {
  return rules.filter((rule) => rule.metadata.enabled && rule.metadata.status !== 'deprecated');
}

/**
 * Calls `run` with the rules of each cron expression whenever it is due: one timer an expression, however many rules share it.
 */
export function scheduleRules(rules: readonly Rule[], run: (rules: readonly Rule[]) => void): RunningSchedule {
  const tasks = [...Map.groupBy(activeRules(rules), (rule) => rule.metadata.schedule)].map(([expression, group]) =>
    schedule(expression, () => run(group), { timezone: 'UTC' }),
  );
  return {
    stop: async () => {
      await Promise.all(tasks.map((task) => task.destroy()));
    },
  };
}
