import type { Clock } from '../core/clock.ts';
import { isCoded } from '../core/errors.ts';
import { type Rule, readsSpansOnly } from '../core/rule.ts';
import { isFilledIn, MOST_FILL_IN_MICROS, nextWindow, type Window } from '../core/window.ts';
import { evaluateRule } from './evaluate-rule.ts';
import type { OrgPort, RuleGap } from './org-port.ts';
import { createRuleFailures } from './rule-failures.ts';
import { createRuleProgress } from './rule-progress.ts';
import { tellOfRule } from './tell-of-rule.ts';

export interface RulesEngineOptions {
  readonly clock: Clock;
  /** Milliseconds on a clock that only goes forward. */
  readonly elapsed: () => number;
  /** Every span accepted before this (microseconds since 1970) is stored and readable. */
  readonly lowWater: () => Promise<number>;
  readonly onError: (message: string, error: unknown) => void;
}

const LOOK_BACK_MICROS = 24 * 3_600_000_000;
/** Windows of one rule in one tick. A rule that is far behind goes on at the next. */
const MOST_WINDOWS_A_TICK = 24;

/** What a rule is about to see, asked for once by all rules that stand at the same watermark. */
interface NextLook {
  readonly window: Window;
  readonly pass: ReturnType<OrgPort['openPass']>;
}

/** What all rules of one tick share; times in microseconds since 1970. */
interface Tick {
  readonly to: number;
  readonly now: number;
  readonly look: (from: number) => Promise<NextLook | undefined>;
}

/**
 * Runs one org's rules over consecutive windows. Findings and alerts are stored before the watermark moves, and both are
 * idempotent, so a crash anywhere is followed by the same evaluation again and by nothing twice.
 */
