import type { Settings } from './store.ts';

/** What one evaluation of a rule may use. `readonly` stands last: nothing can be set after it. */
export const readOnlyBudget: Settings = {
  max_execution_time: 30,
  max_memory_usage: 400_000_000,
  max_threads: 2,
  max_result_rows: 100_000,
  readonly: 1,
};
