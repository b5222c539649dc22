import type { Alert } from '../../core/alert.ts';
import type { DeliveryEvent } from '../../core/delivery.ts';
import type { Notification, Summary } from '../../core/notification.ts';
import { plainText } from '../plain-text.ts';

/** OCSF 1.5.0, class Detection Finding. */
const VERSION = '1.5.0';
const CATEGORY_UID = 2;
const CLASS_UID = 2004;

const SEVERITY: Readonly<Record<string, readonly [number, string]>> = {
  low: [2, 'Low'],
  medium: [3, 'Medium'],
  high: [4, 'High'],
  critical: [5, 'Critical'],
};
const ACTIVITIES: Readonly<Partial<Record<DeliveryEvent, readonly [number, string]>>> = {
  opened: [1, 'Create'],
  summary: [1, 'Create'],
  closed: [3, 'Close'],
};
const STATUS: Readonly<Record<string, readonly [number, string]>> = {
  open: [1, 'New'],
  acknowledged: [2, 'In Progress'],
  closed: [4, 'Resolved'],
};
/** A notification as an OCSF detection finding, for SIEMs; undefined for a notice. */
export function toOcsf(notification: Notification, now: number, productVersion: string): object | undefined {
  const { subject, event, delivery_id } = notification;
  if (subject.kind === 'notice') return undefined;
  const [activityId, activityName] = ACTIVITIES[event] ?? [2, 'Update'];
  const severity = subject.kind === 'alert' ? subject.alert.severity : subject.summary.severity;
  const [severityId, severityName] = SEVERITY[severity] ?? [99, 'Other'];
  return {
    activity_id: activityId,
    activity_name: activityName,
    category_uid: CATEGORY_UID,
    category_name: 'Findings',
    class_uid: CLASS_UID,
    class_name: 'Detection Finding',
    type_uid: CLASS_UID * 100 + activityId,
    type_name: `Detection Finding: ${activityName}`,
    severity_id: severityId,
    severity: severityName,
    time: now,
    metadata: {
      version: VERSION,
      uid: delivery_id,
      log_name: 'spanwarden',
      product: { name: 'Spanwarden', vendor_name: 'Spanwarden', version: productVersion },
    },
    ...(subject.kind === 'alert' ? ofAlert(subject.alert) : ofSummary(subject.summary)),
  };
}

function ofAlert(alert: Alert): object {
  const [statusId, status] = STATUS[alert.status] ?? [0, 'Unknown'];
  return {
    message: plainText(alert.title, 300),
    status_id: statusId,
    status,
    is_alert: true,
    count: alert.count,
    start_time: millis(alert.starts_at),
    end_time: millis(alert.ends_at),
    risk_score: alert.risk_score,
    finding_info: {
      uid: alert.id,
      title: plainText(alert.title, 300),
      types: alert.tags,
      created_time: millis(alert.opened_at),
      modified_time: millis(alert.updated_at),
      first_seen_time: millis(alert.starts_at),
      last_seen_time: millis(alert.ends_at),
      analytic: {
        type_id: 1,
        type: 'Rule',
        uid: alert.rule_id,
        name: alert.rule_id,
        version: String(alert.rule_version),
      },
      attacks: attacksOf(alert),
    },
    evidences: alert.evidence.slice(0, 20).map(({ trace_id, span_id, note }) => ({
      data: { trace_id, span_id, note: plainText(note, 300) },
    })),
    resources: [
      { uid: plainText(alert.entity.value, 500), type: alert.entity.kind },
      ...(alert.session_id === '' || alert.entity.kind === 'session'
        ? []
        : [{ uid: plainText(alert.session_id, 500), type: 'session' }]),
    ],
    remediation: { desc: plainText(alert.runbook, 2_000) },
    unmapped: {
      fingerprint: alert.fingerprint,
      episode: alert.episode,
      values: alert.values,
      evidence_total: alert.evidence_total,
      threat: alert.threat,
      assignee: alert.assignee ?? '',
      close_reason: alert.close_reason ?? '',
    },
  };
}

/** MITRE ATLAS techniques are attacks of OCSF; what is mapped to OWASP stands among the unmapped. */
function attacksOf(alert: Alert): object[] {
  return alert.threat
    .filter(({ framework }) => framework.includes('ATLAS'))
    .flatMap(({ version, technique }) => technique.map((uid) => ({ version, technique: { uid } })));
}

function ofSummary(summary: Summary): object {
  return {
    message: `${summary.alerts_total} alerts in one message`,
    status_id: 1,
    status: 'New',
    is_alert: true,
    count: summary.matches_total,
    risk_score: summary.risk_score,
    finding_info: {
      uid: summary.id,
      title: `${summary.alerts_total} alerts, ${summary.matches_total} matches`,
      desc: summary.explanation,
      types: ['summary'],
      related_events_count: summary.alerts_total,
    },
    unmapped: { reason: summary.reason, rules: summary.rules, alert_ids: summary.alert_ids },
  };
}

function millis(rfc3339: string): number {
  return Date.parse(rfc3339);
}
