import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Diagnostics } from './alerts/diagnostics.ts';
import type { Store } from './clickhouse/store.ts';
import { alertsToTriage, insertAlertTriage, readTriageStates } from './clickhouse/tables/alert-triage.ts';
import { insertLlmCall, llmSpentByDay, llmSpentOn } from './clickhouse/tables/llm-calls.ts';
import { readModelPasses } from './clickhouse/tables/model-passes.ts';
import { readSessionStates, touchedSessions } from './clickhouse/tables/session-states.ts';
import { insertSessionSummary } from './clickhouse/tables/session-summaries.ts';
import { readSummarySource } from './clickhouse/tables/summary-sources.ts';
import { readTriageSource } from './clickhouse/tables/triage-sources.ts';
import type { Clock } from './core/clock.ts';
import { CodedError } from './core/errors.ts';
import { orgDatabase } from './core/org.ts';
import type { SummarySource } from './core/summary-source.ts';
import type { ModelSettingsBook } from './model-settings-book.ts';
import { createRedactor, type Redactor } from './redaction/redactor.ts';
import type { RedactionSettingsBook } from './redaction-settings-book.ts';
import type { Limits } from './summaries/budget.ts';
import type { GateLimits } from './summaries/call-gate.ts';
import { type CompareOptions, type Comparison, compareSummaries, type Side } from './summaries/compare-summaries.ts';
import { createModelDoor, type DoorStatus, type ModelDoor } from './summaries/model-door.ts';
import type { ModelMetrics } from './summaries/model-metrics.ts';
import type { OpenModel } from './summaries/open-model.ts';
import { withPersonalDataPass } from './summaries/personal-data-pass.ts';
import { createSummariser, type Summariser } from './summaries/summariser.ts';
import { createTriager } from './summaries/triager.ts';
import { answerRequests, askEngine } from './summary-requests.ts';

/** How sessions are summarised, for all orgs alike. */
export interface SummarySettings {
  readonly models: ModelSettingsBook;
  readonly redaction: RedactionSettingsBook;
  readonly limits: Limits;
  readonly gate: GateLimits;
  readonly timeoutMs: number;
  readonly idleMs: number;
  readonly transcriptTokens: number;
  /** The model that tags personal data; undefined when there is none. */
  readonly personalDataModel: () => Promise<OpenModel | undefined>;
  readonly metrics?: ModelMetrics | undefined;
}

/** Summaries of one org's sessions and its door to language models. */
export interface OrgSummaries extends Pick<Summariser, 'run'> {
  /** Summarises what is over by now, and does the runs that other processes asked for. */
  tick(): Promise<void>;
  readonly door: ModelDoor;
  /** What was spent, also where another process spends it. */
  status(): Promise<DoorStatus>;
  /** Ends what is under way; what was not done is due again. */
  stop(): Promise<void>;
  /** The latest sessions since (microseconds since 1970), summarised both ways. */
  compare(
    sides: { readonly a: Side; readonly b: Side },
    which: { readonly since: number; readonly limit: number },
    how: Pick<CompareOptions, 'signal' | 'onProgress'>,
  ): Promise<Comparison>;
}

export interface OrgSummariesOptions {
  readonly org: string;
  readonly store: Store;
  readonly clock: Clock;
  readonly settings: SummarySettings;
  readonly assertHeld: () => void;
  /** Tells sessions that are none of the org's traffic. */
  readonly isNobodys: (sessionId: string) => boolean;
  readonly log: Diagnostics;
}

