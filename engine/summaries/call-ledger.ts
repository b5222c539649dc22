import type { Spend } from './spend.ts';

export const PURPOSES = ['summary', 'triage', 'personal_data', 'evaluation'] as const;
export type Purpose = (typeof PURPOSES)[number];

export type CallOutcome =
  | 'reserved'
  | 'answered'
  | 'invalid'
  | 'throttled'
  | 'unavailable'
  | 'refused'
  | 'unreadable'
  | 'rejected'
  | 'misconfigured';

/**
 * One request to a provider. Written twice under one id: before it is sent, `reserved` with the most that it can cost, and after,
 * with what it did cost. One that stays reserved was under way when its process ended, and counts in full.
 */
export interface CallRecord {
  readonly id: string;
  readonly settled: boolean;
  /** Milliseconds since 1970; the day and month that it counts to. */
  readonly at: number;
  readonly purpose: Purpose;
  /** Session or alert. */
  readonly subject: string;
  readonly provider: string;
  readonly model: string;
  readonly promptHash: string;
  readonly outcome: CallOutcome;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Whether the provider named the tokens; else they are the most that it can have been. */
  readonly counted: boolean;
  readonly nanoUsd: number;
  readonly latencyMs: number;
}

/** Where calls are kept, of one org. */
export interface CallLedger {
  record(call: CallRecord): Promise<void>;
  /** By UTC day, of days from `since` (`2026-11-01`) on. */
  spentByDay(since: string): Promise<{ readonly day: string; readonly spent: Spend }[]>;
  spentOn(subject: string): Promise<Spend>;
}
