import type { Evidence } from './finding.ts';
import type { Threat } from './threat.ts';

export const ALERT_STATUSES = ['open', 'acknowledged', 'closed'] as const;
export type AlertStatus = (typeof ALERT_STATUSES)[number];

export const CLOSE_REASONS = ['true_positive', 'false_positive', 'benign', 'duplicate'] as const;
export type CloseReason = (typeof CLOSE_REASONS)[number];

export const ALERT_EVENT_TYPES = [
  'opened',
  'matched',
  'acknowledged',
  'assigned',
  'commented',
  'closed',
  'reopened',
  'tagged',
] as const;
export type AlertEventType = (typeof ALERT_EVENT_TYPES)[number];

/**
 * One entry of an alert's log. Ids are deterministic for what the engine writes (opened, matched), so writing the same entry
 * twice changes nothing; for what people do they are random.
 */
export interface AlertEvent {
  event_id: string;
  alert_id: string;
  /** Rule, entity and dedup key; stays the same when an alert is closed and the next one opens. */
  group_key: string;
  /** 1 for the first alert of the group; matching after a close opens the next. */
  episode: number;
  type: AlertEventType;
  /** ClickHouse DateTime64(6) text, UTC. */
  at: string;
  /** `engine`, or the token or user who acted. */
  actor: string;
  /** opened and matched: the finding behind it. */
  finding_id: string;
  match: string;
  rule_id: string;
  rule_version: number;
  rule_status: string;
  title: string;
  severity: string;
  risk_score: number;
  entity_kind: string;
  entity_value: string;
  session_id: string;
  starts_at: string;
  ends_at: string;
  /** At most 100; `evidence_total` says how many there were. */
  evidence: Evidence[];
  evidence_total: number;
  values: Record<string, string>;
  threat: Threat[];
  runbook: string;
  /** opened and matched: of the rule; tagged: what people set. */
  tags: string[];
  filled_in: boolean;
  /** closed: reason; assigned: to whom; commented: text; tagged: the tags, parted by commas. */
  detail: string;
}

/** What the next event of a group depends on: its newest alert. */
export interface AlertState {
  group_key: string;
  alert_id: string;
  episode: number;
  status: AlertStatus;
  /** Of the matches asked about, those that some alert of the group has seen. */
  seen: ReadonlySet<string>;
  /** When the group's log was last written, DateTime64(6) text. */
  last_at: string;
}

/** An alert as the API and destinations show it. Times are RFC 3339 UTC. */
export interface Alert {
  id: string;
  rule_id: string;
  rule_version: number;
  /** Status of the rule when it last matched: only alerts of stable rules notify. */
  rule_status: string;
  title: string;
  severity: string;
  risk_score: number;
  status: AlertStatus;
  close_reason: CloseReason | null;
  entity: { kind: string; value: string };
  session_id: string;
  /** Stable identity of what is wrong: the same after closing and opening again. */
  fingerprint: string;
  episode: number;
  starts_at: string;
  ends_at: string;
  /** Times it matched: distinct sets of evidence. */
  count: number;
  /** At most 100 of `evidence_total`. */
  evidence: Evidence[];
  evidence_total: number;
  /** The figures behind the claim, from the latest match. */
  values: Record<string, string>;
  threat: Threat[];
  runbook: string;
  /** Of the rule and what people set. */
  tags: string[];
  assignee: string | null;
  /** Found only by windows that were evaluated late. */
  filled_in: boolean;
  opened_at: string;
  updated_at: string;
}

/** One line of an alert's history as the API shows it. */
export interface AlertLogEntry {
  event_id: string;
  type: AlertEventType;
  at: string;
  actor: string;
  detail: string;
  title: string;
  evidence_total: number;
}

/** Where an alert stands in the list, the latest opening first: DateTime64(6) text, UTC, then id. */
export interface AlertPosition {
  readonly opened_at: string;
  readonly id: string;
  /** In the order of triage. */
  readonly rank?: number | undefined;
}

/** Which alerts of the list to find. */
export interface AlertSearch {
  readonly status?: string | undefined;
  readonly severity?: string | undefined;
  readonly ruleId?: string | undefined;
  /** Opened at or after, DateTime64 text, UTC. */
  readonly since?: string | undefined;
  /** Only what stands behind it. */
  readonly after?: AlertPosition | undefined;
  /** Only those of this place in the queue; see core/triage.ts. */
  readonly rank?: number | undefined;
  readonly limit: number;
}
