import type { Announcement, Delivery, DeliveryEvent, RecentEvent } from '../core/delivery.ts';
import type { Destination } from '../core/destination.ts';
import { hash } from '../core/finding.ts';
import { timestampText } from '../core/timestamp.ts';
import type { AlertStore } from './alert-store.ts';

/** Events looked at in one go. */
const PAGE = 1_000;

/**
 * Puts into the outbox what it lacks: a delivery for each event that destinations have to hear of and each destination that was
 * there when it happened. The log itself says what is due, so nothing is lost when the engine dies between writing an event and
 * planning its delivery; and a plan never undoes a delivery's progress, so planning twice, here or in another process, changes
 * nothing. `since` is DateTime64(6) text. Answers the destinations that got something.
 */
export async function planDeliveries(
  store: Pick<AlertStore, 'readRecentEvents' | 'readAnnouncements' | 'readPlanned' | 'saveDeliveries'>,
  destinations: readonly Destination[],
  since: string,
  now: number,
): Promise<Set<string>> {
  const planned = new Set<string>();
  if (destinations.length === 0) return planned;
  const oldest = destinations.map((destination) => destination.created_at).sort()[0] ?? since;
  const from = since > oldest ? since : oldest;
  let last: RecentEvent | undefined;
  for (;;) {
    const events = await store.readRecentEvents(from, last, PAGE);
    if (events.length === 0) return planned;
    const announcements = await store.readAnnouncements([...new Set(events.map((event) => event.alert_id))]);
    const missing = await findMissing(store, plan(events, announcements, destinations, now));
    await store.saveDeliveries(missing);
    for (const delivery of missing) planned.add(delivery.destination_id);
    last = events.at(-1);
  }
}

/** What of the events goes where. An event that two engines wrote comes twice and is planned once. */
export function plan(
  events: readonly RecentEvent[],
  announcements: readonly Announcement[],
  destinations: readonly Destination[],
  now: number,
): Delivery[] {
  const announced = new Map(announcements.map((announcement) => [announcement.alert_id, announcement]));
  const deliveries = new Map<string, Delivery>();
  for (const event of events) {
    const told = deliveryEvent(event, announced.get(event.alert_id));
    if (told === undefined) continue;
    for (const destination of destinations) {
      if (event.at < destination.created_at) continue;
      const delivery = planOne(event, told, destination, now);
      if (!deliveries.has(delivery.delivery_id)) deliveries.set(delivery.delivery_id, delivery);
    }
  }
  return [...deliveries.values()];
}

/**
 * As what an event is told; undefined for one that is told to nobody. What tests and late windows find notifies nobody, nor does
 * what people do to such an alert. The first event that does notify opens the alert for its receivers, whatever its type.
 */
function deliveryEvent(event: RecentEvent, announcement: Announcement | undefined): DeliveryEvent | undefined {
  const byEngine = event.type === 'opened' || event.type === 'matched';
  if (announcement === undefined || event.at < announcement.at || (byEngine && !event.notifies)) return undefined;
  if (event.event_id === announcement.event_id) return 'opened';
  switch (event.type) {
    case 'opened':
    case 'reopened':
      return 'opened';
    case 'matched':
      return 'updated';
    case 'acknowledged':
    case 'closed':
      return event.type;
    default:
      return undefined;
  }
}

function planOne(event: RecentEvent, told: DeliveryEvent, destination: Destination, now: number): Delivery {
  const at = timestampText(now * 1000);
  return {
    delivery_id: hash('delivery', event.event_id, destination.id),
    destination_id: destination.id,
    event_id: event.event_id,
    alert_id: event.alert_id,
    event: told,
    event_at: event.at,
    planned_at: at,
    state: 'pending',
    attempts: 0,
    next_attempt_at: at,
    updated_at: at,
    revision: 0,
  };
}

async function findMissing(store: Pick<AlertStore, 'readPlanned'>, wanted: readonly Delivery[]): Promise<Delivery[]> {
  if (wanted.length === 0) return [];
  const known = await store.readPlanned(
    [...new Set(wanted.map((delivery) => delivery.destination_id))],
    [...new Set(wanted.map((delivery) => delivery.event_id))],
  );
  const keys = new Set(known.map((row) => `${row.destination_id} ${row.event_id}`));
  return wanted.filter((delivery) => !keys.has(`${delivery.destination_id} ${delivery.event_id}`));
}
