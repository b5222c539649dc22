import { z } from 'zod';
import type { IncidentPosition, IncidentSearch } from '../../core/incident.ts';
import type { Store } from '../store.ts';

const positionSchema = z.object({ latest: z.string(), session_id: z.string() });

/** Sessions with alerts, the one with the latest opening first. */
export async function findIncidents(
  store: Store,
  database: string,
  { since, after, limit }: IncidentSearch,
): Promise<IncidentPosition[]> {
  const rows = await store.query(
    `SELECT toString(max(e.at)) AS latest, e.session_id AS session_id
     FROM alert_events AS e
     WHERE e.type = 'opened' AND e.session_id != '' AND e.at >= {since: DateTime64(6, 'UTC')}
     GROUP BY e.session_id
     HAVING (max(e.at), e.session_id) < ({afterAt: DateTime64(6, 'UTC')}, {afterId: String})
     ORDER BY max(e.at) DESC, e.session_id DESC
     LIMIT {limit: UInt32}`,
    {
      since: since ?? '1970-01-01 00:00:00',
      afterAt: after?.latest ?? '2200-01-01 00:00:00',
      afterId: after?.session_id ?? '',
      limit,
    },
    { database },
  );
  return z.array(positionSchema).parse(rows);
}

/** Ids of the alerts of some sessions, at most `limit` of each, the latest opening first. */
export async function readSessionAlertIds(
  store: Store,
  database: string,
  sessionIds: readonly string[],
  limit: number,
): Promise<string[]> {
  if (sessionIds.length === 0) return [];
  const rows = await store.query(
    `SELECT e.alert_id AS alert_id
     FROM alert_events AS e
     WHERE e.session_id IN {sessionIds: Array(String)} AND e.type = 'opened'
     GROUP BY e.alert_id, e.session_id
     ORDER BY min(e.at) DESC, e.alert_id
     LIMIT {limit: UInt32} BY e.session_id`,
    { sessionIds, limit },
    { database },
  );
  return z
    .array(z.object({ alert_id: z.string() }))
    .parse(rows)
    .map((row) => row.alert_id);
}

const participantsSchema = z.object({
  session_id: z.string(),
  agents: z.array(z.string()),
  users: z.array(z.string()),
});

/** Agents and users of some sessions, at most 20 of each. */
export async function readParticipants(
  store: Store,
  database: string,
  sessionIds: readonly string[],
): Promise<z.infer<typeof participantsSchema>[]> {
  if (sessionIds.length === 0) return [];
  const rows = await store.query(
    `SELECT
         SessionId AS session_id,
         groupUniqArrayIf(20)(toString(AgentId), AgentId != '') AS agents,
         groupUniqArrayIf(20)(UserId, UserId != '') AS users
     FROM otel_traces
     WHERE SessionId IN {sessionIds: Array(String)}
     GROUP BY SessionId`,
    { sessionIds },
    { database },
  );
  return z.array(participantsSchema).parse(rows);
}

const acceptedSchema = z.object({ trace_id: z.string(), span_id: z.string(), at: z.coerce.number() });

/** When spans were accepted, milliseconds since 1970; those of the last hour. */
export async function readAcceptedAt(
  store: Store,
  database: string,
  traceIds: readonly string[],
): Promise<z.infer<typeof acceptedSchema>[]> {
  if (traceIds.length === 0) return [];
  const rows = await store.query(
    `SELECT TraceId AS trace_id, SpanId AS span_id, max(toUnixTimestamp64Micro(IngestedAt)) / 1000 AS at
     FROM otel_traces
     WHERE TraceId IN {traceIds: Array(String)} AND IngestedAt >= now64(6) - INTERVAL 1 HOUR
     GROUP BY TraceId, SpanId
     LIMIT 10000`,
    { traceIds },
    { database },
  );
  return z.array(acceptedSchema).parse(rows);
}
