import type { Clock } from '../core/clock.ts';
import type { Spend } from './spend.ts';

/** `subject` is one session or alert, over all its calls; days and months are UTC, of one org. */
export const SCOPES = ['subject', 'day', 'month'] as const;
export type Scope = (typeof SCOPES)[number];

/** What may be spent in each scope. 0 of `usd` is no limit in money; 0 tokens stops all calls. */
export type Limits = Readonly<Record<Scope, { readonly tokens: number; readonly usd: number }>>;

export interface Reservation {
  /** What was really spent takes the place of what was reserved. */
  settle(spent: Spend): void;
}

export type Verdict =
  | { readonly state: 'reserved'; readonly reservation: Reservation }
  /** It fits once others have settled for less than they reserved. */
  | { readonly state: 'wait'; readonly settled: Promise<void> }
  | { readonly state: 'stopped'; readonly scope: Scope };

interface Account {
  settled: Spend;
  reserved: Spend;
}

export interface Usage {
  readonly period: string;
  readonly settled: Spend;
  readonly reserved: Spend;
}

export interface Budget {
  /** Room for at most `most`. Decides at once, with no await inside, so calls side by side can't both take the last of it. */
  reserve(subject: string, most: Spend): Verdict;
  /** Whether what is known of a subject is kept: while it is, nothing need be read. */
  knows(subject: string): boolean;
  /** Takes over what was spent before. */
  learn(subject: string, spent: Spend): void;
  /** The same for days (`2026-11-21`). What is reserved at this moment stays. */
  learnDays(days: readonly { readonly day: string; readonly spent: Spend }[]): void;
  usage(): { readonly day: Usage; readonly month: Usage };
}

const NOTHING: Spend = { tokens: 0, nanoUsd: 0 };
/** Subjects whose spending is remembered, beyond those with calls under way. */
const MOST_SUBJECTS = 1_000;

/**
 * Spending limits with reserve and settle: a call begins only when the most that it can cost fits into every scope, so the sum of
 * what is settled never passes a limit, not even by a token or with many calls at once.
 */
export function createBudget(limits: Limits, clock: Clock): Budget {
  const subjects = new Map<string, Account>();
  const periods = new Map<string, Account>();
  let waiting: (() => void)[] = [];

  const account = (of: Map<string, Account>, key: string): Account => {
    let found = of.get(key);
    if (found === undefined) {
      found = { settled: NOTHING, reserved: NOTHING };
      of.set(key, found);
    }
    return found;
  };
  const dayOf = () => new Date(clock()).toISOString().slice(0, 10);

  function forgetSome(): void {
    for (const [subject, { reserved }] of subjects) {
      if (subjects.size <= MOST_SUBJECTS) return;
      if (reserved.tokens === 0) subjects.delete(subject);
    }
  }

  return {
    reserve(subject, most) {
      const day = dayOf();
      const accounts: Record<Scope, Account> = {
        subject: account(subjects, subject),
        day: account(periods, day),
        month: account(periods, day.slice(0, 7)),
      };
      const never = SCOPES.find((scope) => !fits(add(accounts[scope].settled, most), limits[scope]));
      if (never !== undefined) return { state: 'stopped', scope: never };
      const held = ({ settled, reserved }: Account) => add(settled, reserved);
      if (SCOPES.some((scope) => !fits(add(held(accounts[scope]), most), limits[scope]))) {
        return { state: 'wait', settled: new Promise((resolve) => waiting.push(resolve)) };
      }
      for (const scope of SCOPES) accounts[scope].reserved = add(accounts[scope].reserved, most);
      let open = true;
      const settle = (spent: Spend) => {
        if (!open) return;
        open = false;
        // To the day and month of the reservation, also when it has become tomorrow.
        for (const scope of SCOPES) {
          accounts[scope].reserved = subtract(accounts[scope].reserved, most);
          accounts[scope].settled = add(accounts[scope].settled, spent);
        }
        forgetSome();
        const woken = waiting;
        waiting = [];
        for (const wake of woken) wake();
      };
      return { state: 'reserved', reservation: { settle } };
    },
    knows: (subject) => subjects.has(subject),
    learn: (subject, spent) => {
      account(subjects, subject).settled = spent;
    },
    learnDays: (days) => {
      for (const known of periods.values()) known.settled = NOTHING;
      for (const { day, spent } of days) {
        for (const key of [day, day.slice(0, 7)]) {
          const of = account(periods, key);
          of.settled = add(of.settled, spent);
        }
      }
    },
    usage: () => {
      const of = (period: string): Usage => ({ period, ...account(periods, period) });
      return { day: of(dayOf()), month: of(dayOf().slice(0, 7)) };
    },
  };
}

function fits({ tokens, nanoUsd }: Spend, limit: { readonly tokens: number; readonly usd: number }): boolean {
  return tokens <= limit.tokens && (limit.usd === 0 || nanoUsd <= limit.usd * 1e9);
}

function add(a: Spend, b: Spend): Spend {
  return { tokens: a.tokens + b.tokens, nanoUsd: a.nanoUsd + b.nanoUsd };
}

function subtract(a: Spend, b: Spend): Spend {
  return { tokens: a.tokens - b.tokens, nanoUsd: a.nanoUsd - b.nanoUsd };
}
