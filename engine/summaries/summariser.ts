import type { Clock } from '../core/clock.ts';
import { forEachLimited } from '../core/for-each-limited.ts';
import type { StoredSummary } from '../core/session-summary.ts';
import type { SessionState, SummarySource } from '../core/summary-source.ts';
import { timestampText } from '../core/timestamp.ts';
import { EXTRACTIVE_HASH, type MadeSummary, makeSummary, summaryPromptHash } from './make-summary.ts';
import { storedMaking } from './making.ts';
import type { ModelDoor } from './model-door.ts';
import { NoAnswer } from './no-answer.ts';

/** What the summariser needs of the store, bound to one org. */
export interface SummaryStore {
  /** Sessions with spans ingested in the half-open window, microseconds since 1970. */
  touched(window: {
    from: number;
    to: number;
  }): Promise<readonly { readonly id: string; readonly lastIngested: number; readonly ended: boolean }[]>;
  states(ids: readonly string[]): Promise<readonly SessionState[]>;
  source(id: string): Promise<SummarySource | undefined>;
  save(summary: StoredSummary): Promise<void>;
}

export interface SummariserOptions {
  readonly store: SummaryStore;
  readonly door: ModelDoor;
  readonly clock: Clock;
  /** A session without spans for this long is over. */
  readonly idleMs: number;
  readonly transcriptTokens: number;
  /** Sessions worked on at a time. */
  readonly sideBySide: number;
  /** Throws when another process may work on the org. */
  readonly assertHeld: () => void;
  readonly onFailure: (error: unknown) => void;
}

export interface RunWish {
  /** Sessions with spans ingested since then, microseconds since 1970. */
  readonly since: number;
  /** These alone. */
  readonly ids?: readonly string[] | undefined;
  /** Also those whose summary is up to date. */
  readonly force?: boolean | undefined;
  readonly model?: string | undefined;
}

/** How far a run has come. */
export interface RunProgress {
  readonly sessions: number;
  readonly done: number;
  readonly byModel: number;
  /** Left for later: the provider failed or is paused. */
  readonly postponed: number;
  /** Stopped by the budget, summarised without a model meanwhile. */
  readonly overBudget: number;
  readonly failed: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number;
}

export interface Summariser {
  /** Summarises what is over by now. One look at a time. */
  tick(signal: AbortSignal): Promise<void>;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
  /** Summarises by wish, sessions that are still open included. Interrupted, it goes on where it stopped when asked again. */
  run(wish: RunWish, onProgress: (progress: RunProgress) => void, signal: AbortSignal): Promise<RunProgress>;
}

/** The first look goes so far back; who starts after a longer pause asks for a run. */
const BACKLOG_MS = 7 * 86_400_000;
/** Spans of one session come in batches: after its end event the others are waited for. */
const AFTER_END_MS = 15_000;
/** Looks overlap by this, for clocks of several receivers. */
const OVERLAP_MS = 120_000;
/** A bound of memory; sessions beyond it are found by a run, or after a start. */
const MOST_OVER_BUDGET = 20_000;
/** Sessions of one look, so that a run is not held up behind a long backlog. */
const SESSIONS_A_LOOK = 200;

/**
 * Summarises an org's sessions, each version of a session once. What is to be done follows from what is stored, so nothing is lost
 * by a crash and no queue is kept: a session is due while its summary is not of its spans as they are.
 */
