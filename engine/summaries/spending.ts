import type { Clock } from '../core/clock.ts';
import { createBudget, type Limits, type Reservation, type Scope, type Usage } from './budget.ts';
import type { CallLedger } from './call-ledger.ts';
import { NoAnswer } from './no-answer.ts';
import type { Spend } from './spend.ts';

/** Scopes that time opens again. */
export type Period = Exclude<Scope, 'subject'>;

export interface SpendingOptions {
  readonly ledger: Pick<CallLedger, 'spentByDay' | 'spentOn'>;
  readonly limits: Limits;
  readonly clock: Clock;
  /** Hears once of every stop. */
  readonly onStopped?: ((scope: Period) => void) | undefined;
}

/** An org's budget, which begins with what the ledger says was spent before. */
export interface Spending {
  /** Reads what was spent, on a subject too. Throws what the ledger throws. */
  learn(subject?: string): Promise<void>;
  /** Room for at most `most`, once there is. Throws NoAnswer `budget` or `session_budget` when a limit stops it. */
  reserve(subject: string, most: Spend): Promise<Reservation>;
  status(): { readonly limits: Limits; readonly day: Usage; readonly month: Usage; readonly stopped: Period | '' };
  /** Forgets what was spent, so that it is read again. */
  reload(): void;
}

export function createSpending({ ledger, limits, clock, onStopped }: SpendingOptions): Spending {
  const budget = createBudget(limits, clock);
  let loaded: Promise<void> | undefined;
  let stop: { readonly scope: Period; readonly period: string } | undefined;

  async function load(): Promise<void> {
    const since = `${new Date(clock()).toISOString().slice(0, 7)}-01`;
    budget.learnDays(await ledger.spentByDay(since));
  }

  async function learnDays(): Promise<void> {
    loaded ??= load();
    const loading = loaded;
    await loading.catch((error: unknown) => {
      if (loaded === loading) loaded = undefined;
      throw error;
    });
  }

  async function learnSubject(subject: string): Promise<void> {
    if (budget.knows(subject)) return;
    const spent = await ledger.spentOn(subject);
    // Meanwhile another question about it may have begun, and what it spends is in the account.
    if (!budget.knows(subject)) budget.learn(subject, spent);
  }

  async function reserve(subject: string, most: Spend): Promise<Reservation> {
    for (;;) {
      const verdict = budget.reserve(subject, most);
      if (verdict.state === 'wait') {
        await verdict.settled;
        continue;
      }
      if (verdict.state === 'reserved') {
        stop = undefined;
        return verdict.reservation;
      }
      const { scope } = verdict;
      if (scope === 'subject') throw new NoAnswer('session_budget');
      const { period } = budget.usage()[scope];
      const known = stop?.scope === scope && stop.period === period;
      stop = { scope, period };
      if (!known) onStopped?.(scope);
      throw new NoAnswer('budget');
    }
  }

  /** The scope whose limit stops calls at this moment; what a day's end lifted does not. */
  function stoppedBy(): Period | '' {
    if (stop === undefined) return '';
    return budget.usage()[stop.scope].period === stop.period ? stop.scope : '';
  }

  return {
    learn: async (subject) => {
      await learnDays();
      if (subject !== undefined) await learnSubject(subject);
    },
    reserve,
    status: () => ({ limits, ...budget.usage(), stopped: stoppedBy() }),
    reload: () => {
      loaded = undefined;
    },
  };
}
