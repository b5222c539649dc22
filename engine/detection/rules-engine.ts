import type { Clock } from '../core/clock.ts';
import { isCoded } from '../core/errors.ts';
import type { Finding } from '../core/finding.ts';
import { type Rule, readsSpansOnly } from '../core/rule.ts';
import { isFilledIn, nextWindow, type Window } from '../core/window.ts';
import { evaluateRule, type RuleQueries } from './evaluate-rule.ts';
import { type RetryState, retryAfterFailure } from './retry-after-failure.ts';

/** What one evaluation leaves in the run ledger. */
export interface RunRecord {
  readonly rule: Rule;
  readonly window: Window;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly durationMs: number;
  readonly rowsRead: number;
  readonly totalHits: number;
  readonly truncated: boolean;
  readonly filledIn: boolean;
  /** '' when it went well. */
  readonly error: string;
}

/** Everything the engine does to one org's store and alerts. */
export interface OrgPort extends RuleQueries {
  readonly org: string;
  /** Milliseconds since 1970; a rule without a watermark looks back a day, but not before the org existed. */
  readonly createdAt: number;
  readWatermarks(): Promise<Map<string, number>>;
  writeWatermarks(watermarks: ReadonlyMap<string, number>): Promise<void>;
  anyIngested(window: Window): Promise<boolean>;
  /** Stores findings and turns them into alerts; resolves when both are stored. */
  applyFindings(rule: Rule, findings: readonly Finding[]): Promise<void>;
  recordRun(run: RunRecord): Promise<void>;
}

export interface RulesEngineOptions {
  readonly clock: Clock;
  /** Every span accepted before this (microseconds since 1970) is stored and readable. */
  readonly lowWater: () => Promise<number>;
  readonly onError: (message: string, error: unknown) => void;
}

const LOOK_BACK_MICROS = 24 * 3_600_000_000;
/** Windows without spans move the watermark in memory; it is written at least this often, microseconds. */
const WRITE_WATERMARK_EVERY = 60_000_000;
/** Rules evaluated side by side. More would take the processor from ingest. */
const SIDE_BY_SIDE = 2;

/**
 * Runs one org's rules over consecutive windows. Findings and alerts are stored before the watermark moves, and both are
 * idempotent, so a crash anywhere is followed by the same evaluation again and by nothing twice.
 */
export function createRulesEngine(port: OrgPort, options: RulesEngineOptions) {
  const { clock, lowWater, onError } = options;
  const busy = new Set<string>();
  const failing = new Map<string, RetryState>();
  const ticks = new Set<Promise<void>>();
  const written = new Map<string, number>();
  let watermarks: Map<string, number> | undefined;

  async function loadWatermarks(): Promise<Map<string, number>> {
    if (watermarks === undefined) {
      watermarks = await port.readWatermarks();
      for (const [id, micros] of watermarks) written.set(id, micros);
    }
    return watermarks;
  }

  /** Brings the rules up to the low-water mark; those still being evaluated or waiting after a failure are left out. */
  async function runRules(rules: readonly Rule[]): Promise<void> {
    const due = rules.filter((rule) => !busy.has(rule.id) && clock() >= (failing.get(rule.id)?.notBefore ?? 0));
    for (const rule of due) busy.add(rule.id);
    try {
      const marks = await loadWatermarks();
      const to = await lowWater();
      const anyIngested = remember(port.anyIngested);
      const queue = [...due];
      await Promise.all(
        Array.from({ length: SIDE_BY_SIDE }, async () => {
          for (let rule = queue.shift(); rule !== undefined; rule = queue.shift()) {
            await catchUp(rule, marks, to, anyIngested);
            busy.delete(rule.id);
          }
        }),
      );
    } catch (error) {
      onError(`org ${port.org}: the rules could not run`, error);
    } finally {
      for (const rule of due) busy.delete(rule.id);
    }
  }

  async function catchUp(
    rule: Rule,
    marks: Map<string, number>,
    to: number,
    anyIngested: OrgPort['anyIngested'],
  ): Promise<void> {
    const start = Math.max(port.createdAt * 1_000, clock() * 1_000 - LOOK_BACK_MICROS);
    try {
      for (;;) {
        const window = nextWindow(marks.get(rule.id) ?? start, to);
        if (!window) break;
        const seen = !readsSpansOnly(rule) || (await anyIngested(window));
        if (seen) await evaluate(rule, window);
        if (seen || window.to - (written.get(rule.id) ?? 0) > WRITE_WATERMARK_EVERY) {
          await port.writeWatermarks(new Map([[rule.id, window.to]]));
          written.set(rule.id, window.to);
        }
        marks.set(rule.id, window.to);
      }
      failing.delete(rule.id);
    } catch (error) {
      failing.set(rule.id, retryAfterFailure(failing.get(rule.id), clock()));
      onError(`org ${port.org}: rule ${rule.id} failed`, error);
    }
  }

  async function evaluate(rule: Rule, window: Window): Promise<void> {
    const startedAt = clock();
    const started = performance.now();
    const filledIn = isFilledIn(window, startedAt * 1_000);
    const record = { rule, window, startedAt, filledIn, rowsRead: 0, totalHits: 0, truncated: false, error: '' };
    try {
      const evaluation = await evaluateRule(rule, window, filledIn, port);
      await port.applyFindings(rule, evaluation.findings);
      await port.recordRun({
        ...record,
        durationMs: performance.now() - started,
        rowsRead: evaluation.rowsRead,
        totalHits: evaluation.totalHits,
        truncated: evaluation.totalHits > evaluation.findings.length,
      });
    } catch (error) {
      if (isCoded(error, 'RULE_FAILED')) {
        await port.recordRun({ ...record, durationMs: performance.now() - started, error: error.message });
      }
      throw error;
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
      const marks = await loadWatermarks();
      return Math.min(...rules.map((rule) => marks.get(rule.id) ?? 0));
    },
    /** Resolves when no rule is being evaluated. */
    idle: async (): Promise<void> => {
      await Promise.all(ticks);
    },
  };
}

export type RulesEngine = ReturnType<typeof createRulesEngine>;

/** Asks once for each window: at a tick most rules stand at the same one. */
function remember(anyIngested: OrgPort['anyIngested']): OrgPort['anyIngested'] {
  const answers = new Map<string, Promise<boolean>>();
  return (window) => {
    const key = `${window.from}-${window.to}`;
    const answer = answers.get(key) ?? anyIngested(window);
    answers.set(key, answer);
    return answer;
  };
}