export function createSummariser(options: SummariserOptions): Summariser {
  const { store, door, clock, idleMs } = options;
  let work = Promise.resolve();
  let from: number | undefined;
  /** Sessions that were due and are not done. */
  const waiting = new Set<string>();
  /** Sessions of the window that are done, with their last span: they need not be looked at again. */
  let done = new Map<string, number>();
  /** Sessions that the budget left without a model; they are due again on another day. */
  const overBudget = { day: 0, ids: new Set<string>() };

  /** One thing at a time: lists of what is due are then never stale. */
  function alone<Result>(task: () => Promise<Result>): Promise<Result> {
    const result = work.then(task);
    work = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }

  async function look(signal: AbortSignal): Promise<void> {
    options.assertHeld();
    const now = clock();
    const begin = from ?? now - BACKLOG_MS;
    const touched = await store.touched({ from: begin * 1_000, to: now * 1_000 + 1 });
    done = new Map(
      touched.flatMap(({ id, lastIngested }) => (done.get(id) === lastIngested ? [[id, lastIngested]] : [])),
    );
    const over = touched.filter(({ lastIngested, ended }) => isOver(lastIngested, ended, now));
    for (const { id } of over) if (!done.has(id)) waiting.add(id);
    if (overBudget.day !== dayOf(now)) {
      for (const id of overBudget.ids) waiting.add(id);
      overBudget.ids.clear();
      overBudget.day = dayOf(now);
    }
    // One that is open now is seen again: its last span is younger than this.
    from = now - Math.max(idleMs, AFTER_END_MS) - OVERLAP_MS;
    const due: SessionState[] = [];
    for (const state of await store.states([...waiting])) {
      const open = !isOver(state.lastIngested, state.ended, now);
      const again = state.summary?.fallback === 'budget' && dayOf(state.summary.madeAt / 1_000) !== dayOf(now);
      if (open) waiting.delete(state.id);
      else if (state.summary?.version === state.version && !again) {
        waiting.delete(state.id);
        done.set(state.id, state.lastIngested);
        if (state.summary.fallback === 'budget') leaveForAnotherDay(state.id);
      } else due.push(state);
    }
    const ids = new Set(due.map(({ id }) => id));
    for (const id of waiting) if (!ids.has(id)) waiting.delete(id);
    await summarise(due.slice(0, SESSIONS_A_LOOK), {}, () => undefined, signal);
  }

  function leaveForAnotherDay(id: string): void {
    if (overBudget.ids.size < MOST_OVER_BUDGET) overBudget.ids.add(id);
  }

  function isOver(lastIngested: number, ended: boolean, now: number): boolean {
    const quiet = now - lastIngested / 1_000;
    return quiet >= idleMs || (ended && quiet >= AFTER_END_MS);
  }

  async function summarise(
    due: readonly SessionState[],
    { model }: Pick<RunWish, 'model'>,
    onProgress: (progress: RunProgress) => void,
    signal: AbortSignal,
  ): Promise<RunProgress> {
    let progress: RunProgress = { ...NO_PROGRESS, sessions: due.length };
    const add = (more: Partial<RunProgress>) => {
      progress = plus(progress, more);
      onProgress(progress);
    };
    let unavailable = false;
    await forEachLimited(due, options.sideBySide, async (state) => {
      if (signal.aborted) return;
      if (unavailable) return add({ postponed: 1 });
      try {
        const made = await summariseOne(state, model, signal);
        waiting.delete(state.id);
        if (made?.fallback === 'budget') leaveForAnotherDay(state.id);
        if (made) {
          const { inputTokens, outputTokens, costUsd } = made;
          const byModel = Number(made.calls > 0);
          add({
            done: 1,
            byModel,
            overBudget: Number(/budget/.test(made.fallback)),
            inputTokens,
            outputTokens,
            costUsd,
          });
        } else add({ done: 1 });
      } catch (error) {
        if (signal.aborted) return;
        // The others would find the same: they stay due.
        if (error instanceof NoAnswer) {
          unavailable = true;
          return add({ postponed: 1 });
        }
        options.onFailure(error);
        add({ failed: 1 });
      }
    });
    return progress;
  }

  async function summariseOne(
    { id, version, summary: before }: SessionState,
    model: string | undefined,
    signal: AbortSignal,
  ): Promise<MadeSummary | undefined> {
    options.assertHeld();
    const source = await store.source(id);
    if (source === undefined) return undefined;
    const { transcriptTokens } = options;
    const made = await makeSummary(source, door, { purpose: 'summary', model, transcriptTokens, signal });
    options.assertHeld();
    await store.save(storedOf(id, version, before, made, clock()));
    return made;
  }

  return {
    idle: () => work,
    tick: (signal) => alone(() => look(signal)),
    run: (wish, onProgress, signal) =>
      alone(async () => {
        options.assertHeld();
        const ids =
          wish.ids ?? (await store.touched({ from: wish.since, to: clock() * 1_000 + 1 })).map((session) => session.id);
        const configured = await door.configured();
        const model = wish.model ?? configured?.model;
        const promptHash = configured ? summaryPromptHash() : EXTRACTIVE_HASH;
        const states = await store.states(ids);
        const due = states.filter(({ version, summary }) => {
          if (wish.force || summary === undefined || summary.version !== version || summary.fallback !== '')
            return true;
          return summary.promptHash !== promptHash || (configured !== undefined && summary.model !== model);
        });
        onProgress({ ...NO_PROGRESS, sessions: due.length });
        return summarise(due, wish, onProgress, signal);
      }),
  };
}

/** Another day has another budget. */
function dayOf(ms: number): number {
  return Math.floor(ms / 86_400_000);
}

const NO_PROGRESS: RunProgress = {
  sessions: 0,
  done: 0,
  byModel: 0,
  postponed: 0,
  overBudget: 0,
  failed: 0,
  inputTokens: 0,
  outputTokens: 0,
  costUsd: 0,
};

function plus(progress: RunProgress, more: Partial<RunProgress>): RunProgress {
  const entries = Object.entries(progress) as [keyof RunProgress, number][];
  return Object.fromEntries(entries.map(([key, value]) => [key, value + (more[key] ?? 0)])) as unknown as RunProgress;
}

function storedOf(
  id: string,
  version: string,
  before: SessionState['summary'],
  made: MadeSummary,
  now: number,
): StoredSummary {
  const isNew = before?.version !== version;
  return {
    ...made.summary,
    session_id: id,
    // Later than the one before whatever the clock did, or that would stay in place.
    made_at: timestampText(Math.max(now * 1_000, (before?.madeAt ?? 0) + 1)),
    session_version: version,
    revision: (before?.revision ?? 0) + Number(isNew),
    ...storedMaking(made),
  };
}
