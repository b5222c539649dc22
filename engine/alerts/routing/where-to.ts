import { z } from 'zod';
import type { Clock } from '../../core/clock.ts';
import { CodedError } from '../../core/errors.ts';
import { SEVERITIES } from '../../core/severity.ts';
import { timeSchema } from '../../core/time-schema.ts';
import type { AlertStore } from '../alert-store.ts';
import { parseInput } from '../destinations/parse-input.ts';
import { factsOfAlert } from '../facts-of-alert.ts';
import { chooseDestinations, inhibitionOf, silenceOf } from './choose-destinations.ts';
import type { PolicyBook } from './policy-book.ts';
import { readSubjects } from './read-subjects.ts';
import { nextWithin } from './weekly-hours.ts';

/** An alert that is there, or one that could be. */
export const routeQuestionSchema = z.strictObject({
  alert_id: z.string().min(1).max(100).optional(),
  severity: z.enum(SEVERITIES).default('medium'),
  rule_id: z.string().max(200).default(''),
  tags: z.array(z.string().max(64)).max(50).default([]),
  entity: z
    .strictObject({ kind: z.string().max(40), value: z.string().max(500) })
    .default({ kind: 'session', value: '' }),
  session_id: z.string().max(500).default(''),
  agent: z.string().max(500).optional(),
  user: z.string().max(500).optional(),
  /** The moment; now when left out. */
  at: timeSchema.optional(),
});
export type RouteQuestion = z.input<typeof routeQuestionSchema>;

export interface RouteAnswer {
  /** Why, in words. */
  explanation: string;
  /** Silence or inhibition that holds it back, e.g. `silence:<id>`; null when nothing does. */
  held_back_by: string | null;
  destinations: { id: string; name: string; kind: string; route: string | null; not_before: string; how: string }[];
  escalates_to: { id: string; name: string; after_minutes: number }[];
}

interface Deps {
  readonly store: Pick<AlertStore, 'readAlerts' | 'readStanding' | 'readParticipants' | 'listDestinations'>;
  readonly policies: Pick<PolicyBook, 'current'>;
  readonly org: string;
  readonly clock: Clock;
}

/** Asks the routes as the planner does, and sends nothing. */
export async function whereTo(question: RouteQuestion, { store, policies, org, clock }: Deps): Promise<RouteAnswer> {
  const asked = parseInput(routeQuestionSchema, question);
  const at = asked.at === undefined ? clock() : Date.parse(asked.at);
  const [alert] = asked.alert_id === undefined ? [] : await store.readAlerts([asked.alert_id]);
  if (asked.alert_id !== undefined && alert === undefined) throw new CodedError('NOT_FOUND', 'There is no such alert');
  const facts = alert ? factsOfAlert(alert) : imagined(asked);
  const policy = await policies.current();
  const read = (await readSubjects([facts], policy, org, store)).get(facts.alert_id)!;
  const subject = {
    ...read,
    agents: asked.agent === undefined ? read.agents : [asked.agent, ...read.agents],
    users: asked.user === undefined ? read.users : [asked.user, ...read.users],
  };
  const destinations = await store.listDestinations();
  const byId = new Map(destinations.map((destination) => [destination.id, destination]));
  const { choices, routes, explanation } = chooseDestinations(policy, subject, destinations, at);
  const silence = silenceOf(policy, subject, at);
  const standing =
    policy.inhibitions.length === 0 ? [] : await store.readStanding([facts.session_id], [facts.entity_value]);
  const others = await readSubjects(standing.map(factsOfAlert), policy, org, store);
  const target = { id: facts.alert_id, subject };
  const inhibition = inhibitionOf(
    policy,
    target,
    standing.map(({ id }) => ({ id, subject: others.get(id)! })),
  );
  return {
    explanation,
    held_back_by: silence ? `silence:${silence.id}` : inhibition ? `inhibition:${inhibition.id}` : null,
    destinations: choices.map(({ destination_id, route }) => ({
      id: destination_id,
      name: byId.get(destination_id)?.name ?? '',
      kind: byId.get(destination_id)?.kind ?? '',
      route: route?.name ?? null,
      not_before: new Date(
        route?.hours !== undefined && route.outside_hours === 'hold' ? nextWithin(route.hours, at) : at,
      ).toISOString(),
      how: howOf(route),
    })),
    escalates_to: routes.flatMap((route) =>
      (route.escalate?.destinations ?? []).flatMap((id) => {
        const destination = byId.get(id);
        const after_minutes = route.escalate?.after_minutes ?? 0;
        return destination === undefined ? [] : [{ id, name: destination.name, after_minutes }];
      }),
    ),
  };
}

function imagined(asked: z.output<typeof routeQuestionSchema>) {
  const { severity, rule_id, tags, entity, session_id } = asked;
  return { alert_id: '', severity, rule_id, tags, entity_kind: entity.kind, entity_value: entity.value, session_id };
}

function howOf(route: ReturnType<typeof chooseDestinations>['routes'][number] | undefined): string {
  if (route === undefined) return 'at once';
  if (route.digest_minutes !== null) return `in a digest every ${route.digest_minutes} minutes`;
  if (route.group_by !== null)
    return `grouped by ${route.group_by.join(', ') || 'nothing'}, after ${route.group_wait_seconds} s`;
  return 'at once';
}
