import type { AlertStore } from '../alert-store.ts';
import { type Matcher, type MatchSubject, needsSession } from './matcher.ts';
import type { Policy } from './policy.ts';

/** What is known of an alert, from its log or as it stands. */
export interface AlertFacts {
  readonly alert_id: string;
  readonly rule_id: string;
  readonly severity: string;
  readonly entity_kind: string;
  readonly entity_value: string;
  readonly session_id: string;
  readonly tags: readonly string[];
}

/** Alerts as matchers see them, by id. Who took part in a session, and people's tags, are read only when a matcher asks for them. */
export async function readSubjects(
  facts: readonly AlertFacts[],
  policy: Policy,
  org: string,
  store: Pick<AlertStore, 'readParticipants' | 'readAlerts'>,
): Promise<Map<string, MatchSubject>> {
  const matchers = matchersOf(policy);
  const sessionIds = [...new Set(facts.map((fact) => fact.session_id).filter((id) => id !== ''))];
  const participants = matchers.some(needsSession) ? await store.readParticipants(sessionIds) : [];
  const bySession = new Map(participants.map((row) => [row.session_id, row]));
  const alertIds = [...new Set(facts.map((fact) => fact.alert_id))];
  const tagged = matchers.some((matcher) => matcher.tag !== undefined) ? await store.readAlerts(alertIds) : [];
  const tagsOf = new Map(tagged.map((alert) => [alert.id, alert.tags]));
  return new Map(
    facts.map((fact) => {
      const { agents = [], users = [] } = bySession.get(fact.session_id) ?? {};
      const entity = { kind: fact.entity_kind, value: fact.entity_value };
      return [
        fact.alert_id,
        {
          severity: fact.severity,
          rule: fact.rule_id,
          tags: [...new Set([...fact.tags, ...(tagsOf.get(fact.alert_id) ?? [])])],
          org,
          entity,
          session: fact.session_id,
          agents: entity.kind === 'agent' ? [entity.value, ...agents] : agents,
          users: entity.kind === 'user' ? [entity.value, ...users] : users,
        },
      ];
    }),
  );
}

function matchersOf({ routes, silences, inhibitions }: Policy): Matcher[] {
  return [
    ...[...routes, ...silences].flatMap(({ match, except }) => [match, ...(except === undefined ? [] : [except])]),
    ...inhibitions.flatMap(({ source, target }) => [source, target]),
  ];
}
