import type { Session, SessionColumn } from '../core/session.ts';
import type { Window } from '../core/window.ts';
import type { Settings, Store } from './store.ts';
import { sessionsTouched } from './tables/sessions.ts';

/** What one evaluation of a rule may use. `readonly` stands last: nothing can be set after it. */
const BUDGET: Settings = {
  max_execution_time: 30,
  max_memory_usage: 400_000_000,
  max_threads: 2,
  max_result_rows: 100_000,
  // Time limits are only looked at between blocks.
  max_block_size: 8_192,
  readonly: 1,
};

/** The reads that evaluating rules takes, bound to one org's database. */
export function ruleQueries(store: Store, database: string) {
  return {
    runSql: (
      sql: string,
      params: Record<string, unknown>,
    ): Promise<{ rows: Record<string, unknown>[]; rowsRead: number }> =>
      store.measure(sql, params, { database, settings: BUDGET }),
    sessionsTouched: (window: Window, columns: readonly SessionColumn[]): AsyncIterable<Session> =>
      sessionsTouched(store, database, window, columns),
  };
}
