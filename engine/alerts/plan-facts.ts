import type { Announcement, RecentEvent, Told } from '../core/delivery.ts';
import type { AlertStore } from './alert-store.ts';
import { factsOfAlert } from './facts-of-alert.ts';
import type { Standing } from './routing/choose-destinations.ts';
import type { MatchSubject } from './routing/matcher.ts';
import type { Policy } from './routing/policy.ts';
import { readSubjects } from './routing/read-subjects.ts';

export interface FactSources {
  readonly store: Pick<
    AlertStore,
    'readAnnouncements' | 'readTold' | 'readBundles' | 'readStanding' | 'readParticipants' | 'readAlerts'
  >;
  readonly policy: Policy;
  readonly org: string;
}

/** What a plan rests on, beside the events. */
export interface PlanFacts {
  readonly announcements: readonly Announcement[];
  readonly told: readonly Told[];
  readonly subjects: ReadonlyMap<string, MatchSubject>;
  readonly standing: readonly Standing[];
  /** When what waits under a name goes, or last went, milliseconds; by destination and name. */
  readonly bundles: ReadonlyMap<string, number>;
}

/** `now` is in milliseconds since 1970. */
export async function readPlanFacts(
  events: readonly RecentEvent[],
  { store, policy, org }: FactSources,
  now: number,
): Promise<PlanFacts> {
  const alertIds = [...new Set(events.map((event) => event.alert_id))];
  // At once: each of them is a round trip on the way of an alert.
  const [announcements, told, subjects, standing, bundles] = await Promise.all([
    store.readAnnouncements(alertIds),
    store.readTold(alertIds),
    readSubjects(events, policy, org, store),
    policy.inhibitions.length === 0 ? [] : readStanding(events, { store, policy, org }),
    policy.routes.some((route) => route.group_by !== null) ? store.readBundles(now) : new Map<string, number>(),
  ]);
  return { announcements, told, subjects, standing, bundles };
}

/** Alerts that are not closed and share a session or entity with one of the events. */
async function readStanding(events: readonly RecentEvent[], { store, policy, org }: FactSources): Promise<Standing[]> {
  const alerts = await store.readStanding(
    [...new Set(events.map((event) => event.session_id).filter((id) => id !== ''))],
    [...new Set(events.map((event) => event.entity_value))],
  );
  const subjects = await readSubjects(alerts.map(factsOfAlert), policy, org, store);
  return alerts.map(({ id }) => ({ id, subject: subjects.get(id)! }));
}
