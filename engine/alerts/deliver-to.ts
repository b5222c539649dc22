import type { Delivery, WaitingDelivery } from '../core/delivery.ts';
import type { Destination } from '../core/destination.ts';
import { forEachLimited } from '../core/for-each-limited.ts';
import { timestampMicros } from '../core/timestamp.ts';
import type { AlertStore } from './alert-store.ts';
import { type AttemptDeps, attemptDelivery } from './attempt-delivery.ts';
import { ratePerMinute } from './destination-book.ts';
import { fold, isFoldable, MOST_FOLDED } from './fold.ts';
import { isBroken, judgeReceiver, type Lane, nextTokenAt, refill } from './lane.ts';
import { measureDelays, type OpenedAlert } from './measure-delays.ts';
import { readOccasions } from './read-occasions.ts';
import { revised } from './revised.ts';

export interface DeliverDeps extends AttemptDeps {
  readonly store: AttemptDeps['store'] & Pick<AlertStore, 'readAcceptedAt'>;
  /** Attempts at one destination at a time. */
  readonly concurrency: number;
  readonly stopping: () => boolean;
}

/** Deliveries attempted between two looks at the outbox. */
const BATCH = 100;
/** How many are looked at: beyond the limit of messages a minute the number no longer matters. */
const MOST_LOOKED_AT = 1_001;

/** The least time between two summaries of what the limit holds back. */
const STORM_MS = 60_000;

/**
 * Delivers what is due at one destination, alert by alert in the order of the events, until nothing more is. Throws only the
 * store's CodedError.
 */
export async function deliverTo(destination: Destination, lane: Lane, deps: DeliverDeps): Promise<void> {
  const { outcomes, context } = deps;
  while (!deps.stopping()) {
    await outcomes.flush();
    const now = context.clock();
    const due = await takeDue(destination, lane, deps, now);
    if (due === 'again') continue;
    if (due.length === 0) return;
    const occasions = await readOccasions(destination, due, deps);
    if (occasions.needless.length > 0) await deps.store.saveDeliveries(occasions.needless);
    const opened: OpenedAlert[] = [];
    await forEachLimited(occasions.ready, isBroken(lane) ? 1 : deps.concurrency, async ({ delivery, notification }) => {
      if (deps.stopping() || lane.pausedUntil > context.clock()) return;
      lane.tokens -= 1;
      const { status, error, retryAfterMs = 0 } = await attemptDelivery(destination, delivery, notification, deps);
      const at = context.clock();
      judgeReceiver(lane, status, error !== '', retryAfterMs, at);
      if (error !== '' || delivery.event !== 'opened' || notification?.subject.kind !== 'alert') return;
      opened.push({ alert: notification.subject.alert, at });
    });
    void measureDelays(opened, deps);
  }
  await outcomes.flush();
}

/** What may be attempted now; 'again' when the outbox was changed and has to be looked at anew. */
async function takeDue(
  destination: Destination,
  lane: Lane,
  deps: DeliverDeps,
  now: number,
): Promise<WaitingDelivery[] | 'again'> {
  const { store } = deps;
  const rate = ratePerMinute(destination);
  refill(lane, rate, now);
  lane.stale = false;
  const look = Math.max(BATCH, Math.min(MOST_LOOKED_AT, Math.floor(lane.tokens) + 1));
  const { superseded, due, nextAt } = sortOut(await store.readWaiting(destination.id, look), now);
  lane.nextAt = Math.max(nextAt, lane.pausedUntil);
  await store.saveDeliveries(superseded.map((delivery) => ({ ...revised(delivery, now), state: 'superseded' })));
  if (lane.pausedUntil > now) return [];
  if (due.length === 0) return superseded.length > 0 ? 'again' : [];
  if (await foldBundles(destination, due, deps, now)) return 'again';
  if (due.length <= lane.tokens) return due.slice(0, BATCH);
  return keepToLimit(destination, lane, due, rate, deps, now);
}

/** More is due than may go: what can't wait goes as far as it may, the rest becomes one message a minute. */
async function keepToLimit(
  destination: Destination,
  lane: Lane,
  due: readonly WaitingDelivery[],
  rate: number,
  { store }: DeliverDeps,
  now: number,
): Promise<WaitingDelivery[] | 'again'> {
  const alone = due.filter((delivery) => !isFoldable(delivery)).slice(0, Math.floor(lane.tokens));
  if (alone.length > 0) return alone;
  const foldAt = Math.max(nextTokenAt(lane, rate, now), lane.foldedAt + STORM_MS);
  if (now < foldAt) {
    lane.nextAt = foldAt;
    return [];
  }
  const all = sortOut(await store.readWaiting(destination.id, MOST_FOLDED), now).due.filter(isFoldable);
  if (all.length < 2) return all;
  await store.saveDeliveries(fold(all, 'rate_limit', now));
  lane.foldedAt = now;
  // One is left for the summary.
  lane.tokens = 1;
  return 'again';
}

/** Makes one message of what waits under one name and is due. Whether there was any. */
async function foldBundles(
  destination: Destination,
  due: readonly Delivery[],
  { store }: DeliverDeps,
  now: number,
): Promise<boolean> {
  const waiting = due.filter(
    (delivery) => delivery.bundle !== '' && delivery.event === 'opened' && isFoldable(delivery),
  );
  const bundles = new Map(waiting.map((delivery) => [delivery.bundle, delivery.reason]));
  let folded = false;
  for (const [bundle, reason] of bundles) {
    const members = await store.readBundle(destination.id, bundle, MOST_FOLDED);
    if (members.length < 2) continue;
    await store.saveDeliveries(fold(members, reason === 'digest' ? 'digest' : 'group', now));
    folded = true;
  }
  return folded;
}

/** What of a queue is needless, what may go now, and when the next may. Of each alert only the first delivery ever goes. */
function sortOut(
  waiting: readonly WaitingDelivery[],
  now: number,
): { superseded: Delivery[]; due: WaitingDelivery[]; nextAt: number } {
  // Whatever follows shows the alert as it stands, and says more than that it matched.
  const needless = (row: WaitingDelivery) => row.event === 'updated' && row.next_event !== '';
  const firsts = waiting.filter((row) => row.first && !needless(row));
  const later = firsts.filter((row) => dueAt(row) > now).map(dueAt);
  return {
    superseded: waiting.filter(needless).map(({ first: _, next_event: __, ...delivery }) => delivery),
    due: firsts.filter((row) => dueAt(row) <= now),
    nextAt: Math.min(...later),
  };
}

function dueAt(delivery: Delivery): number {
  return timestampMicros(delivery.next_attempt_at) / 1000;
}
