import type { Announcement, Delivery, DeliveryEvent, RecentEvent, Told } from '../core/delivery.ts';
import type { Destination } from '../core/destination.ts';
import { hash } from '../core/finding.ts';
import { timestampMicros, timestampText } from '../core/timestamp.ts';
import { newDelivery } from './new-delivery.ts';
import type { PlanFacts } from './plan-facts.ts';
import { chooseDestinations, inhibitionOf, type Standing, silenceOf } from './routing/choose-destinations.ts';
import type { MatchSubject } from './routing/matcher.ts';
import type { Policy, Route } from './routing/policy.ts';
import { nextWithin } from './routing/weekly-hours.ts';

/** Between two updates of an alert when no route says otherwise: growing evidence is no news every few seconds. */
const UPDATE_INTERVAL_MS = 300_000;

/** Who there is to tell, and by which routes, silences and inhibitions. */
export interface Receivers {
  readonly policy: Policy;
  readonly destinations: readonly Destination[];
}

/** What of the events goes where. An event that two engines wrote comes twice and is planned once. */
export function planEvents(
  events: readonly RecentEvent[],
  facts: PlanFacts,
  context: Receivers,
  now: number,
): Delivery[] {
  const announced = new Map(facts.announcements.map((announcement) => [announcement.alert_id, announcement]));
  const told = new Map(facts.told.map((row) => [`${row.alert_id} ${row.destination_id}`, row]));
  const bundles = new Map(facts.bundles);
  const deliveries = new Map<string, Delivery>();
  for (const event of events) {
    const announcement = announced.get(event.alert_id);
    const as = deliveryEvent(event, announcement);
    if (announcement === undefined || as === undefined) continue;
    for (const delivery of planEvent(event, as, announcement, { ...facts, told, bundles }, context, now)) {
      if (deliveries.has(delivery.delivery_id)) continue;
      deliveries.set(delivery.delivery_id, delivery);
      if (delivery.state !== 'pending' || delivery.event === 'escalated' || delivery.event === 'repeated') continue;
      const { alert_id, destination_id, route_id, bundle, next_attempt_at } = delivery;
      const digest = delivery.reason === 'digest';
      told.set(`${alert_id} ${destination_id}`, { alert_id, destination_id, route_id, digest });
      if (bundle !== '') bundles.set(`${destination_id} ${bundle}`, timestampMicros(next_attempt_at) / 1000);
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

interface Known extends Omit<PlanFacts, 'told' | 'bundles'> {
  readonly told: ReadonlyMap<string, Told>;
  readonly bundles: ReadonlyMap<string, number>;
}

function planEvent(
  event: RecentEvent,
  as: DeliveryEvent,
  announcement: Announcement,
  known: Known,
  { policy, destinations }: Receivers,
  now: number,
): Delivery[] {
  const there = destinations.filter((destination) => event.at >= destination.created_at);
  if (there.length === 0) return [];
  const at = timestampMicros(event.at) / 1000;
  const subject = known.subjects.get(event.alert_id);
  const heard = there.flatMap(({ id }) => known.told.get(`${event.alert_id} ${id}`) ?? []);
  // Of an alert that was held back so far, the first event that is not opens it.
  const opens = as === 'opened' || (as === 'updated' && heard.length === 0);
  if (!opens && as !== 'updated') {
    return heard
      .filter((row) => !row.digest)
      .map((row) => newDelivery(event, row.destination_id, as, now, { route_id: row.route_id }));
  }
  const reason = subject === undefined ? '' : heldBack(policy, event, subject, known.standing, at);
  if (!opens) {
    return heard
      .filter((row) => !row.digest)
      .map((row) =>
        reason === ''
          ? newDelivery(event, row.destination_id, as, now, {
              route_id: row.route_id,
              notBefore: nextUpdate(
                announcement,
                at,
                policy.routes.find((route) => route.id === row.route_id),
              ),
            })
          : newDelivery(event, row.destination_id, as, now, { state: 'silenced', reason }),
      );
  }
  const { choices, routes } = chooseDestinations(policy, subject ?? NOBODY, there, at);
  if (choices.length === 0) {
    const route_id = routes[0]?.id ?? '';
    return [newDelivery(event, '', 'opened', now, { state: 'unrouted', route_id, reason: 'the route sends nothing' })];
  }
  if (reason !== '') {
    return choices.map(({ destination_id, route }) =>
      newDelivery(event, destination_id, 'opened', now, { state: 'silenced', reason, route_id: route?.id ?? '' }),
    );
  }
  const opened = choices.map(({ destination_id, route }) => {
    const timing = timingOf(event, destination_id, route, known.bundles, now);
    return newDelivery(event, destination_id, 'opened', now, { route_id: route?.id ?? '', ...timing });
  });
  return [...opened, ...routes.flatMap((route) => reminders(event, route, there, at, now))];
}

const NOBODY: MatchSubject = {
  severity: '',
  rule: '',
  tags: [],
  org: '',
  entity: { kind: '', value: '' },
  session: '',
  agents: [],
  users: [],
};

/** Which silence or inhibition holds an alert back; '' for none. */
function heldBack(
  policy: Policy,
  event: RecentEvent,
  subject: MatchSubject,
  standing: readonly Standing[],
  at: number,
): string {
  const silence = silenceOf(policy, subject, at);
  if (silence !== undefined) return `silence:${silence.id}`;
  const inhibition = inhibitionOf(policy, { id: event.alert_id, subject }, standing);
  return inhibition === undefined ? '' : `inhibition:${inhibition.id}`;
}

/** Updates go at fixed distances from the announcement: those within one distance wait for its end and become one. */
function nextUpdate(announcement: Announcement, at: number, route: Route | undefined): number {
  const interval = route === undefined ? UPDATE_INTERVAL_MS : route.group_interval_seconds * 1_000;
  const start = timestampMicros(announcement.at) / 1000;
  return start + Math.max(1, Math.ceil((at - start) / interval)) * interval;
}

/** When an opening goes and with what it goes together. */
function timingOf(
  event: RecentEvent,
  destinationId: string,
  route: Route | undefined,
  bundles: ReadonlyMap<string, number>,
  now: number,
): { bundle?: string; notBefore?: number; reason?: string } {
  if (route === undefined) return {};
  if (route.digest_minutes !== null) {
    const every = route.digest_minutes * 60_000;
    const notBefore = (Math.floor(now / every) + 1) * every;
    return { bundle: hash('digest', route.id), notBefore, reason: 'digest' };
  }
  if (route.hours !== undefined && route.outside_hours === 'hold') {
    const notBefore = nextWithin(route.hours, now);
    if (notBefore > now) return { bundle: hash('hours', route.id), notBefore };
  }
  if (route.group_by === null) return {};
  const bundle = hash('group', route.id, ...route.group_by.map((field) => GROUPED[field](event)));
  const last = bundles.get(`${destinationId} ${bundle}`) ?? Number.NEGATIVE_INFINITY;
  const wait = timestampMicros(event.at) / 1000 + route.group_wait_seconds * 1_000;
  return { bundle, notBefore: last > now ? last : Math.max(wait, last + route.group_interval_seconds * 1_000) };
}

const GROUPED: Readonly<Record<NonNullable<Route['group_by']>[number], (event: RecentEvent) => string>> = {
  rule: (event) => event.rule_id,
  entity: (event) => `${event.entity_kind}:${event.entity_value}`,
  session: (event) => event.session_id,
  severity: (event) => event.severity,
};

/** Planned together with the opening and dropped when their time comes and somebody has acknowledged or closed the alert. */
function reminders(
  event: RecentEvent,
  route: Route,
  there: readonly Destination[],
  at: number,
  now: number,
): Delivery[] {
  const known = new Set(there.map((destination) => destination.id));
  const remind = (as: 'escalated' | 'repeated', ids: readonly string[], minutes: number) => {
    const due = at + minutes * 60_000;
    const own = { ...event, event_id: hash(as, event.event_id, route.id), at: timestampText(Math.round(due * 1000)) };
    return ids
      .filter((id) => known.has(id))
      .map((id) => newDelivery(own, id, as, now, { route_id: route.id, notBefore: due }));
  };
  return [
    ...(route.escalate === null ? [] : remind('escalated', route.escalate.destinations, route.escalate.after_minutes)),
    ...(route.repeat_minutes === null ? [] : remind('repeated', route.destinations, route.repeat_minutes)),
  ];
}
