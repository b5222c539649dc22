import type { Finding } from '../core/finding.ts';
import type { Rule } from '../core/rule.ts';
import type { Window } from '../core/window.ts';
import type { RuleQueries } from './evaluate-rule.ts';
import type { RunRecord } from './run-ledger.ts';

/** The reads of one rule over one window, and what they cost so far. */
export interface CountedQueries extends RuleQueries {
  readonly cost: { readonly elapsedMs: number };
}

/** In what state a rule is, written when it changes. */
export interface RuleState {
  readonly ruleId: string;
  readonly ruleVersion: number;
  readonly state: 'running' | 'failing' | 'parked';
  readonly failures: number;
  readonly error: string;
}

/** A stretch of ingest time that a rule has not seen when it should have. */
export interface RuleGap extends Window {
  readonly ruleId: string;
  readonly state: 'open' | 'filled' | 'skipped';
}

/** Everything the engine does to one org's store and alerts. */
export interface OrgPort {
  readonly org: string;
  /** Milliseconds since 1970; a rule without a watermark looks back a day, but not before the org existed. */
  readonly createdAt: number;
  readWatermarks(): Promise<Map<string, number>>;
  writeWatermarks(watermarks: ReadonlyMap<string, number>): Promise<void>;
  /** Ingest time of the first span in the window, microseconds since 1970; undefined when there is none. */
  firstIngested(window: Window): Promise<number | undefined>;
  /** Reads for rules that look at the same window. */
  openPass(window: Window): { forRule(rule: Rule): CountedQueries };
  /** Stores findings and turns them into alerts; resolves when both are stored. */
  applyFindings(rule: Rule, findings: readonly Finding[]): Promise<void>;
  recordRuns(runs: readonly RunRecord[]): Promise<void>;
  readRuleStates(): Promise<RuleState[]>;
  recordRuleState(state: RuleState): Promise<void>;
  recordGap(gap: RuleGap): Promise<void>;
  /** Throws when another engine has taken this org over: what was evaluated is then not to be written. */
  assertHeld(): void;
}
