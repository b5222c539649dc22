import { z } from 'zod';
import {
  ALERT_EVENT_TYPES,
  ALERT_STATUSES,
  type AlertEvent,
  type AlertLogEntry,
  type AlertState,
} from '../../core/alert.ts';
import type { Announcement, RecentEvent } from '../../core/delivery.ts';
import { hash } from '../../core/finding.ts';
import { rfc3339 } from '../../core/timestamp.ts';
import { type Columns, insertRows } from '../insert-rows.ts';
import type { Store } from '../store.ts';

const COLUMNS: Columns<AlertEvent> = {
  event_id: (row) => row.event_id,
  alert_id: (row) => row.alert_id,
  group_key: (row) => row.group_key,
  episode: (row) => row.episode,
  type: (row) => row.type,
  at: (row) => row.at,
  actor: (row) => row.actor,
  finding_id: (row) => row.finding_id,
  match: (row) => row.match,
  rule_id: (row) => row.rule_id,
  rule_version: (row) => row.rule_version,
  rule_status: (row) => row.rule_status,
  title: (row) => row.title,
  severity: (row) => row.severity,
  risk_score: (row) => row.risk_score,
  entity_kind: (row) => row.entity_kind,
  entity_value: (row) => row.entity_value,
  session_id: (row) => row.session_id,
  starts_at: (row) => row.starts_at,
  ends_at: (row) => row.ends_at,
  evidence: (row) => row.evidence,
  evidence_total: (row) => row.evidence_total,
  values: (row) => row.values,
  threat: (row) => JSON.stringify(row.threat),
  runbook: (row) => row.runbook,
  tags: (row) => row.tags,
  filled_in: (row) => row.filled_in,
  detail: (row) => row.detail,
};

/** Appends to the log. An entry that is there already stays as it is. */
export async function insertAlertEvents(store: Store, database: string, events: readonly AlertEvent[]): Promise<void> {
  const token = hash('alert_events', ...events.flatMap((event) => [event.event_id, event.match]));
  await insertRows(store, `${database}.alert_events`, COLUMNS, events, token);
}

const stateSchema = z
  .object({
    group_key: z.string(),
    alert_id: z.string(),
    episode: z.number(),
    status: z.enum(ALERT_STATUSES),
    seen: z.array(z.string()),
    last_at: z.string(),
  })
  .transform((row): AlertState => ({ ...row, seen: new Set(row.seen) }));

/** State of each of the groups that has an alert, and which of `matches` its alerts have seen. */
export async function readAlertStates(
  store: Store,
  database: string,
  groupKeys: readonly string[],
  matches: readonly string[],
): Promise<AlertState[]> {
  const rows = await store.query(
    `SELECT
         e.group_key AS group_key,
         argMax(e.alert_id, e.episode) AS alert_id,
         max(e.episode) AS episode,
         argMaxIf(
             multiIf(e.type = 'acknowledged', 'acknowledged', e.type = 'closed', 'closed', 'open'),
             (e.episode, e.rank),
             e.type IN ('opened', 'acknowledged', 'closed', 'reopened')
         ) AS status,
         groupUniqArrayIf(e.match, e.match IN {matches: Array(String)}) AS seen,
         max(e.at) AS last_at
     FROM alert_events AS e
     WHERE e.group_key IN {groupKeys: Array(String)}
     GROUP BY e.group_key`,
    { groupKeys, matches },
    { database },
  );
  return z.array(stateSchema).parse(rows);
}

const logSchema = z
  .object({
    event_id: z.string(),
    type: z.enum(ALERT_EVENT_TYPES),
    at: z.string(),
    actor: z.string(),
    detail: z.string(),
    title: z.string(),
    evidence_total: z.number(),
  })
  .transform((row): AlertLogEntry => ({ ...row, at: rfc3339(row.at) }));

/** The latest entries of an alert's log, oldest of them first. */
export async function readAlertLog(
  store: Store,
  database: string,
  alertId: string,
  limit: number,
): Promise<AlertLogEntry[]> {
  const rows = await store.query(
    `SELECT event_id, type, at, actor, detail, title, evidence_total
     FROM (
         SELECT *, rank
         FROM alert_events
         WHERE alert_id = {alertId: String}
         ORDER BY precedence DESC
         LIMIT 1 BY event_id, match
     )
     ORDER BY rank DESC, match DESC
     LIMIT {limit: UInt32}`,
    { alertId, limit },
    { database },
  );
  return z.array(logSchema).parse(rows).reverse();
}

const recentSchema = z.object({
  event_id: z.string(),
  alert_id: z.string(),
  type: z.enum(ALERT_EVENT_TYPES),
  at: z.string(),
  notifies: z.boolean(),
  rule_id: z.string(),
  severity: z.string(),
  entity_kind: z.string(),
  entity_value: z.string(),
  session_id: z.string(),
  tags: z.array(z.string()),
});

/** What happened from `since` on and behind `after`, in order; without assignments and comments, which are sent nowhere. */
export async function readRecentEvents(
  store: Store,
  database: string,
  since: string,
  after: { at: string; event_id: string } | undefined,
  limit: number,
): Promise<RecentEvent[]> {
  const rows = await store.query(
    `SELECT event_id, alert_id, type, at, toBool(rule_status = 'stable' AND NOT filled_in) AS notifies,
         rule_id, severity, entity_kind, entity_value, session_id, tags
     FROM alert_events
     WHERE at >= {since: DateTime64(6, 'UTC')}
       AND (at, event_id) > ({afterAt: DateTime64(6, 'UTC')}, {afterId: String})
       AND type IN ('opened', 'matched', 'acknowledged', 'closed', 'reopened')
     ORDER BY at, event_id
     LIMIT {limit: UInt32}`,
    { since, afterAt: after?.at ?? '1970-01-01 00:00:00', afterId: after?.event_id ?? '', limit },
    { database },
  );
  return z.array(recentSchema).parse(rows);
}

const announcementSchema = z.object({ alert_id: z.string(), event_id: z.string(), at: z.string() });

/** Of each of the alerts that notifies at all, the event by which it first does. */
export async function readAnnouncements(
  store: Store,
  database: string,
  alertIds: readonly string[],
): Promise<Announcement[]> {
  const rows = await store.query(
    `SELECT e.alert_id AS alert_id, argMin(e.event_id, (e.at, e.event_id)) AS event_id, min(e.at) AS at
     FROM alert_events AS e
     WHERE e.alert_id IN {alertIds: Array(String)}
       AND e.type IN ('opened', 'matched') AND e.rule_status = 'stable' AND NOT e.filled_in
     GROUP BY e.alert_id`,
    { alertIds },
    { database },
  );
  return z.array(announcementSchema).parse(rows);
}
