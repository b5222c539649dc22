import { z } from 'zod';
import { ALERT_STATUSES, type Alert, type AlertPosition, type AlertSearch, CLOSE_REASONS } from '../../core/alert.ts';
import { evidenceSchema } from '../../core/finding.ts';
import { threatSchema } from '../../core/threat.ts';
import { rfc3339 } from '../../core/timestamp.ts';
import type { Store } from '../store.ts';

const alertSchema = z
  .object({
    id: z.string(),
    fingerprint: z.string(),
    episode: z.number(),
    rule_id: z.string(),
    rule_version: z.number(),
    rule_status: z.string(),
    title: z.string(),
    severity: z.string(),
    risk_score: z.number(),
    status: z.enum(ALERT_STATUSES),
    close_reason: z.union([z.enum(CLOSE_REASONS), z.literal('')]),
    assignee: z.string(),
    entity_kind: z.string(),
    entity_value: z.string(),
    session_id: z.string(),
    starts_at: z.string().transform(rfc3339),
    ends_at: z.string().transform(rfc3339),
    count: z.coerce.number(),
    evidence: z.array(evidenceSchema),
    evidence_total: z.coerce.number(),
    values: z.record(z.string(), z.string()),
    // A mapping that an earlier version wrote and this one does not know must not hide the alert.
    threat: z.string().transform((json) => z.array(threatSchema).catch([]).parse(JSON.parse(json))),
    runbook: z.string(),
    tags: z.array(z.string()),
    filled_in: z.boolean(),
    opened_at: z.string().transform(rfc3339),
    updated_at: z.string().transform(rfc3339),
  })
  .transform(
    ({ entity_kind, entity_value, close_reason, assignee, ...row }): Alert => ({
      ...row,
      close_reason: row.status === 'closed' && close_reason !== '' ? close_reason : null,
      assignee: assignee === '' ? null : assignee,
      entity: { kind: entity_kind, value: entity_value },
    }),
  );

/** The alerts that exist among `ids`, in no order. */
export async function readAlerts(store: Store, database: string, ids: readonly string[]): Promise<Alert[]> {
  if (ids.length === 0) return [];
  const rows = await store.query('SELECT * FROM alerts WHERE id IN {ids: Array(String)}', { ids }, { database });
  return z.array(alertSchema).parse(rows);
}

/** How many openings the list looks at first; the usual page is found among them. */
const FIRST_LOOK = 1_000;

/**
 * The positions of one page, latest opening first. The state of every alert would cost too much for one page, so the openings
 * are gone through backwards, a stretch at a time, each stretch four times as long as the one before.
 */
export async function findAlerts(store: Store, database: string, query: AlertSearch): Promise<AlertPosition[]> {
  const found: AlertPosition[] = [];
  let before = query.after;
  for (let look = FIRST_LOOK; ; look *= 4) {
    const end = await findStretchEnd(store, database, { ...query, after: before }, look);
    const rest = { ...query, after: before, limit: query.limit - found.length };
    found.push(...(await findInStretch(store, database, rest, end)));
    if (end === undefined || found.length >= query.limit) return found;
    before = end;
  }
}

const positionsSchema = z.array(z.object({ opened_at: z.string(), id: z.string() }));

/** Openings that the query asks about, in front of {beforeAt}, {beforeId}. */
const OPENINGS = `
    FROM alert_events
    WHERE type = 'opened'
      AND ({ruleId: String} = '' OR rule_id = {ruleId: String})
      AND at >= {since: DateTime64(6, 'UTC')}
      AND (at, alert_id) < ({beforeAt: DateTime64(6, 'UTC')}, {beforeId: String})`;

function openingParams(query: AlertSearch): Record<string, unknown> {
  return {
    ruleId: query.ruleId ?? '',
    since: query.since ?? '1970-01-01 00:00:00',
    beforeAt: query.after?.opened_at ?? '2200-01-01 00:00:00',
    beforeId: query.after?.id ?? '',
  };
}

/** The last of the next `look` openings; undefined when there are no more than that. */
async function findStretchEnd(
  store: Store,
  database: string,
  query: AlertSearch,
  look: number,
): Promise<AlertPosition | undefined> {
  const rows = await store.query(
    `SELECT at AS opened_at, alert_id AS id ${OPENINGS}
     ORDER BY at DESC, alert_id DESC
     LIMIT 1 OFFSET {look: UInt32}`,
    { ...openingParams(query), look },
    { database },
  );
  return positionsSchema.parse(rows)[0];
}

/** Without a triage an alert has the place of a suspicious one. */
const OF_RANK = `AND if({rank: UInt8} = 2,
         id NOT IN (SELECT alert_id FROM alert_triage FINAL WHERE rank != 2),
         id IN (SELECT alert_id FROM alert_triage FINAL WHERE rank = {rank: UInt8}))`;

/** An opening that two engines wrote may stand there twice; the alert counts where the view says that it was opened. */
async function findInStretch(
  store: Store,
  database: string,
  query: AlertSearch,
  end: AlertPosition | undefined,
): Promise<AlertPosition[]> {
  const rows = await store.query(
    `SELECT opened_at, id
     FROM alerts
     WHERE id IN (
         SELECT alert_id ${OPENINGS} AND (at, alert_id) >= ({endAt: DateTime64(6, 'UTC')}, {endId: String})
     )
       AND opened_at >= {since: DateTime64(6, 'UTC')}
       AND (opened_at, id) >= ({endAt: DateTime64(6, 'UTC')}, {endId: String})
       AND ({status: String} = '' OR status = {status: String})
       AND ({severity: String} = '' OR severity = {severity: String})
       ${query.rank === undefined ? '' : OF_RANK}
     ORDER BY opened_at DESC, id DESC
     LIMIT {limit: UInt32}`,
    {
      ...openingParams(query),
      endAt: end?.opened_at ?? '1970-01-01 00:00:00',
      endId: end?.id ?? '',
      status: query.status ?? '',
      severity: query.severity ?? '',
      rank: query.rank ?? 0,
      limit: query.limit,
    },
    { database },
  );
  return positionsSchema.parse(rows);
}

/** Alerts that are not closed and belong to one of the sessions or entities; at most 1,000 openings, the latest, are looked at. */
export async function readStanding(
  store: Store,
  database: string,
  sessionIds: readonly string[],
  entityValues: readonly string[],
): Promise<Alert[]> {
  const rows = await store.query(
    `SELECT * FROM alerts
     WHERE id IN (
         SELECT alert_id FROM alert_events
         WHERE type = 'opened'
           AND (session_id IN {sessionIds: Array(String)} OR entity_value IN {entityValues: Array(String)})
         ORDER BY at DESC
         LIMIT 1000
     ) AND status != 'closed'`,
    { sessionIds, entityValues },
    { database },
  );
  return z.array(alertSchema).parse(rows);
}
