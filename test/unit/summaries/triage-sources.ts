import type { Alert } from '../../../engine/core/alert.ts';
import type { TriageSource } from '../../../engine/core/triage-source.ts';
import { called, span } from './transcript-spans.ts';

export const ALERT: Alert = {
  id: 'alert-1',
  rule_id: 'taint.read-then-sent-out',
  rule_version: 1,
  rule_status: 'stable',
  title: 'The agent followed a page and sent mail',
  severity: 'high',
  risk_score: 80,
  status: 'open',
  close_reason: null,
  entity: { kind: 'agent', value: 'helper' },
  session_id: 'session-1',
  fingerprint: 'f',
  episode: 1,
  starts_at: '2026-11-21T10:00:00Z',
  ends_at: '2026-11-21T10:01:00Z',
  count: 1,
  evidence: [],
  evidence_total: 2,
  values: { calls: '2' },
  threat: [],
  runbook: '',
  tags: [],
  assignee: null,
  filled_in: false,
  opened_at: '2026-11-21T10:01:00Z',
  updated_at: '2026-11-21T10:01:00Z',
};

const SPANS = [
  called(1, 'fetch_page', { url: 'x' }, 'a page', { InputSource: 'external', ToolDirection: 'input' }),
  span(2, {
    Kind: 'tool',
    ToolName: 'send_mail',
    ToolDirection: 'output',
    Timestamp: '2026-11-21 10:00:01.000000000',
  }),
];

export function triageSource(change: Partial<TriageSource> = {}, alert: Partial<Alert> = {}): TriageSource {
  return {
    alert: { ...ALERT, ...alert },
    spans: SPANS,
    summary: undefined,
    closes: { sameEntity: {}, sameRule: {} },
    rulesBeside: [],
    ...change,
  };
}
