import type { Alert, AlertLogEntry, CloseReason } from '../../../engine/core/alert.ts';
import type { Incident, IncidentDetail } from '../../../engine/core/incident.ts';
import type { Verdict } from '../../../engine/core/triage.ts';
import type { ShownTriage } from '../../api/queries/alert-triage.ts';
import type { Insights } from '../../api/queries/insights.ts';
import type { ShownLog } from '../../api/queries/logs.ts';
import type { OutlineSpan } from '../../api/queries/outline.ts';
import type { Overview } from '../../api/queries/overview.ts';
import type { Flow } from '../../api/queries/provenance.ts';
import type { Hit } from '../../api/queries/search.ts';
import type { ShownSummary } from '../../api/queries/session-summary.ts';
import type { SessionFigures } from '../../api/queries/sessions.ts';
import type { ShownSpan } from '../../api/queries/spans.ts';
import type { Topology } from '../../api/queries/topology.ts';

export type {
  Alert,
  AlertLogEntry,
  CloseReason,
  Flow,
  Hit,
  Incident,
  IncidentDetail,
  Insights,
  OutlineSpan,
  Overview,
  SessionFigures,
  ShownLog,
  ShownSpan,
  ShownSummary,
  Topology,
  Verdict,
};

export interface Page<Item> {
  items: Item[];
  next_cursor: string | null;
}

export interface SignedIn {
  name: string;
  org: string;
  role: string;
  permissions: string[];
  operator: boolean;
  /** Signed in as a person. */
  account: boolean;
  version: string;
}

export interface ListedAlert extends Alert {
  verdict: Verdict | null;
}

export interface AlertDetail extends Alert {
  triage: ShownTriage | null;
  log: AlertLogEntry[];
  deliveries: { delivery_id: string; destination_id: string; event: string; state: string; planned_at: string }[];
}

export interface Count {
  key: string;
  count: number;
}

export interface Rule {
  id: string;
  kind: string;
  name: string;
  description: string;
  severity: string;
  risk_score: number;
  status: string;
  enabled: boolean;
  version: number;
  entity: string;
  schedule: string;
  author: string;
  params: Record<string, unknown>;
  threat: { framework: string; version: string; technique: string[]; tactic?: string }[];
  runbook: string;
  false_positives: string[];
  references: string[];
  tags: string[];
  required_fields: string[];
  /** What is wrong with its file as it is now; '' when nothing is. */
  problem: string;
  /** The org has a text of its own for it, or switched it on or off. */
  changed: boolean;
  evaluated_to: string | null;
  query?: string;
}

export interface RuleHealth {
  rule_id: string;
  state: 'running' | 'failing' | 'parked';
  error: string;
  last_day: { runs: number; p95_ms: number; findings: number; errors: number } | null;
  gaps: { open: number; filled: number; skipped: number };
  precision: number | null;
  evaluated_to: string | null;
  required_fields: { field: string; fill_rate: number | null }[];
  closed: { true_positive: number; false_positive: number; benign: number; duplicate: number };
  canary: { sent_at: string; state: string } | null;
}

export interface RuleRun {
  rule_version: number;
  window_from: string;
  window_to: string;
  started_at: string;
  duration_ms: number;
  rows_read: number;
  findings: number;
  truncated: boolean;
  filled_in: boolean;
  error: string;
}

export interface ResultTable {
  columns: { name: string; type: string }[];
  rows: unknown[][];
  rows_read: number;
  elapsed_ms: number;
  truncated: boolean;
}
