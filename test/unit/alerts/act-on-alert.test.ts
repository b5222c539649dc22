import { describe, expect, test } from 'vitest';
import { type AlertAction, actOnAlert, alertActionSchema } from '../../../engine/alerts/act-on-alert.ts';
import type { Alert, AlertState, AlertStatus } from '../../../engine/core/alert.ts';

const NOW = Date.parse('2026-11-20T11:00:00Z');
const acting = { actor: 'ana', now: NOW, eventId: 'event-1' };

function alert(status: AlertStatus): Alert {
  return {
    id: 'a1',
    rule_id: 'r',
    rule_version: 3,
    rule_status: 'stable',
    title: 'Title',
    severity: 'high',
    risk_score: 60,
    status,
    close_reason: status === 'closed' ? 'benign' : null,
    entity: { kind: 'session', value: 's1' },
    session_id: 's1',
    fingerprint: 'group',
    episode: 1,
    starts_at: '2026-11-20T10:00:00.123456789Z',
    ends_at: '2026-11-20T10:00:01.000000000Z',
    count: 1,
    evidence: [],
    evidence_total: 0,
    values: {},
    threat: [],
    runbook: '',
    tags: [],
    assignee: null,
    filled_in: false,
    opened_at: '2026-11-20T10:01:00.000000Z',
    updated_at: '2026-11-20T10:01:00.000000Z',
  };
}

function newest(alertId = 'a1'): AlertState {
  return {
    group_key: 'group',
    alert_id: alertId,
    episode: 1,
    status: 'open',
    seen: new Set(),
    last_at: '2026-11-20 10:01:00.000000',
  };
}

const acknowledge: AlertAction = { action: 'acknowledge' };
const assign: AlertAction = { action: 'assign', assignee: 'ben' };
const close: AlertAction = { action: 'close', reason: 'false_positive' };
const reopen: AlertAction = { action: 'reopen' };
const comment: AlertAction = { action: 'comment', text: 'looked at it' };

describe('what people may do', () => {
  const table: [AlertStatus, AlertAction, string][] = [
    ['open', acknowledge, 'acknowledged:'],
    ['open', assign, 'assigned:ben'],
    ['open', close, 'closed:false_positive'],
    ['open', { action: 'tag', tags: ['a', 'b'] }, 'tagged:a, b'],
    ['open', reopen, 'CONFLICT'],
    ['open', comment, 'commented:looked at it'],
    ['acknowledged', acknowledge, 'CONFLICT'],
    ['acknowledged', assign, 'assigned:ben'],
    ['acknowledged', close, 'closed:false_positive'],
    ['acknowledged', reopen, 'CONFLICT'],
    ['acknowledged', comment, 'commented:looked at it'],
    ['closed', acknowledge, 'CONFLICT'],
    ['closed', assign, 'CONFLICT'],
    ['closed', close, 'CONFLICT'],
    ['closed', reopen, 'reopened:'],
    ['closed', comment, 'commented:looked at it'],
  ];
  test.each(table)('%s, %o: %s', (status, action, expected) => {
    let outcome: string;
    try {
      const event = actOnAlert(alert(status), newest(), action, acting);
      outcome = `${event.type}:${event.detail}`;
    } catch (error) {
      outcome = (error as { code: string }).code;
    }
    expect(outcome).toBe(expected);
  });

  test('an alert is not reopened beside a newer one on the same matter', () => {
    expect(() => actOnAlert(alert('closed'), newest('a2'), reopen, acting)).toThrow(
      expect.objectContaining({ code: 'CONFLICT', extra: { alert_id: 'a2' } }),
    );
  });

  test('the entry says who and when, behind everything before it', () => {
    const event = actOnAlert(alert('open'), newest(), acknowledge, acting);
    expect(event).toMatchObject({ actor: 'ana', at: '2026-11-20 11:00:00.000000', event_id: 'event-1', rule_id: 'r' });
    expect(event.starts_at).toBe('2026-11-20 10:00:00.123456789');
    const early = actOnAlert(alert('open'), newest(), acknowledge, { ...acting, now: 0 });
    expect(early.at).toBe('2026-11-20 10:01:00.000001');
  });

  test('null takes the assignment back', () => {
    expect(actOnAlert(alert('open'), newest(), { action: 'assign', assignee: null }, acting).detail).toBe('');
  });
});

describe('the schema of actions', () => {
  test.each<[unknown]>([
    [{ action: 'delete' }],
    [{ action: 'close' }],
    [{ action: 'close', reason: 'because' }],
    [{ action: 'acknowledge', reason: 'benign' }],
    [{ action: 'comment', text: '   ' }],
    [{ action: 'comment', text: 'x'.repeat(4_001) }],
    [{ action: 'assign', assignee: '' }],
    [null],
  ])('refuses %o', (action) => {
    expect(alertActionSchema.safeParse(action).success).toBe(false);
  });
});
