import type { Session, SessionColumn } from '../core/session.ts';
import type { Window } from '../core/window.ts';
import type { SessionStarts } from './rule-pass/copy-spans.ts';
import { type AnalysisCache, createRulePass, type RulePass } from './rule-pass/rule-pass.ts';
import type { Settings, Store } from './store.ts';
import { sessionsTouched } from './tables/sessions.ts';

/** What one statement of a rule may use. */
export interface RuleBudget {
  readonly seconds: number;
  readonly memoryBytes: number;
  readonly resultRows: number;
}

const BUDGET: RuleBudget = { seconds: 30, memoryBytes: 400_000_000, resultRows: 100_000 };

/** The budget as settings. `readonly` is to be added last: nothing can be set after it. */
function limitsOf(budget: RuleBudget): Settings {
  return {
    max_execution_time: budget.seconds,
    max_memory_usage: budget.memoryBytes,
    max_result_rows: budget.resultRows,
    // Time limits are only looked at between blocks.
    max_block_size: 8_192,
  };
}

/** The reads that evaluating one rule takes, bound to one org's database. */
export function ruleQueries(store: Store, database: string) {
  const settings: Settings = { ...limitsOf(BUDGET), max_threads: 2, readonly: 1 };
  return {
    runSql: (
      sql: string,
      params: Record<string, unknown>,
    ): Promise<{ rows: Record<string, unknown>[]; rowsRead: number }> =>
      store.measure(sql, params, { database, settings }),
    sessionsTouched: (window: Window, columns: readonly SessionColumn[]): AsyncIterable<Session> =>
      sessionsTouched(store, database, window, columns),
  };
}

/** The same for many rules at once, answered together: see rule-pass.ts. */
export function rulePasses(store: Store, database: string, budget = BUDGET): (window: Window) => RulePass {
  const analyses: AnalysisCache = new Map();
  const starts: SessionStarts = new Map();
  return (window) => createRulePass({ store, database, window, analyses, starts, limits: limitsOf(budget) });
}
