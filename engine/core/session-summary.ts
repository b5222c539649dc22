import type { StoredMaking } from './making.ts';

/** What kind of work a session was. */
export const WORK_CLASSES = [
  'feature',
  'bug_fix',
  'refactor',
  'test',
  'docs',
  'review',
  'operations',
  'data',
  'research',
  'other',
] as const;
export type WorkClass = (typeof WORK_CLASSES)[number];

/** How a session ended, as far as its spans tell. */
export const SESSION_OUTCOMES = ['completed', 'partial', 'failed', 'blocked', 'unclear'] as const;
export type SessionOutcome = (typeof SESSION_OUTCOMES)[number];

/** Names under which rules over summaries find risks. */
export const RISK_KINDS = [
  'exfiltration',
  'secret_exposure',
  'prompt_injection',
  'destructive_action',
  'permission_bypass',
  'memory_poisoning',
  'money_moved',
  'access_changed',
  'behaviour_changed',
  'runaway',
  'denied',
  'other',
] as const;
export type RiskKind = (typeof RISK_KINDS)[number];

/** A risk and the spans that show it: at least one, all of the session. */
export interface RiskClaim {
  readonly kind: RiskKind;
  readonly claim: string;
  readonly evidence: readonly { readonly trace_id: string; readonly span_id: string }[];
}

/** What a session was about. Redacted, plain text without markup or links. */
export interface SessionSummary {
  readonly title: string;
  /** What the user or the trigger asked for. */
  readonly asked: string;
  /** What was done and how it ended. */
  readonly summary: string;
  readonly outcome: SessionOutcome;
  readonly work_class: WorkClass;
  readonly files: readonly string[];
  readonly systems: readonly string[];
  readonly risks: readonly RiskClaim[];
  /** In [0, 1]. */
  readonly confidence: number;
}

/** A summary as it is kept, with what made it. */
export interface StoredSummary extends SessionSummary, StoredMaking {
  readonly session_id: string;
  /** DateTime64(6) text, UTC. */
  readonly made_at: string;
  /** Hash over the spans that it was made from. */
  readonly session_version: string;
  readonly revision: number;
}
