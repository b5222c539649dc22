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
  evidence: Evidence[];
  values: Record<string, string>;
  threat: Threat[];
  runbook: string;
  filled_in: boolean;
  /** closed: reason; assigned: to whom; commented: text. */
  detail: string;
}

/** An alert as the API and destinations show it. Times are RFC 3339 UTC. */
export interface Alert {
  id: string;
  rule_id: string;
  rule_version: number;
  title: string;
  severity: string;
  risk_score: number;
  status: AlertStatus;
  entity: { kind: string; value: string };
  session_id: string;
  /** Stable identity of what is wrong: the same after closing and opening again. */
  fingerprint: string;
  starts_at: string;
  ends_at: string;
  /** Times it matched: distinct sets of evidence. */
  count: number;
  evidence: Evidence[];
  threat: Threat[];
  runbook: string;
  assignee: string | null;
}
