import { randomUUID } from 'node:crypto';
import { isCoded } from '../../core/errors.ts';
import type { Session, SessionColumn } from '../../core/session.ts';
import { timestampText } from '../../core/timestamp.ts';
import { createTurns, type Turns } from '../../core/turns.ts';
import type { Window } from '../../core/window.ts';
import type { Settings, Store } from '../store.ts';
import { sessionsTouched } from '../tables/sessions.ts';
import {
  analyseRuleQuery,
  isTrigger,
  overSharedSpans,
  type RuleQueryAnalysis,
  withParameterPrefix,
} from './analyse-rule-query.ts';
import { copySpans, type SessionStarts } from './copy-spans.ts';
import { overBudget } from './over-budget.ts';

interface RuleRows {
  readonly rows: Record<string, unknown>[];
  readonly rowsRead: number;
}

/** What reading whole sessions takes. */
const SESSION_KEY_COLUMNS = ['SessionId', 'IngestedAt', 'TraceId', 'SpanId', 'Timestamp', 'SpanSequence'];

/** What a rule took of a pass so far: of statements it shared with others, its part. */
export interface RuleCost {
  elapsedMs: number;
  /** Statements that ran for it, and those that did not because no span of the window met their trigger. */
  ran: number;
  skipped: number;
}

interface Call {
  readonly sql: string;
  /** Unless a span of the window meets it, the query finds nothing; undefined when any span may matter. */
  readonly trigger: string | undefined;
  /** The rule says it itself. */
  readonly told: boolean;
  readonly params: Readonly<Record<string, unknown>>;
  readonly cost: RuleCost;
  readonly resolve: (rows: RuleRows) => void;
  readonly reject: (error: unknown) => void;
}

/** A rule, as far as it says itself what sets it off. */
export interface TriggeredRule {
  readonly metadata: { readonly trigger?: string | undefined };
}

/** A detector that wants the sessions touched in the window. */
interface Reader {
  readonly columns: readonly SessionColumn[];
  /** Hears in which table the spans are to be read. */
  readonly resolve: (table: string | undefined) => void;
  /** Resolves when it has read them. */
  readonly done: Promise<void>;
}

/** Analyses of queries by their text; the same rules come back every few seconds. */
export type AnalysisCache = Map<string, RuleQueryAnalysis>;

export interface RulePassOptions {
  readonly store: Store;
  readonly database: string;
  readonly window: Window;
  readonly analyses: AnalysisCache;
  readonly starts: SessionStarts;
  /** Settings of every statement. */
  readonly limits: Settings;
}

/** Triggers asked for in one statement, and queries in one: bounds of the statement's text and of what one failure costs. */
const TRIGGERS_AT_ONCE = 250;
const QUERIES_AT_ONCE = 25;
/** Statements and sessions of rules side by side. More would take the processor from ingest. */
const SIDE_BY_SIDE = 2;
const MOST_ANALYSES = 10_000;

/**
 * Runs many rules over one window of one org. What they ask at the same moment is answered together: one statement asks which of
 * their triggers any span of the window meets; of the others, those that read nothing but spans of the sessions touched in the window
 * run in a few statements over a copy of these spans, made once. A rule whose shared statement fails runs by itself.
 */
