import type { Alert } from '../core/alert.ts';
import type { Delivery, WaitingDelivery } from '../core/delivery.ts';
import type { Destination } from '../core/destination.ts';
import { isCoded } from '../core/errors.ts';
import { timestampMicros, timestampText } from '../core/timestamp.ts';
import type { AlertStore } from './alert-store.ts';
import { backOffMs, isDead } from './back-off.ts';
import { kindOf, openDestination } from './destination-book.ts';
import type { AttemptResult, DeliveryContext } from './destinations/destination-kind.ts';
import type { Diagnostics } from './diagnostics.ts';
import { forEachLimited } from './for-each-limited.ts';
import type { OutcomeLog } from './outcome-log.ts';
import type { Seal } from './seal.ts';

export interface DeliverDeps {
  readonly store: Pick<AlertStore, 'readWaiting' | 'readAlerts' | 'saveDeliveries'>;
  readonly outcomes: OutcomeLog;
  readonly context: DeliveryContext;
  readonly random: () => number;
  readonly seal: Seal;
  readonly log: Diagnostics;
  /** Attempts at one destination at a time. */
  readonly concurrency: number;
  readonly stopping: () => boolean;
}

/** What is remembered about one destination between two rounds. Times in milliseconds. */
export interface Lane {
  /** The receiver asked for a pause until then; it holds for every alert. */
  pausedUntil: number;
  /** When the next attempt is due; Infinity when nothing waits. */
  nextAt: number;
  /** Something was planned since the outbox was read. */
  stale: boolean;
}

/** Deliveries taken from the outbox at once. */
const BATCH = 100;

/**
 * Delivers what is due at one destination, alert by alert in the order of the events, until nothing more is. Throws only the
 * store's CodedError.
 */
export async function deliverTo(destination: Destination, lane: Lane, deps: DeliverDeps): Promise<void> {
  const { store, outcomes, context } = deps;
  while (!deps.stopping()) {
    await outcomes.flush();
    const now = context.clock();
    lane.stale = false;
    const { superseded, due, nextAt } = sortOut(await store.readWaiting(destination.id, BATCH), now);
    lane.nextAt = Math.max(nextAt, lane.pausedUntil);
    await store.saveDeliveries(superseded.map((delivery) => ({ ...next(delivery, now), state: 'superseded' })));
    if (lane.pausedUntil > now || superseded.length + due.length === 0) return;
    const alerts = await readAlertsOf(due, store);
    await forEachLimited(due, deps.concurrency, async (delivery) => {
      if (deps.stopping() || lane.pausedUntil > context.clock()) return;
      const { retryAfterMs = 0 } = await attempt(destination, delivery, alerts.get(delivery.alert_id), deps);
      lane.pausedUntil = Math.max(lane.pausedUntil, context.clock() + retryAfterMs);
    });
  }
  await outcomes.flush();
}

/** What of a queue is needless, what may go now, and when the next may. Of each alert only the first delivery ever goes. */
function sortOut(
  waiting: readonly WaitingDelivery[],
  now: number,
): { superseded: Delivery[]; due: Delivery[]; nextAt: number } {
  const needless = (row: WaitingDelivery) => row.event === 'updated' && row.next_event === 'updated';
  const firsts = waiting.filter((row) => row.first && !needless(row));
  const later = firsts.filter((row) => dueAt(row) > now).map(dueAt);
  return {
    superseded: waiting.filter(needless),
    due: firsts.filter((row) => dueAt(row) <= now),
    nextAt: Math.min(...later),
  };
}

function dueAt(delivery: Delivery): number {
  return timestampMicros(delivery.next_attempt_at) / 1000;
}

async function readAlertsOf(
  deliveries: readonly Delivery[],
  store: Pick<AlertStore, 'readAlerts'>,
): Promise<ReadonlyMap<string, Alert>> {
  const ids = new Set(deliveries.map((delivery) => delivery.alert_id));
  return new Map((await store.readAlerts([...ids])).map((alert) => [alert.id, alert]));
}

async function attempt(
  destination: Destination,
  delivery: Delivery,
  alert: Alert | undefined,
  deps: DeliverDeps,
): Promise<AttemptResult> {
  const { clock } = deps.context;
  const started = clock();
  const result = await tryOnce(destination, delivery, alert, deps);
  const now = clock();
  const settled = settle(delivery, result, now, deps.random());
  await deps.outcomes.add({
    delivery: settled,
    attempt: {
      delivery_id: delivery.delivery_id,
      attempt: settled.attempts,
      at: millisText(started),
      duration_ms: now - started,
      status: result.status,
      error: result.error,
    },
  });
  if (settled.state === 'dead') {
    const { delivery_id, destination_id, alert_id, attempts } = settled;
    deps.log.warn({ delivery_id, destination_id, alert_id, attempts }, 'A delivery was given up');
  }
  return result;
}

async function tryOnce(
  destination: Destination,
  { delivery_id, event }: Delivery,
  alert: Alert | undefined,
  { seal, context, log }: DeliverDeps,
): Promise<AttemptResult> {
  const kind = kindOf(destination.kind);
  if (kind === undefined) return { status: 0, error: 'this version does not know the kind of destination' };
  if (alert === undefined) return { status: 0, error: 'the alert is gone' };
  try {
    return await kind.deliver(openDestination(destination, seal), { event, delivery_id, alert }, context);
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
  const settled = { ...next(delivery, now), attempts };
  if (result.error === '') return { ...settled, state: 'delivered' };
  if (isDead(attempts, timestampMicros(delivery.planned_at) / 1000, now)) return { ...settled, state: 'dead' };
  return { ...settled, next_attempt_at: millisText(now + backOffMs(attempts, random, result.retryAfterMs)) };
}

function next(delivery: Delivery, now: number): Delivery {
  return { ...delivery, updated_at: timestampText(now * 1000), revision: delivery.revision + 1 };
}

/** DateTime64(3) text. */
function millisText(millis: number): string {
  return timestampText(millis * 1000).slice(0, -3);
}
