import { schedule } from 'node-cron';
import type { Rule } from '../core/rule.ts';

export interface RunningSchedule {
  /** Calls for these expressions too from now on. */
  add(expressions: readonly string[]): void;
  stop(): Promise<void>;
}

export function activeRules(rules: readonly Rule[]): Rule[] {
  return rules.filter((rule) => rule.metadata.enabled && rule.metadata.status !== 'deprecated');
}

/** Calls `run` with a cron expression whenever it is due: one timer an expression, however many rules and orgs share it. */
export function scheduleRules(expressions: readonly string[], run: (expression: string) => void): RunningSchedule {
  const tasks = new Map<string, ReturnType<typeof schedule>>();
  const add = (more: readonly string[]): void => {
    for (const expression of more)
      if (!tasks.has(expression))
        tasks.set(
          expression,
          schedule(expression, () => run(expression), { timezone: 'UTC' }),
        );
  };
  add(expressions);
  return {
    add,
    stop: async () => {
      await Promise.all([...tasks.values()].map((task) => task.destroy()));
    },
  };
}
