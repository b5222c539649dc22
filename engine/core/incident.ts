import type { Alert, AlertLogEntry, AlertStatus } from './alert.ts';

/** The alerts of one session as one matter. Times are RFC 3339 UTC. */
export interface Incident {
  /** The session's id. */
  id: string;
  session_id: string;
  /** open while one of its alerts is, then acknowledged while one is, then closed. */
  status: AlertStatus;
  /** Of its gravest alert, as is the title. */
  severity: string;
  risk_score: number;
  title: string;
  rules: string[];
  alerts_total: number;
  /** Times its alerts matched, all together. */
  matches: number;
  opened_at: string;
  updated_at: string;
}

export interface TimelineEntry extends AlertLogEntry {
  alert_id: string;
  rule_id: string;
}

export interface IncidentDetail extends Incident {
  /** At most 100. */
  alerts: Alert[];
  /** What happened to all of them, the oldest first; at most 1,000 entries, the latest. */
  timeline: TimelineEntry[];
}

/** Where an incident stands in the list: its latest opening (DateTime64(6) text, UTC), then its session. */
export interface IncidentPosition {
  readonly latest: string;
  readonly session_id: string;
}

export interface IncidentSearch {
  /** With an alert opened then or later, DateTime64 text, UTC. */
  readonly since?: string | undefined;
  readonly after?: IncidentPosition | undefined;
  readonly limit: number;
}
