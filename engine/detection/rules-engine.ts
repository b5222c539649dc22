import type { Clock } from '../core/clock.ts';
import { isCoded } from '../core/errors.ts';
import type { Finding } from '../core/finding.ts';
import { type Rule, readsSpansOnly } from '../core/rule.ts';
import { isFilledIn, MOST_FILL_IN_MICROS, nextWindow, type Window } from '../core/window.ts';
import { evaluateRule, type RuleQueries } from './evaluate-rule.ts';
import { type MetaRuleId, metaFinding, metaRule } from './meta-findings.ts';
import { PARK_AFTER, type RetryState, retryAfterFailure } from './retry-after-failure.ts';
import { createRunLedger, type RunRecord } from './run-ledger.ts';

/** The reads of one rule over one window, and what they cost so far. */
export interface CountedQueries extends RuleQueries {
  readonly cost: { readonly elapsedMs: number };
}

/** In what state a rule is, written when it changes. */
export interface RuleState {
  readonly ruleId: string;
  readonly ruleVersion: number;
  readonly state: 'running' | 'failing' | 'parked';
  readonly failures: number;
  readonly error: string;
}

/** A stretch of ingest time that a rule has not seen when it should have. */
export interface RuleGap extends Window {
  readonly ruleId: string;
  readonly state: 'open' | 'filled' | 'skipped';
}

