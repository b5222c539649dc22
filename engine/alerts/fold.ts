import type { Delivery } from '../core/delivery.ts';
import { hash } from '../core/finding.ts';
import type { Summary } from '../core/notification.ts';
import { SEVERITIES } from '../core/severity.ts';
import type { AlertStore } from './alert-store.ts';
import { newDelivery } from './new-delivery.ts';
import { revised } from './revised.ts';

/** Deliveries that one summary may tell of. */
export const MOST_FOLDED = 10_000;

/** What may go in a summary: what was tried already may have arrived and goes by itself again. */
export function isFoldable({ event, attempts }: Delivery): boolean {
  return attempts === 0 && event !== 'summary' && event !== 'notice';
}

/**
 * Several deliveries to one destination as one message. They and the message are written in one piece before it is sent, so a crash
 * repeats the same message about the same alerts under the same id.
 */
export function fold(members: readonly Delivery[], reason: Summary['reason'], now: number): Delivery[] {
  const [first] = members;
  if (first === undefined) return [];
  const id = hash('summary', first.destination_id, ...members.map((member) => member.delivery_id).sort());
  const at = members.map((member) => member.event_at).sort()[0]!;
  const occasion = { event_id: id, alert_id: id, at };
  const summary = newDelivery(occasion, first.destination_id, 'summary', now, {
    route_id: first.route_id,
    summary_id: id,
    reason,
  });
  return [
    ...members.map((member) => ({ ...revised(member, now), state: 'grouped' as const, summary_id: id, reason })),
    summary,
  ];
}

/** What a summary says: as its alerts stand when it is sent. */
export async function readSummaryText(
  { summary_id, reason }: Delivery,
  ratePerMinute: number,
  store: Pick<AlertStore, 'readSummary' | 'readAlerts'>,
): Promise<Summary> {
  const groups = await store.readSummary(summary_id);
  const gravest = [...groups]
    .sort((a, b) => b.risk_score - a.risk_score)
    .flatMap((group) => group.gravest)
    .slice(0, 10);
  const alerts = (await store.readAlerts(gravest)).sort(
    (a, b) => b.risk_score - a.risk_score || (a.opened_at < b.opened_at ? -1 : 1),
  );
  const why = isReason(reason) ? reason : 'group';
  return {
    id: summary_id,
    reason: why,
    explanation: explanationOf(why, ratePerMinute),
    severity: SEVERITIES.findLast((severity) => groups.some((group) => group.severity === severity)) ?? 'low',
    risk_score: Math.max(0, ...groups.map((group) => group.risk_score)),
    alerts_total: groups.reduce((sum, group) => sum + group.alerts, 0),
    matches_total: groups.reduce((sum, group) => sum + group.matches, 0),
    rules: groups
      .slice(0, 50)
      .map(({ rule_id, severity, alerts, matches }) => ({ rule_id, severity, alerts, matches })),
    alerts,
    alert_ids: groups.flatMap((group) => group.ids).slice(0, 1_000),
  };
}

function isReason(text: string): text is Summary['reason'] {
  return text === 'group' || text === 'digest' || text === 'rate_limit';
}

function explanationOf(reason: Summary['reason'], ratePerMinute: number): string {
  if (reason === 'rate_limit') return `Held back by the limit of ${ratePerMinute} messages a minute and told in one`;
  return reason === 'digest' ? 'Digest' : 'Alerts that go together';
}