export function createOrgSummaries(options: OrgSummariesOptions): OrgSummaries {
  const { org, store, clock, settings, assertHeld, isNobodys, log } = options;
  const database = orgDatabase(org);
  const stopping = new AbortController();
  let triaging: Promise<void> | undefined;
  const isHeld = (): boolean => {
    try {
      assertHeld();
      return true;
    } catch {
      return false;
    }
  };
  const touched = async (window: { from: number; to: number }) =>
    (await touchedSessions(store, database, window)).filter(({ id }) => !isNobodys(id));
  const guarded = createModelDoor({
    open: (purpose) => (purpose === 'personal_data' ? settings.personalDataModel() : settings.models.open(org)),
    redactor: redactorOf(org, settings.redaction),
    ledger: {
      record: (call) => insertLlmCall(store, database, call),
      spentByDay: (since) => llmSpentByDay(store, database, since),
      spentOn: (subject) => llmSpentOn(store, database, subject),
    },
    limits: settings.limits,
    gate: settings.gate,
    timeoutMs: settings.timeoutMs,
    clock,
    elapsed: () => performance.now(),
    sleep: (ms, signal) => sleep(ms, undefined, { signal, ref: false }).catch(() => undefined),
    random: Math.random,
    nonce: () => randomBytes(12).toString('hex'),
    assertHeld,
    onCall: (call) => settings.metrics?.called(org, call),
    onStopped: (scope) => log.warn({ org, scope }, 'the budget for language models is spent: no more calls for now'),
  });
  const passes = () => readModelPasses(store, database);
  const door = withPersonalDataPass(guarded, async () => (await passes()).personal_data);
  settings.metrics?.watch(org, async () => (await door.status()).stopped !== '');
  const summariser = createSummariser({
    store: {
      touched,
      states: (ids) => readSessionStates(store, database, ids),
      source: (id) => readSummarySource(store, database, id),
      save: (summary) => insertSessionSummary(store, database, summary),
    },
    door,
    clock,
    idleMs: settings.idleMs,
    transcriptTokens: settings.transcriptTokens,
    sideBySide: settings.gate.concurrency,
    assertHeld,
    onFailure: (error) =>
      log.error({ org, error: error instanceof Error ? error.name : 'unknown' }, 'a session could not be summarised'),
  });
  const triager = createTriager({
    store: {
      changed: (since) => alertsToTriage(store, database, since),
      states: (ids) => readTriageStates(store, database, ids),
      source: (alert) => readTriageSource(store, database, alert),
      save: (triage) => insertAlertTriage(store, database, triage),
    },
    door,
    clock,
    enabled: async () => (await passes()).triage,
    tokens: settings.transcriptTokens / 2,
    sideBySide: settings.gate.concurrency,
    assertHeld,
    onFailure: (error) =>
      log.error({ org, error: error instanceof Error ? error.name : 'unknown' }, 'an alert could not be triaged'),
  });
  return {
    door,
    tick: async () => {
      // Alerts first: a backlog of sessions must not hold them up.
      triaging ??= triager.tick(stopping.signal).finally(() => {
        triaging = undefined;
      });
      await triaging;
      await summariser.tick(stopping.signal);
      const elapsed = () => performance.now();
      await answerRequests({ store, database, elapsed }, summariser.run, stopping.signal);
    },
    run: (wish, onProgress, signal) => {
      const either = AbortSignal.any([signal, stopping.signal]);
      return isHeld()
        ? summariser.run(wish, onProgress, either)
        : askEngine({ store, database, clock }, wish, onProgress, either);
    },
    status: () => {
      if (!isHeld()) door.reload();
      return door.status();
    },
    stop: async () => {
      stopping.abort();
      await triaging?.catch(() => undefined);
      await summariser.idle();
    },
    compare: async (sides, { since, limit }, { signal, onProgress }) => {
      if (!isHeld()) throw new CodedError('CONFLICT', 'Comparisons are made by a process that is also the engine');
      const sessions = await touched({ from: since, to: clock() * 1_000 + 1 });
      const sources: SummarySource[] = [];
      for (const { id } of sessions.toReversed().slice(0, limit)) {
        const source = await readSummarySource(store, database, id);
        if (source) sources.push(source);
      }
      const { transcriptTokens } = settings;
      return compareSummaries(sources, sides, {
        door,
        transcriptTokens,
        signal: AbortSignal.any([signal, stopping.signal]),
        onProgress,
      });
    },
  };
}

/** The org's redactor under its policy as it is now. */
function redactorOf(org: string, book: RedactionSettingsBook): () => Promise<(text: string) => string> {
  let known: { readonly revision: string; readonly redactor: Redactor } | undefined;
  return async () => {
    const settings = await book.of(org);
    if (known?.revision !== settings.revision) {
      known = { revision: settings.revision, redactor: createRedactor(settings) };
    }
    const { redactor } = known;
    return (text) => redactor.redactText(text).text;
  };
}
