import type { Rule } from '../core/rule.ts';
import type { Window } from '../core/window.ts';

/** What one evaluation, or a minute of uneventful ones, leaves in the run ledger. */
export interface RunRecord {
  readonly rule: Rule;
  readonly window: Window;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** Mean of the runs. Of statements that several rules shared, this rule's part. */
  readonly durationMs: number;
  readonly rowsRead: number;
  readonly totalHits: number;
  readonly truncated: boolean;
  readonly filledIn: boolean;
  /** '' when it went well. */
  readonly error: string;
  readonly runs: number;
}

/** At an interval of three seconds, a row a run would be 28,800 rows a rule and day that say nothing. */
const UNEVENTFUL_FOR_MS = 60_000;

/** Gathers runs until they are written. Uneventful ones of a rule become one entry a minute. */
export function createRunLedger() {
  const eventful: RunRecord[] = [];
  const quiet = new Map<string, RunRecord>();

  return {
    add(run: RunRecord): void {
      const uneventful = run.totalHits === 0 && run.error === '' && !run.filledIn;
      if (!uneventful) eventful.push(run);
      else quiet.set(run.rule.id, joined(quiet.get(run.rule.id), run));
    },
    /** Takes what is to be written now; with `all` also the minutes that are not over yet. `now` is in milliseconds since 1970. */
    take(now: number, all = false): RunRecord[] {
      const taken = eventful.splice(0);
      for (const [id, run] of quiet) {
        // A clock that was set back must not hold an entry for ever.
        if (!all && Math.abs(now - run.startedAt) < UNEVENTFUL_FOR_MS) continue;
        taken.push(run);
        quiet.delete(id);
      }
      return taken;
    },
  };
}

function joined(before: RunRecord | undefined, run: RunRecord): RunRecord {
  if (before === undefined || before.rule.metadata.version !== run.rule.metadata.version) return run;
  const runs = before.runs + run.runs;
  return {
    ...before,
    window: { from: before.window.from, to: run.window.to },
    durationMs: (before.durationMs * before.runs + run.durationMs * run.runs) / runs,
    rowsRead: before.rowsRead + run.rowsRead,
    runs,
  };
}
