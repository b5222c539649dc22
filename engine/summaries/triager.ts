import type { Alert } from '../core/alert.ts';
import type { Clock } from '../core/clock.ts';
import { forEachLimited } from '../core/for-each-limited.ts';
import { timestampText } from '../core/timestamp.ts';
import type { StoredTriage } from '../core/triage.ts';
import type { TriageSource, TriageState } from '../core/triage-source.ts';
import { storedMaking } from './making.ts';
import type { ModelDoor } from './model-door.ts';
import { NoAnswer } from './no-answer.ts';
import { triageAlert } from './triage-alert.ts';

/** What triage needs of the store, bound to one org. It can write its own table and nothing else. */
export interface TriageStore {
  /** Alerts of which something changed since then, microseconds since 1970. */
  changed(since: number): Promise<readonly string[]>;
  /** Of those that are not closed. */
  states(ids: readonly string[]): Promise<readonly TriageState[]>;
  source(alert: Alert): Promise<TriageSource>;
  save(triage: StoredTriage): Promise<void>;
}

export interface TriagerOptions {
  readonly store: TriageStore;
  readonly door: ModelDoor;
  readonly clock: Clock;
  readonly enabled: () => Promise<boolean>;
  /** Tokens of an alert's spans that a model is shown, about. */
  readonly tokens: number;
  readonly sideBySide: number;
  /** Throws when another process may work on the org. */
  readonly assertHeld: () => void;
  readonly onFailure: (error: unknown) => void;
}

/** The first look goes so far back. */
const BACKLOG_MS = 7 * 86_400_000;
/** Looks overlap by this, for clocks of several machines. */
const OVERLAP_MS = 120_000;
const ALERTS_A_LOOK = 100;
/** An alert that goes on matching is looked at again so often, and no sooner than after this. */
const LIMITS = { revisions: 5, pauseMs: 600_000 } as const;

/**
 * Gives every open alert a first look, each version of it once; a version changes with late evidence and with its session's summary.
 * What is due follows from what is stored, so a crash loses nothing. One look at a time.
 */
export function createTriager(options: TriagerOptions): { tick(signal: AbortSignal): Promise<void> } {
  const { store, door, clock } = options;
  let from: number | undefined;
  /** Alerts that changed and are not done. */
  const waiting = new Set<string>();

  async function triageOne({ alert, version, triage: before }: TriageState, signal: AbortSignal): Promise<void> {
    options.assertHeld();
    const made = await triageAlert(await store.source(alert), door, { tokens: options.tokens, signal });
    options.assertHeld();
    await store.save({
      ...made.triage,
      alert_id: alert.id,
      // Later than the one before whatever the clock did, or that would stay in place.
      made_at: timestampText(Math.max(clock() * 1_000, (before?.madeAt ?? 0) + 1)),
      alert_version: version,
      revision: (before?.revision ?? 0) + 1,
      rank: made.rank,
      ...storedMaking(made),
    });
    waiting.delete(alert.id);
  }

  return {
    async tick(signal) {
      options.assertHeld();
      if (!(await options.enabled())) return;
      const now = clock();
      for (const id of await store.changed((from ?? now - BACKLOG_MS) * 1_000)) waiting.add(id);
      from = now - OVERLAP_MS;
      const states = await store.states([...waiting]);
      const open = new Set(states.map(({ alert }) => alert.id));
      const due: TriageState[] = [];
      for (const id of waiting) if (!open.has(id)) waiting.delete(id);
      for (const state of states) {
        const { triage, version, alert } = state;
        if (triage?.version === version || (triage?.revision ?? 0) >= LIMITS.revisions) waiting.delete(alert.id);
        else if (triage === undefined || now - triage.madeAt / 1_000 >= LIMITS.pauseMs) due.push(state);
      }
      await forEachLimited(due.slice(0, ALERTS_A_LOOK), options.sideBySide, async (state) => {
        if (signal.aborted) return;
        try {
          await triageOne(state, signal);
        } catch (error) {
          // It stays waiting: the provider may be there at the next look.
          if (!(error instanceof NoAnswer) && !signal.aborted) options.onFailure(error);
        }
      });
    },
  };
}
