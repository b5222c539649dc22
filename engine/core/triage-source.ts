import type { Alert, CloseReason } from './alert.ts';
import type { StoredSummary } from './session-summary.ts';
import type { TranscriptSpan } from './summary-source.ts';

export type Closes = Readonly<Partial<Record<CloseReason, number>>>;

/** All that a triage is made from. */
export interface TriageSource {
  readonly alert: Alert;
  /** Of the alert's evidence, those that are stored; in the order of time. */
  readonly spans: readonly TranscriptSpan[];
  readonly summary: Pick<StoredSummary, 'title' | 'summary' | 'outcome' | 'work_class'> | undefined;
  /** How people closed earlier alerts of the same rule, about the same entity and about any. */
  readonly closes: { readonly sameEntity: Closes; readonly sameRule: Closes };
  /** Rules with other alerts in the same session. */
  readonly rulesBeside: readonly string[];
}

/** Where an alert and its triage stand. */
export interface TriageState {
  readonly alert: Alert;
  /** Changes with the alert's matches and with its session's summary. */
  readonly version: string;
  readonly triage: undefined | { readonly version: string; readonly revision: number; readonly madeAt: number };
}
