import type { Alert } from '../core/alert.ts';

/** Of an alert, what the log repeats in each of its events. */
export function factsOfAlert(alert: Alert) {
  const { id, rule_id, severity, entity, session_id, tags } = alert;
  return { alert_id: id, rule_id, severity, entity_kind: entity.kind, entity_value: entity.value, session_id, tags };
}