/** Everything the engine does to one org's store and alerts. */
export interface OrgPort {
  readonly org: string;
  /** Milliseconds since 1970; a rule without a watermark looks back a day, but not before the org existed. */
  readonly createdAt: number;
  readWatermarks(): Promise<Map<string, number>>;
  writeWatermarks(watermarks: ReadonlyMap<string, number>): Promise<void>;
  /** Ingest time of the first span in the window, microseconds since 1970; undefined when there is none. */
  firstIngested(window: Window): Promise<number | undefined>;
  /** Reads for rules that look at the same window. */
  openPass(window: Window): { forRule(rule: Rule): CountedQueries };
  /** Stores findings and turns them into alerts; resolves when both are stored. */
  applyFindings(rule: Rule, findings: readonly Finding[]): Promise<void>;
  recordRuns(runs: readonly RunRecord[]): Promise<void>;
  readRuleStates(): Promise<RuleState[]>;
  recordRuleState(state: RuleState): Promise<void>;
  recordGap(gap: RuleGap): Promise<void>;
  /** Throws when another engine has taken this org over: what was evaluated is then not to be written. */
  assertHeld(): void;
}

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
/** While a tick lasts, what was reached is written at most this often; milliseconds. */
const WRITE_EVERY_MS = 1_000;
/** Where no span comes the watermark moves in memory; it is written at least this often, microseconds. */
const WRITE_WATERMARK_EVERY = 60_000_000;

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
  const failing = new Map<string, RetryState & { version: number }>();
  const gaps = new Map<string, RuleGap>();
  const ticks = new Set<Promise<void>>();
  const ledger = createRunLedger();
  /** Watermarks that are stored, and those that are ahead of it. */
  const written = new Map<string, number>();
  const ahead = new Map<string, number>();
  let watermarks: Promise<Map<string, number>> | undefined;
  let wroteAt = Number.NEGATIVE_INFINITY;
  let evaluations = 0;

  async function load(): Promise<Map<string, number>> {
    const [marks, states] = await Promise.all([port.readWatermarks(), port.readRuleStates()]);
    for (const [id, micros] of marks) written.set(id, micros);
    for (const { ruleId, ruleVersion, state, failures } of states) {
      // What was failing gets a try; what was parked stays so.
      const notBefore = state === 'parked' ? retryAfterFailure({ failures, notBefore: 0 }, elapsed()).notBefore : 0;
      if (state !== 'running') failing.set(ruleId, { failures, notBefore, version: ruleVersion });
    }
    return marks;
  }

  function loadOnce(): Promise<Map<string, number>> {
    watermarks ??= load().catch((error) => {
      watermarks = undefined;
      throw error;
    });
    return watermarks;
  }

  function mayRun(rule: Rule): boolean {
    const failed = failing.get(rule.id);
    return failed === undefined || failed.version !== rule.metadata.version || elapsed() >= failed.notBefore;
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
        due.filter(mayRun).map(async (rule) => {
          await catchUp(rule, marks, { to, now, look });
          busy.delete(rule.id);
        }),
      );
      await write();
    } catch (error) {
      onError(`org ${port.org}: the rules could not run`, error);
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
        reached(rule, marks, next?.window.to ?? to, next !== undefined);
        if (elapsed() - wroteAt > WRITE_EVERY_MS) await write();
      }
      await recovered(rule);
      await closeGap(rule, marks, to);
    } catch (error) {
      await failed(rule, error);
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

  function reached(rule: Rule, marks: Map<string, number>, to: number, seen: boolean): void {
    marks.set(rule.id, to);
    if (seen || to - (written.get(rule.id) ?? 0) > WRITE_WATERMARK_EVERY) ahead.set(rule.id, to);
  }

  /** Stores how far the rules came and what their runs took, all in one go. */
  async function write(all = false): Promise<void> {
    wroteAt = elapsed();
    port.assertHeld();
    const marks = new Map(ahead);
    ahead.clear();
    try {
      if (marks.size > 0) await port.writeWatermarks(marks);
    } catch (error) {
      for (const [id, micros] of marks) ahead.set(id, Math.max(micros, ahead.get(id) ?? 0));
      throw error;
    }
    for (const [id, micros] of marks) written.set(id, micros);
    const runs = ledger.take(clock(), all);
    if (runs.length > 0) await port.recordRuns(runs);
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
      if (truncated) await tellTruncated(rule, window, totalHits, findings.length);
      ledger.add({ ...record, durationMs: queries.cost.elapsedMs, rowsRead, totalHits, truncated });
    } catch (error) {
      if (isCoded(error, 'RULE_FAILED')) {
        ledger.add({ ...record, durationMs: queries.cost.elapsedMs, error: error.message });
      }
      throw error;
    }
  }

  async function failed(rule: Rule, error: unknown): Promise<void> {
    // Another engine has taken over, and goes on from the watermark that is stored. The end of the tick says so, once.
    if (isCoded(error, 'CONFLICT')) return;
    onError(`org ${port.org}: rule ${rule.id} failed`, error);
    const known = failing.get(rule.id);
    const { version } = rule.metadata;
    const retry = retryAfterFailure(known?.version === version ? known : undefined, elapsed());
    // A store that is down is not the rule's fault: it waits, and is never parked for it.
    const blamed = isCoded(error, 'RULE_FAILED');
    const failures = blamed ? retry.failures : Math.min(retry.failures, PARK_AFTER - 1);
    failing.set(rule.id, { ...retry, failures, version });
    if (!blamed) return;
    const state = failures >= PARK_AFTER ? 'parked' : 'failing';
    await attempt(async () => {
      if (failures === 1 || failures === PARK_AFTER) {
        await port.recordRuleState({ ruleId: rule.id, ruleVersion: version, state, failures, error: error.message });
      }
      if (failures === PARK_AFTER) {
        await tell(
          'rule-parked',
          rule,
          `v${version} ${clock()}`,
          `Rule ${rule.id} failed ${failures} times in a row and is parked`,
          {
            error: error.message,
            failures: String(failures),
          },
        );
      }
    });
  }

  async function recovered(rule: Rule): Promise<void> {
    if (!failing.delete(rule.id)) return;
    const { version } = rule.metadata;
    await port.recordRuleState({ ruleId: rule.id, ruleVersion: version, state: 'running', failures: 0, error: '' });
  }

  async function tellTruncated(rule: Rule, window: Window, hits: number, kept: number): Promise<void> {
    const title = `Rule ${rule.id} found ${hits} at once and keeps ${kept}`;
    await tell('rule-truncated', rule, String(window.to), title, { hits: String(hits), kept: String(kept) });
  }

  async function tell(
    id: MetaRuleId,
    rule: Rule,
    occasion: string,
    title: string,
    values: Record<string, string>,
  ): Promise<void> {
    await port.applyFindings(metaRule(id), [
      metaFinding(id, { kind: 'rule', value: rule.id }, clock() * 1_000, occasion, title, values),
    ]);
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
      await attempt(() => write(true));
    },
    /** Forgets what it knows of the store, for another engine may have gone on. */
    forget: (): void => {
      watermarks = undefined;
      ahead.clear();
      written.clear();
      failing.clear();
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
