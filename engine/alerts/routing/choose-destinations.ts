import type { Destination } from '../../core/destination.ts';
import { type MatchSubject, matches } from './matcher.ts';
import type { Inhibition, Policy, Route, Silence } from './policy.ts';
import { isWithin } from './weekly-hours.ts';

export interface Choice {
  readonly destination_id: string;
  /** Undefined when no route decided. */
  readonly route: Route | undefined;
}

export interface Choices {
  readonly choices: readonly Choice[];
  /** Routes that matched; none of them when nothing is configured or nothing matched. */
  readonly routes: readonly Route[];
  /** Why it goes there, in words. */
  readonly explanation: string;
}

/**
 * Where an alert goes at a moment (milliseconds since 1970). With no route every destination hears of it. With routes that do not
 * match, the fallback destinations do, or every destination when there are none: what nobody thought of is told, not lost.
 */
export function chooseDestinations(
  policy: Policy,
  subject: MatchSubject,
  destinations: readonly Destination[],
  at: number,
): Choices {
  const all = destinations.map((destination) => destination.id);
  const unrouted = (ids: readonly string[], explanation: string): Choices => ({
    choices: ids.map((destination_id) => ({ destination_id, route: undefined })),
    routes: [],
    explanation,
  });
  if (policy.routes.length === 0) return unrouted(all, 'no route is configured: every destination');
  const routes = matchingRoutes(policy.routes, subject, at);
  if (routes.length === 0) {
    const fallback = fallbackIds(destinations);
    return fallback.length > 0
      ? unrouted(fallback, 'no route matches: the fallback destinations')
      : unrouted(all, 'no route matches and there is no fallback destination: every destination');
  }
  const known = new Set(all);
  const chosen = new Map<string, Choice>();
  for (const route of routes) {
    for (const id of route.destinations) {
      if (known.has(id) && !chosen.has(id)) chosen.set(id, { destination_id: id, route });
    }
  }
  const names = routes.map((route) => `"${route.name}"`).join(', ');
  const wanted = routes.some((route) => route.destinations.length > 0);
  if (chosen.size > 0) return { choices: [...chosen.values()], routes, explanation: `route ${names}` };
  if (!wanted) return { choices: [], routes, explanation: `route ${names}, which sends nothing` };
  // Its destinations were all removed: that was hardly meant to make it silent.
  const rest = unrouted(fallbackIds(destinations).length > 0 ? fallbackIds(destinations) : all, '');
  return { ...rest, routes, explanation: `route ${names} has no destination left: fallback or every destination` };
}

export function fallbackIds(destinations: readonly Destination[]): string[] {
  return destinations.filter(({ settings }) => settings['fallback'] === 'true').map(({ id }) => id);
}

function matchingRoutes(routes: readonly Route[], subject: MatchSubject, at: number): Route[] {
  const found: Route[] = [];
  for (const route of routes) {
    if (!matches(route.match, subject) || (route.except !== undefined && matches(route.except, subject))) continue;
    if (route.hours !== undefined && route.outside_hours === 'next' && !isWithin(route.hours, at)) continue;
    found.push(route);
    if (!route.continue) break;
  }
  return found;
}

/** The silence that holds for an alert at a moment, the earliest entered first. */
export function silenceOf(policy: Policy, subject: MatchSubject, at: number): Silence | undefined {
  return policy.silences.find(
    (silence) =>
      isActive(silence, at) &&
      matches(silence.match, subject) &&
      !(silence.except !== undefined && matches(silence.except, subject)),
  );
}

export function isActive({ starts_at, ends_at, hours }: Silence, at: number): boolean {
  if (at < Date.parse(starts_at) || at >= Date.parse(ends_at)) return false;
  return hours === undefined || isWithin(hours, at);
}

/** An alert that is not closed, as a reason to say nothing of another. */
export interface Standing {
  readonly id: string;
  readonly subject: MatchSubject;
}

/** The inhibition that holds for an alert, given the others that stand. */
export function inhibitionOf(policy: Policy, target: Standing, standing: readonly Standing[]): Inhibition | undefined {
  return policy.inhibitions.find(
    (inhibition) =>
      matches(inhibition.target, target.subject) &&
      standing.some(
        (source) =>
          source.id !== target.id &&
          matches(inhibition.source, source.subject) &&
          // Two that would silence each other are both told.
          !matches(inhibition.target, source.subject) &&
          inhibition.equal.every((field) => isEqual(field, source.subject, target.subject)),
      ),
  );
}

function isEqual(field: Inhibition['equal'][number], a: MatchSubject, b: MatchSubject): boolean {
  if (field === 'session') return a.session !== '' && a.session === b.session;
  return a.entity.kind === b.entity.kind && a.entity.value === b.entity.value;
}
