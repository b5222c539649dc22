import type { StoredMaking } from './making.ts';

export const VERDICTS = ['likely_malicious', 'suspicious', 'likely_benign'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** Place in the queue, the highest first. What has no verdict yet stands with what is suspicious. */
export const RANKS: Readonly<Record<Verdict, number>> = { likely_malicious: 3, suspicious: 2, likely_benign: 1 };

/** A first look at an alert: it informs who decides, and decides nothing. */
export interface Triage {
  readonly verdict: Verdict;
  readonly reasoning: string;
  /** What a person should find out. */
  readonly questions: readonly string[];
  /** Spans of the alert that it rests on. */
  readonly evidence: readonly { readonly trace_id: string; readonly span_id: string }[];
  /** 0 to 1. */
  readonly confidence: number;
}

/** As it is stored. Times are DateTime64(6) text, UTC. */
export interface StoredTriage extends Triage, StoredMaking {
  readonly alert_id: string;
  readonly made_at: string;
  readonly alert_version: string;
  readonly revision: number;
  readonly rank: number;
}
