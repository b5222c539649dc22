import type { Clock } from '../core/clock.ts';
import type { Rule } from '../core/rule.ts';
import type { OrgPort } from './org-port.ts';
import { createRunLedger, type RunRecord } from './run-ledger.ts';

/** While a tick lasts, what was reached is written at most this often; milliseconds. */
const WRITE_EVERY_MS = 1_000;
/** Where no span comes the watermark moves in memory; it is written at least this often, microseconds. */
const WRITE_WATERMARK_EVERY = 60_000_000;

/** How far an org's rules came and what their runs took, until it is stored. `elapsed`: milliseconds on a clock that only goes forward. */
export function createRuleProgress(port: OrgPort, clock: Clock, elapsed: () => number) {
  const ledger = createRunLedger();
  /** Watermarks that are stored, and those that are ahead of it. */
  const written = new Map<string, number>();
  const ahead = new Map<string, number>();
  let wroteAt = Number.NEGATIVE_INFINITY;

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

  return {
    /** Takes over what is stored; microseconds since 1970. */
    learn: (marks: ReadonlyMap<string, number>): void => {
      for (const [id, micros] of marks) written.set(id, micros);
    },
    /** A rule came so far; `seen` when there was anything to look at. */
    reached: (rule: Rule, to: number, seen: boolean): void => {
      if (seen || to - (written.get(rule.id) ?? 0) > WRITE_WATERMARK_EVERY) ahead.set(rule.id, to);
    },
    addRun: (run: RunRecord): void => ledger.add(run),
    write,
    writeIfDue: async (): Promise<void> => {
      if (elapsed() - wroteAt > WRITE_EVERY_MS) await write();
    },
    forget: (): void => {
      ahead.clear();
      written.clear();
    },
  };
}
