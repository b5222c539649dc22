import { z } from 'zod';
import { type Alert, type AlertEvent, type AlertState, CLOSE_REASONS } from '../core/alert.ts';
import { CodedError } from '../core/errors.ts';
import { nextEntryTime } from './lifecycle.ts';
import { plainText } from './plain-text.ts';

export const tagsSchema = z.array(z.string().trim().min(1).max(64)).max(20);

/** What people may do to an alert. */
export const alertActionSchema = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('acknowledge') }),
  /** To nobody when null. */
  z.strictObject({ action: z.literal('assign'), assignee: z.string().trim().min(1).max(200).nullable() }),
  z.strictObject({ action: z.literal('close'), reason: z.enum(CLOSE_REASONS) }),
  z.strictObject({ action: z.literal('reopen') }),
  /** All of people's tags; those of the rule stay. */
  z.strictObject({ action: z.literal('tag'), tags: tagsSchema }),
  z.strictObject({ action: z.literal('comment'), text: z.string().trim().min(1).max(4_000) }),
]);
export type AlertAction = z.infer<typeof alertActionSchema>;

/** Who acts and when; `eventId` is new for each action. */
export interface Acting {
  readonly actor: string;
  readonly now: number;
  readonly eventId: string;
}

/**
 * The log entry of an action. `newest` is the newest alert of the group. Throws CONFLICT when the alert's state does not allow
 * the action.
 */
export function actOnAlert(alert: Alert, newest: AlertState, action: AlertAction, acting: Acting): AlertEvent {
  const [type, detail] = transition(alert, newest, action);
  return {
    event_id: acting.eventId,
    alert_id: alert.id,
    group_key: alert.fingerprint,
    episode: alert.episode,
    type,
    at: nextEntryTime(newest.last_at, acting.now),
    actor: plainText(acting.actor, 200),
    finding_id: '',
    match: '',
    rule_id: alert.rule_id,
    rule_version: alert.rule_version,
    rule_status: alert.rule_status,
    title: alert.title,
    severity: alert.severity,
    risk_score: alert.risk_score,
    entity_kind: alert.entity.kind,
    entity_value: alert.entity.value,
    session_id: alert.session_id,
    starts_at: databaseText(alert.starts_at),
    ends_at: databaseText(alert.ends_at),
    evidence: [],
    evidence_total: 0,
    values: {},
    threat: [],
    runbook: '',
    tags: action.action === 'tag' ? action.tags.map((tag) => plainText(tag, 64)) : alert.tags,
    filled_in: alert.filled_in,
    detail,
  };
}

function transition(alert: Alert, newest: AlertState, action: AlertAction): [AlertEvent['type'], string] {
  switch (action.action) {
    case 'acknowledge':
      if (alert.status !== 'open') throw conflict(`The alert is ${alert.status}; only an open one can be acknowledged`);
      return ['acknowledged', ''];
    case 'assign':
      if (alert.status === 'closed') throw conflict('The alert is closed; reopen it to assign it');
      return ['assigned', plainText(action.assignee ?? '', 200)];
    case 'close':
      if (alert.status === 'closed') throw conflict('The alert is closed already');
      return ['closed', action.reason];
    case 'reopen':
      if (alert.status !== 'closed') throw conflict(`The alert is ${alert.status}; only a closed one can be reopened`);
      if (newest.alert_id !== alert.id) {
        throw new CodedError('CONFLICT', 'A newer alert on the same matter exists; work on that one', {
          extra: { alert_id: newest.alert_id },
        });
      }
      return ['reopened', ''];
    case 'tag':
      return ['tagged', plainText(action.tags.join(', '), 2_000)];
    case 'comment':
      return ['commented', plainText(action.text, 4_000, { lines: true })];
  }
}

function conflict(message: string): CodedError {
  return new CodedError('CONFLICT', message);
}

function databaseText(rfc3339: string): string {
  return rfc3339.replace('T', ' ').replace('Z', '');
}
