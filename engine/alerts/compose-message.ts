import type { Alert } from '../core/alert.ts';
import type { DeliveryEvent } from '../core/delivery.ts';
import type { Notice, Notification, Summary } from '../core/notification.ts';
import { defang } from './destinations/defang.ts';

/** A notification in words, before a channel gives it its form. Everything but `links` is plain text without links. */
export interface Message {
  /** What it is about: the id of the alert, summary or notice. */
  readonly key: string;
  readonly severity: string;
  /** At most 200 characters. */
  readonly title: string;
  /** What happened, in one line. */
  readonly lead: string;
  readonly facts: readonly { readonly label: string; readonly value: string }[];
  readonly lines: readonly string[];
  /** Made of the configured address and ids alone. */
  readonly links: readonly { readonly label: string; readonly url: string }[];
}

const LEADS: Readonly<Record<DeliveryEvent, string>> = {
  opened: 'Opened',
  updated: 'Matched again',
  acknowledged: 'Acknowledged',
  closed: 'Closed',
  escalated: 'Nobody has acknowledged this',
  repeated: 'Still open',
  summary: 'Several alerts',
  notice: 'Notice',
};

const MOST_EVIDENCE = 5;
const MOST_VALUES = 8;

/** The words of a notification. What came out of traces is cut short and can't become a link. */
export function composeMessage({ event, subject, publicUrl }: Notification): Message {
  switch (subject.kind) {
    case 'alert':
      return ofAlert(event, subject.alert, publicUrl);
    case 'summary':
      return ofSummary(subject.summary, publicUrl);
    case 'notice':
      return ofNotice(subject.notice);
  }
}

function ofAlert(event: DeliveryEvent, alert: Alert, publicUrl: string): Message {
  const reason = event === 'closed' && alert.close_reason !== null ? ` as ${alert.close_reason.replace('_', ' ')}` : '';
  const values = Object.entries(alert.values).slice(0, MOST_VALUES);
  return {
    key: alert.id,
    severity: alert.severity,
    title: titleOf(alert),
    lead: `${LEADS[event]}${reason}`,
    facts: [
      { label: 'Rule', value: `${alert.rule_id} (version ${alert.rule_version})` },
      { label: 'Risk', value: `${alert.severity}, ${alert.risk_score} of 100` },
      { label: kindLabel(alert.entity.kind), value: defang(alert.entity.value, 200) },
      ...(alert.session_id !== '' && alert.entity.kind !== 'session'
        ? [{ label: 'Session', value: defang(alert.session_id, 200) }]
        : []),
      {
        label: 'Status',
        value: alert.assignee === null ? alert.status : `${alert.status}, ${defang(alert.assignee, 100)}`,
      },
      { label: 'Matched', value: `${alert.count} times, ${alert.evidence_total} spans` },
      ...values.map(([name, value]) => ({ label: defang(name, 40), value: defang(value, 200) })),
      {
        label: 'Mapping',
        value: alert.threat.map(({ framework, technique }) => `${framework} ${technique.join(', ')}`).join('; '),
      },
      ...(alert.tags.length > 0 ? [{ label: 'Tags', value: defang(alert.tags.join(', '), 200) }] : []),
    ],
    lines: [
      ...alert.evidence
        .slice(0, MOST_EVIDENCE)
        .map(({ trace_id, span_id, note }) => `Evidence: ${defang(`trace ${trace_id} span ${span_id}: ${note}`, 300)}`),
      ...(alert.evidence_total > MOST_EVIDENCE ? [`and ${alert.evidence_total - MOST_EVIDENCE} more spans`] : []),
      ...(alert.runbook === '' ? [] : [`Runbook: ${defang(alert.runbook, 1_000)}`]),
    ],
    links: linksTo(publicUrl, alert),
  };
}

function ofSummary(summary: Summary, publicUrl: string): Message {
  return {
    key: summary.id,
    severity: summary.severity,
    title: `[${summary.severity.toUpperCase()}] ${summary.alerts_total} alerts, ${summary.matches_total} matches`,
    lead: summary.explanation,
    facts: summary.rules.slice(0, 20).map(({ rule_id, severity, alerts, matches }) => ({
      label: rule_id,
      value: `${severity}: ${alerts} alerts, ${matches} matches`,
    })),
    lines: [
      ...summary.alerts.map((alert) => `${titleOf(alert)} (${alert.rule_id}, ${alert.id})`),
      ...(summary.alerts_total > summary.alerts.length
        ? [`and ${summary.alerts_total - summary.alerts.length} more; all of them are in the list of alerts`]
        : []),
    ],
    links: publicUrl === '' ? [] : [{ label: 'Alerts', url: `${publicUrl}/alerts` }],
  };
}

function ofNotice({ id, title, lines }: Notice): Message {
  return {
    key: id,
    severity: 'low',
    title: defang(title, 200),
    lead: LEADS.notice,
    facts: [],
    lines: lines.map((line) => defang(line, 500)),
    links: [],
  };
}

function titleOf(alert: Alert): string {
  return `[${alert.severity.toUpperCase()}] ${defang(alert.title, 180)}`;
}

function kindLabel(kind: string): string {
  return `${kind.slice(0, 1).toUpperCase()}${kind.slice(1)}`;
}

function linksTo(publicUrl: string, alert: Alert): Message['links'] {
  if (publicUrl === '') return [];
  const session = { label: 'Session', url: `${publicUrl}/sessions/${pathPart(alert.session_id)}` };
  return [
    { label: 'Alert', url: `${publicUrl}/alerts/${pathPart(alert.id)}` },
    ...(alert.session_id === '' ? [] : [session]),
  ];
}

/** An id in a path with nothing left of which a channel could make an end of the link, or markup. */
function pathPart(id: string): string {
  return encodeURIComponent(id).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
