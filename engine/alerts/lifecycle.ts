import type { AlertEvent, AlertState } from '../core/alert.ts';
import { type Finding, hash } from '../core/finding.ts';
import type { Rule } from '../core/rule.ts';
import { timestampMicros, timestampText } from '../core/timestamp.ts';
import { plainText } from './plain-text.ts';

/** Spans that one log entry names; more would make the log heavier and nobody read further. */
const MOST_EVIDENCE = 100;
const MOST_VALUES = 50;
const MOST_TAGS = 50;

export type AlertRule = Pick<Rule, 'id' | 'metadata'>;

/** What of a finding's rule, entity and dedup key makes one line of alerts, one open at a time. */
export function groupKeyOf(finding: Finding): string {
  return hash('group', finding.rule_id, finding.entity.kind, finding.entity.value, finding.dedup_key);
}

/**
 * What a finding adds to the log. `current` is the newest alert of its group and must know whether the finding's match was
 * seen; `now` is in milliseconds. Nothing when the match was seen before, in whatever alert of the group: a replay neither counts
 * twice nor reopens what was closed. A new match opens the first alert or, after a close, the next; else it is counted.
 */
export function decide(current: AlertState | undefined, finding: Finding, rule: AlertRule, now: number): AlertEvent[] {
  const { status } = rule.metadata;
  if (status === 'experimental' || status === 'deprecated') return [];
  if (current?.seen.has(finding.match)) return [];
  const groupKey = groupKeyOf(finding);
  const at = nextEntryTime(current?.last_at, now);
  if (current !== undefined && current.status !== 'closed') {
    const { alert_id: alertId, episode } = current;
    const eventId = hash('matched', alertId, finding.match);
    return [
      {
        ...content(finding, rule),
        event_id: eventId,
        alert_id: alertId,
        group_key: groupKey,
        episode,
        type: 'matched',
        at,
      },
    ];
  }
  const episode = (current?.episode ?? 0) + 1;
  const alertId = hash('alert', groupKey, String(episode));
  const eventId = hash('opened', alertId);
  return [
    {
      ...content(finding, rule),
      event_id: eventId,
      alert_id: alertId,
      group_key: groupKey,
      episode,
      type: 'opened',
      at,
    },
  ];
}

/** The group's state once an entry that `decide` made is in the log. */
export function advance(current: AlertState | undefined, event: AlertEvent): AlertState {
  return {
    group_key: event.group_key,
    alert_id: event.alert_id,
    episode: event.episode,
    status: event.type === 'opened' ? 'open' : (current?.status ?? 'open'),
    seen: new Set(current?.seen).add(event.match),
    last_at: event.at,
  };
}

/** Time of the next entry: later than the last one even when the clock stands still or was turned back. */
export function nextEntryTime(last: string | undefined, now: number): string {
  const micros = now * 1000;
  return timestampText(last === undefined ? micros : Math.max(micros, timestampMicros(last) + 1));
}

type Place = 'event_id' | 'alert_id' | 'group_key' | 'episode' | 'type' | 'at';

/** Everything an entry takes from the finding. Whatever came out of traces is made plain text of bounded length. */
function content(finding: Finding, rule: AlertRule): Omit<AlertEvent, Place> {
  return {
    actor: 'engine',
    finding_id: finding.id,
    match: finding.match,
    rule_id: finding.rule_id,
    rule_version: finding.rule_version,
    rule_status: rule.metadata.status,
    title: plainText(finding.title, 300),
    severity: finding.severity,
    risk_score: finding.risk_score,
    entity_kind: finding.entity.kind,
    entity_value: plainText(finding.entity.value, 500),
    session_id: plainText(finding.session_id, 500),
    starts_at: finding.starts_at,
    ends_at: finding.ends_at,
    evidence: finding.evidence.slice(0, MOST_EVIDENCE).map((item) => ({
      trace_id: plainText(item.trace_id, 64),
      span_id: plainText(item.span_id, 64),
      note: plainText(item.note, 300),
    })),
    evidence_total: finding.evidence.length,
    values: Object.fromEntries(
      Object.entries(finding.values)
        .slice(0, MOST_VALUES)
        .map(([name, value]) => [plainText(name, 64), plainText(value, 500)]),
    ),
    threat: rule.metadata.threat,
    runbook: rule.metadata.runbook,
    tags: rule.metadata.tags.slice(0, MOST_TAGS).map((tag) => plainText(tag, 64)),
    filled_in: finding.filled_in,
    detail: '',
  };
}
