import type { Delivery } from '../core/delivery.ts';
import type { Destination } from '../core/destination.ts';
import { isCoded } from '../core/errors.ts';
import { hash } from '../core/finding.ts';
import type { Notification } from '../core/notification.ts';
import { timestampMicros, timestampText } from '../core/timestamp.ts';
import type { AlertStore } from './alert-store.ts';
import { backOffMs, isDead } from './back-off.ts';
import type { DeliveryMetrics } from './delivery-metrics.ts';
import { kindOf, openDestination } from './destination-book.ts';
import type { AttemptResult, DeliveryContext } from './destinations/destination-kind.ts';
import type { Diagnostics } from './diagnostics.ts';
import { newDelivery } from './new-delivery.ts';
import type { OutcomeLog } from './outcome-log.ts';
import type { OccasionDeps } from './read-occasions.ts';
import { revised } from './revised.ts';
import type { Seal } from './seal.ts';

export interface AttemptDeps extends OccasionDeps {
  readonly store: OccasionDeps['store'] & Pick<AlertStore, 'readWaiting' | 'readBundle' | 'saveDeliveries'>;
  readonly outcomes: OutcomeLog;
  readonly context: DeliveryContext;
  readonly random: () => number;
  readonly seal: Seal;
  readonly log: Diagnostics;
  readonly metrics: DeliveryMetrics;
  /** Destinations that take over what others fail to take, now. */
  readonly fallbacks: () => readonly string[];
}

/** Failed attempts, about two minutes' worth, after which the fallback destinations are told as well. */
const FALLS_BACK_AFTER = 8;

/** What the fallback hears of: that something opened, not what becomes of it. */
const FALLS_BACK: ReadonlySet<string> = new Set(['opened', 'escalated', 'summary']);

/** One attempt, and what follows from it in the outbox. */
export async function attemptDelivery(
  destination: Destination,
  delivery: Delivery,
  notification: Notification | undefined,
  deps: AttemptDeps,
): Promise<AttemptResult> {
  const { clock } = deps.context;
  const started = clock();
  const result = await tryOnce(destination, notification, deps);
  const now = clock();
  const settled = settle(delivery, result, now, deps.random());
  const follows = settled.state === 'delivered' ? await nextReminder(settled, deps, now) : fallBack(settled, deps, now);
  await deps.outcomes.add({
    deliveries: [settled, ...follows],
    attempt: {
      delivery_id: delivery.delivery_id,
      attempt: settled.attempts,
      at: millisText(started),
      duration_ms: now - started,
      status: result.status,
      error: result.error,
    },
  });
  deps.metrics.attempted(destination, settled);
  if (settled.state === 'dead') {
    const { delivery_id, destination_id, alert_id, attempts } = settled;
    deps.log.warn({ delivery_id, destination_id, alert_id, attempts }, 'A delivery was given up');
  }
  return result;
}

async function tryOnce(
  destination: Destination,
  notification: Notification | undefined,
  { seal, context, log }: AttemptDeps,
): Promise<AttemptResult> {
  const kind = kindOf(destination.kind);
  if (kind === undefined) return { status: 0, error: 'this version does not know the kind of destination' };
  if (notification === undefined) return { status: 0, error: 'the alert is gone' };
  try {
    return await kind.deliver(openDestination(destination, seal), notification, context);
  } catch (error) {
    if (isCoded(error)) return { status: 0, error: error.message };
    log.error(
      { destination_id: destination.id, kind: kind.kind, err: error },
      'A delivery failed in a way nobody foresaw',
    );
    return { status: 0, error: 'internal error' };
  }
}

/** The delivery after an attempt: done, to be tried again later, or given up. */
function settle(delivery: Delivery, result: AttemptResult, now: number, random: number): Delivery {
  const attempts = delivery.attempts + 1;
  const settled = { ...revised(delivery, now), attempts, receipt: result.receipt ?? delivery.receipt };
  if (result.error === '') return { ...settled, state: 'delivered' };
  if (isDead(attempts, timestampMicros(delivery.planned_at) / 1000, now)) return { ...settled, state: 'dead' };
  return { ...settled, next_attempt_at: millisText(now + backOffMs(attempts, random, result.retryAfterMs)) };
}

/** A repetition that went out is followed by the next, as long as its route wants that. */
async function nextReminder(delivery: Delivery, { policy }: AttemptDeps, now: number): Promise<Delivery[]> {
  if (delivery.event !== 'repeated') return [];
  const route = (await policy()).routes.find((candidate) => candidate.id === delivery.route_id);
  if (route === undefined || route.repeat_minutes === null) return [];
  const due = now + route.repeat_minutes * 60_000;
  const occasion = {
    event_id: hash('repeated', delivery.event_id),
    alert_id: delivery.alert_id,
    at: timestampText(Math.round(due * 1000)),
  };
  return [newDelivery(occasion, delivery.destination_id, 'repeated', now, { route_id: route.id, notBefore: due })];
}

/** The same to the fallback destinations. Planned again later it changes nothing, for its id is the same. */
function fallBack(delivery: Delivery, { fallbacks }: AttemptDeps, now: number): Delivery[] {
  if (delivery.attempts !== FALLS_BACK_AFTER && delivery.state !== 'dead') return [];
  if (!FALLS_BACK.has(delivery.event)) return [];
  const ids = fallbacks();
  // From one fallback to another it would go round and round.
  if (ids.includes(delivery.destination_id)) return [];
  const { event_id, alert_id, event_at: at, summary_id, reason } = delivery;
  const why = delivery.event === 'summary' ? reason : `failed at ${delivery.destination_id}`;
  return ids.map((id) => newDelivery({ event_id, alert_id, at }, id, delivery.event, now, { summary_id, reason: why }));
}

/** DateTime64(3) text. */
function millisText(millis: number): string {
  return timestampText(Math.round(millis) * 1000).slice(0, -3);
}
