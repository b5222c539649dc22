import type { Alert } from '../../../engine/core/alert.ts';
import type { Notification, Summary } from '../../../engine/core/notification.ts';

/** What an attacker would write where every channel reads something else into it. */
export const HOSTILE = [
  '<!channel> <!here> <@U024BE7LH> <https://evil.example|reset your password>',
  '[click me](https://evil.example/login) ![x](http://evil.example/p.png) **bold** <at>everyone</at>',
  '<img src=x onerror=alert(1)> <script>alert(1)</script> "><a href="https://evil.example">x</a>',
  '{color:red}red{color} [x|https://evil.example] !http://evil.example/x.png! [~admin] {code}h{code}',
  '\r\nBcc: victim@evil.example\r\n\r\n.\r\nMAIL FROM:<x@evil.example>',
  '<134>1 2026-01-01T00:00:00Z host app - - - forged"] [x y="z"]',
  '\u001b[31mred\u001b[0m \u001b]0;title\u0007 \u202eesrever\u200b \u0000 www.evil.example javascript:alert(1)',
].join('\n');

export function sampleAlert(changes: Partial<Alert> = {}): Alert {
  return {
    id: '0123456789abcdef0123456789abcdef',
    rule_id: 'leaked-secret',
    rule_version: 3,
    rule_status: 'stable',
    title: 'Session s1 passed on 2 secrets',
    severity: 'high',
    risk_score: 70,
    status: 'open',
    close_reason: null,
    entity: { kind: 'session', value: 's1' },
    session_id: 's1',
    fingerprint: 'f'.repeat(32),
    episode: 1,
    starts_at: '2026-11-20T10:00:00.123456789Z',
    ends_at: '2026-11-20T10:00:05.500000000Z',
    count: 2,
    evidence: [{ trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16), note: 'a GitHub token in a tool result' }],
    evidence_total: 7,
    values: { secrets: '2', kinds: 'github-token' },
    threat: [{ framework: 'MITRE ATLAS', version: '5.6.0', technique: ['AML.T0057'] }],
    runbook: 'Revoke the credential, then look who used it.',
    tags: ['pci'],
    assignee: null,
    filled_in: false,
    opened_at: '2026-11-20T10:01:00.000000Z',
    updated_at: '2026-11-20T10:02:00.000000Z',
    ...changes,
  };
}

/** Everything that comes out of traces says the same hostile thing. */
export function hostileAlert(): Alert {
  return sampleAlert({
    title: HOSTILE,
    entity: { kind: 'agent', value: HOSTILE },
    session_id: HOSTILE,
    evidence: [{ trace_id: HOSTILE, span_id: HOSTILE, note: HOSTILE }],
    values: { [HOSTILE]: HOSTILE },
    runbook: HOSTILE,
    tags: [HOSTILE],
    assignee: HOSTILE,
  });
}

export function sampleNotification(changes: Partial<Notification> = {}, alert: Alert = sampleAlert()): Notification {
  return {
    event: 'opened',
    delivery_id: 'd'.repeat(32),
    subject: { kind: 'alert', alert },
    receipt: '',
    publicUrl: 'https://spanwarden.example',
    ...changes,
  };
}

export function sampleSummary(): Summary {
  return {
    id: 'e'.repeat(32),
    reason: 'rate_limit',
    explanation: 'Held back by the limit of 30 messages a minute and told in one',
    severity: 'high',
    risk_score: 70,
    alerts_total: 1_000,
    matches_total: 2_500,
    rules: [{ rule_id: 'leaked-secret', severity: 'high', alerts: 1_000, matches: 2_500 }],
    alerts: [sampleAlert(), hostileAlert()],
    alert_ids: ['0123456789abcdef0123456789abcdef'],
  };
}