export function createRulesEngine(port: OrgPort, options: RulesEngineOptions) {
  const { clock, elapsed, lowWater, onError } = options;
  const busy = new Set<string>();
  const gaps = new Map<string, RuleGap>();
  const ticks = new Set<Promise<void>>();
  const failures = createRuleFailures(port, { clock, elapsed, onError, attempt });
  const progress = createRuleProgress(port, clock, elapsed);
  let watermarks: Promise<Map<string, number>> | undefined;
  let evaluations = 0;

  async function load(): Promise<Map<string, number>> {
    const [marks, states] = await Promise.all([port.readWatermarks(), port.readRuleStates()]);
    progress.learn(marks);
    failures.learn(states);
    return marks;
  }

  function loadOnce(): Promise<Map<string, number>> {
    watermarks ??= load().catch((error) => {
      watermarks = undefined;
      throw error;
    });
    return watermarks;
  }

  /** Brings the rules up to the low-water mark; those still being evaluated or waiting after a failure are left out. */
  async function runRules(rules: readonly Rule[]): Promise<void> {
    const due = rules.filter((rule) => !busy.has(rule.id));
    for (const rule of due) busy.add(rule.id);
    try {
      const marks = await loadOnce();
      const to = await lowWater();
      const now = clock() * 1_000;
      const look = remember((from) => lookFrom(from, to));
      await Promise.all(
        due.filter(failures.mayRun).map(async (rule) => {
          await catchUp(rule, marks, { to, now, look });
          busy.delete(rule.id);
        }),
      );
      await progress.write();
    } catch (error) {
      // The store has told of it; the next tick goes on where this one stopped.
      if (!isCoded(error, 'DISK_FULL')) onError(`org ${port.org}: the rules could not run`, error);
    } finally {
      for (const rule of due) busy.delete(rule.id);
    }
  }

  /** The next window with spans from here on, its start moved to the first of them when that is far off; undefined without any. */
  async function lookFrom(from: number, to: number): Promise<NextLook | undefined> {
    const first = await port.firstIngested({ from, to });
    if (first === undefined) return undefined;
    const near = nextWindow(from, to)!;
    const window = first < near.to ? near : nextWindow(first, to)!;
    return { window, pass: port.openPass(window) };
  }

  /** For a rule that has something to see without any span. */
  function lookAll(from: number, to: number): NextLook {
    const window = nextWindow(from, to)!;
    return { window, pass: port.openPass(window) };
  }

  async function catchUp(rule: Rule, marks: Map<string, number>, { to, now, look }: Tick): Promise<void> {
    try {
      for (let windows = 0; windows < MOST_WINDOWS_A_TICK; windows++) {
        const from = await startOf(rule, marks, to, now);
        if (from >= to) break;
        const next = (await look(from)) ?? (readsSpansOnly(rule) ? undefined : lookAll(from, to));
        if (next !== undefined) await evaluate(rule, next);
        const reached = next?.window.to ?? to;
        marks.set(rule.id, reached);
        progress.reached(rule, reached, next !== undefined);
        await progress.writeIfDue();
      }
      await failures.recovered(rule);
      await closeGap(rule, marks, to);
    } catch (error) {
      await failures.failed(rule, error);
    }
  }

  /** From where the rule goes on. What it missed too long ago is left out, and what it missed at all is noted. */
  async function startOf(rule: Rule, marks: ReadonlyMap<string, number>, to: number, now: number): Promise<number> {
    const mark = marks.get(rule.id);
    if (mark === undefined) return Math.min(to, Math.max(port.createdAt * 1_000, now - LOOK_BACK_MICROS));
    const start = Math.max(mark, Math.min(to, now) - MOST_FILL_IN_MICROS);
    if (start > mark) await port.recordGap({ ruleId: rule.id, from: mark, to: start, state: 'skipped' });
    if (start < to && !gaps.has(rule.id) && isFilledIn({ from: start, to: start }, Math.min(to, now))) {
      const gap: RuleGap = { ruleId: rule.id, from: start, to, state: 'open' };
      gaps.set(rule.id, gap);
      await port.recordGap(gap);
    }
    return start;
  }

  async function closeGap(rule: Rule, marks: ReadonlyMap<string, number>, to: number): Promise<void> {
    const gap = gaps.get(rule.id);
    if (gap === undefined || (marks.get(rule.id) ?? 0) < to) return;
    gaps.delete(rule.id);
    await port.recordGap({ ...gap, state: 'filled' });
  }

  async function evaluate(rule: Rule, { window, pass }: NextLook): Promise<void> {
    evaluations += 1;
    const startedAt = clock();
    const filledIn = isFilledIn(window, startedAt * 1_000);
    const queries = pass.forRule(rule);
    const record = {
      rule,
      window,
      startedAt,
      filledIn,
      rowsRead: 0,
      totalHits: 0,
      truncated: false,
      error: '',
      runs: 1,
    };
    try {
      const { findings, totalHits, rowsRead } = await evaluateRule(rule, window, filledIn, queries);
      port.assertHeld();
      const truncated = totalHits > findings.length;
      if (findings.length > 0) await port.applyFindings(rule, findings);
      if (truncated) {
        const title = `Rule ${rule.id} found ${totalHits} at once and keeps ${findings.length}`;
        const values = { hits: String(totalHits), kept: String(findings.length) };
        await tellOfRule(port, clock, rule, { id: 'rule-truncated', occasion: String(window.to), title, values });
      }
      progress.addRun({ ...record, durationMs: queries.cost.elapsedMs, rowsRead, totalHits, truncated });
    } catch (error) {
      if (isCoded(error, 'RULE_FAILED')) {
        progress.addRun({ ...record, durationMs: queries.cost.elapsedMs, error: error.message });
      }
      throw error;
    }
  }

  async function attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      onError(`org ${port.org}: what happened to a rule could not be stored`, error);
    }
  }

  return {
    runRules: (rules: readonly Rule[]): Promise<void> => {
      const tick = runRules(rules).finally(() => ticks.delete(tick));
      ticks.add(tick);
      return tick;
    },
    /** The least of the rules' watermarks, microseconds since 1970; 0 for a rule that has none. */
    evaluatedTo: async (rules: readonly Rule[]): Promise<number> => {
      const marks = await loadOnce();
      return Math.min(...rules.map((rule) => marks.get(rule.id) ?? 0));
    },
    /** Evaluations begun since the start. */
    evaluations: (): number => evaluations,
    /** Resolves when no rule is being evaluated and everything that was reached is stored. */
    idle: async (): Promise<void> => {
      await Promise.all(ticks);
      await attempt(() => progress.write(true));
    },
    /** Forgets what it knows of the store, for another engine may have gone on. */
    forget: (): void => {
      watermarks = undefined;
      progress.forget();
      failures.forget();
      gaps.clear();
    },
  };
}

export type RulesEngine = ReturnType<typeof createRulesEngine>;

/** Asks once for each start: at a tick most rules stand at the same one. */
function remember<T>(ask: (from: number) => Promise<T>): (from: number) => Promise<T> {
  const answers = new Map<number, Promise<T>>();
  return (from) => {
    const answer = answers.get(from) ?? ask(from);
    answers.set(from, answer);
    return answer;
  };
}