export function createRulePass({ store, database, window, analyses, starts, limits }: RulePassOptions) {
  const bounds = { from: timestampText(window.from), to: timestampText(window.to) };
  const turn = createTurns(SIDE_BY_SIDE);
  let waiting: Call[] = [];
  let readers: Reader[] = [];

  function soon(): void {
    if (waiting.length + readers.length === 1) setImmediate(flush);
  }

  function ask(rule: TriggeredRule, sql: string, params: Record<string, unknown>, cost: RuleCost): Promise<RuleRows> {
    return new Promise((resolve, reject) => {
      waiting.push({ sql, ...triggerOf(rule, sql), params, cost, resolve, reject });
      soon();
    });
  }

  async function flush(): Promise<void> {
    const calls = waiting;
    const reading = readers;
    waiting = [];
    readers = [];
    try {
      const met = await triggered(calls);
      for (const call of calls) {
        if (met.has(call)) continue;
        call.cost.skipped += 1;
        call.resolve({ rows: [], rowsRead: 0 });
      }
      const shareable = [...met].filter((call) => analysisOf(call.sql).sharedColumns !== undefined);
      const shared = shareable.length + reading.length > 1 ? shareable : [];
      const alone = [...met].filter((call) => !shared.includes(call));
      await Promise.all([runShared(shared, reading), ...alone.map(runAlone)]);
    } catch (error) {
      for (const call of calls) call.reject(error);
    } finally {
      for (const reader of reading) reader.resolve(undefined);
    }
  }

  function analysisOf(sql: string): RuleQueryAnalysis {
    const known = analyses.get(sql);
    if (known) return known;
    if (analyses.size >= MOST_ANALYSES) analyses.clear();
    const analysis = analyseRuleQuery(sql);
    analyses.set(sql, analysis);
    return analysis;
  }

  /** What the rule says is believed when it can be read; else what its query shows. */
  function triggerOf({ metadata: { trigger } }: TriggeredRule, sql: string): Pick<Call, 'trigger' | 'told'> {
    const told = trigger !== undefined && isTrigger(trigger);
    return { trigger: told ? `(${trigger})` : analysisOf(sql).trigger, told };
  }

  /** The calls whose triggers some span of the window meets, and those without a trigger. */
  async function triggered(calls: readonly Call[]): Promise<Set<Call>> {
    const met = new Set<Call>();
    const guarded: Call[] = [];
    for (const call of calls) {
      if (call.trigger === undefined) met.add(call);
      else guarded.push(call);
    }
    // Of a single rule a trigger that its query shows costs as much as the query; one that the rule says itself stands for more.
    if (guarded.length === 1 && !guarded[0]!.told) met.add(guarded[0]!);
    else for (const group of groupsOf(guarded, TRIGGERS_AT_ONCE)) for (const call of await anyMet(group)) met.add(call);
    return met;
  }

  async function anyMet(calls: readonly Call[]): Promise<readonly Call[]> {
    const triggers = calls.map((call, n) => withParameterPrefix(call.trigger!, `p${n}_`));
    const started = performance.now();
    try {
      const [row] = await store.query<{ met: number[] }>(
        `SELECT maxForEach([${triggers.map((trigger) => `toUInt8(${trigger})`).join(', ')}]) AS met FROM otel_traces
         WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)}`,
        parametersOf(calls),
        { database, settings: { ...limits, max_threads: 1, readonly: 1 } },
      );
      share(calls, performance.now() - started);
      return calls.filter((_, n) => row?.met[n] === 1);
    } catch (error) {
      if (isCoded(error, 'STORE_UNAVAILABLE', 'DISK_FULL')) throw error;
      // One of them can't be asked like this: the queries themselves decide.
      return calls;
    }
  }

  async function runShared(calls: readonly Call[], reading: readonly Reader[]): Promise<void> {
    if (calls.length + reading.length < 2) return void (await Promise.all(calls.map(runAlone)));
    const table = `pass_${randomUUID().replaceAll('-', '')}`;
    const columns = new Set<string>(SESSION_KEY_COLUMNS);
    for (const call of calls) for (const column of analysisOf(call.sql).sharedColumns!) columns.add(column);
    for (const reader of reading) for (const column of reader.columns) columns.add(column);
    try {
      const started = performance.now();
      const held = await copySpans({ store, database, table, columns: [...columns].sort(), window, starts });
      share(calls, performance.now() - started);
      if (!held) return void (await Promise.all(calls.map(runAlone)));
      for (const reader of reading) reader.resolve(table);
      for (const group of groupsOf(calls, QUERIES_AT_ONCE)) await runTogether(group, table);
      await Promise.all(reading.map((reader) => reader.done));
    } catch {
      // No copy to be had: on a cluster, whose nodes do not see each other's memory, for one.
      await Promise.all(calls.map(runAlone));
    } finally {
      await store.command(`DROP TABLE IF EXISTS ${table}`, {}, { database }).catch(() => undefined);
    }
  }

  /** Several queries as one statement; when it fails, half of them each, down to the one that is to blame. */
  async function runTogether(calls: readonly Call[], table: string): Promise<void> {
    const sql = calls
      .map(
        (call, n) =>
          `SELECT ${n} AS n, toJSONString(tuple(*)) AS found FROM (${overSharedSpans(call.sql, table, `p${n}_`)})`,
      )
      .join('\nUNION ALL\n');
    const started = performance.now();
    let answer: { rows: { n: number; found: string }[]; rowsRead: number };
    try {
      answer = await store.measure(sql, parametersOf(calls), {
        database,
        settings: {
          ...limits,
          max_threads: 1,
          enable_named_columns_in_function_tuple: 1,
          output_format_json_quote_64bit_integers: 1,
          readonly: 1,
        },
      });
    } catch {
      if (calls.length === 1) return runAlone(calls[0]!);
      const half = Math.ceil(calls.length / 2);
      await runTogether(calls.slice(0, half), table);
      return runTogether(calls.slice(half), table);
    }
    share(calls, performance.now() - started);
    const rowsRead = Math.round(answer.rowsRead / calls.length);
    const found = Map.groupBy(answer.rows, (row) => row.n);
    await Promise.all(
      calls.map((call, n) => {
        const rows = (found.get(n) ?? []).map((row) => JSON.parse(row.found) as Record<string, unknown>);
        // Columns without names of their own come as a list.
        if (rows.some(Array.isArray)) return runAlone(call);
        call.cost.ran += 1;
        return call.resolve({ rows, rowsRead });
      }),
    );
  }

  async function runAlone(call: Call): Promise<void> {
    await turn(async () => {
      const started = performance.now();
      try {
        const { rows, rowsRead } = await store.measure<Record<string, unknown>>(
          call.sql,
          { ...call.params, ...bounds },
          { database, settings: { ...limits, max_threads: 2, readonly: 1 } },
        );
        call.resolve({ rows, rowsRead });
      } catch (error) {
        call.reject(overBudget(error) ?? error);
      } finally {
        call.cost.ran += 1;
        call.cost.elapsedMs += performance.now() - started;
      }
    });
  }

  async function* readSessions(columns: readonly SessionColumn[], cost: RuleCost): AsyncGenerator<Session> {
    const done = Promise.withResolvers<void>();
    try {
      const table = await new Promise<string | undefined>((resolve) => {
        readers.push({ columns, resolve, done: done.promise });
        soon();
      });
      yield* inTurn(turn, cost, () => sessionsTouched(store, database, window, columns, table));
    } finally {
      done.resolve();
    }
  }

  function parametersOf(calls: readonly Call[]): Record<string, unknown> {
    const params: Record<string, unknown> = { ...bounds };
    calls.forEach((call, n) => {
      for (const [name, value] of Object.entries(call.params)) {
        if (name !== 'from' && name !== 'to') params[`p${n}_${name}`] = value;
      }
    });
    return params;
  }

  return {
    /** The reads of one rule, and what they cost. */
    forRule(rule: TriggeredRule) {
      const cost: RuleCost = { elapsedMs: 0, ran: 0, skipped: 0 };
      return {
        cost,
        runSql: (sql: string, params: Record<string, unknown>): Promise<RuleRows> => ask(rule, sql, params, cost),
        sessionsTouched: (_: Window, columns: readonly SessionColumn[]): AsyncIterable<Session> =>
          readSessions(columns, cost),
      };
    },
  };
}

export type RulePass = ReturnType<typeof createRulePass>;

function share(calls: readonly Call[], elapsedMs: number): void {
  for (const call of calls) call.cost.elapsedMs += elapsedMs / calls.length;
}

function groupsOf<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, n) => items.slice(n * size, (n + 1) * size));
}

/** Iterates while holding a turn. */
async function* inTurn<T>(turn: Turns, cost: RuleCost, iterate: () => AsyncIterable<T>): AsyncGenerator<T> {
  const started = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const held = turn(async () => {
    started.resolve();
    await ended.promise;
  });
  await started.promise;
  const begun = performance.now();
  try {
    yield* iterate();
  } finally {
    cost.ran += 1;
    cost.elapsedMs += performance.now() - begun;
    ended.resolve();
    await held;
  }
}
