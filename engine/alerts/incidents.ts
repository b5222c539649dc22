import { z } from 'zod';
import { ALERT_STATUSES, type Alert } from '../core/alert.ts';
import { CodedError } from '../core/errors.ts';
import type { Incident, IncidentDetail, TimelineEntry } from '../core/incident.ts';
import { timeSchema } from '../core/time-schema.ts';
import { timestampText } from '../core/timestamp.ts';
import type { AlertStore } from './alert-store.ts';
import { parseInput } from './destinations/parse-input.ts';

/** Alerts that are shown of one session. */
const MOST_ALERTS = 100;
const MOST_ENTRIES = 1_000;

export const incidentFilterSchema = z.strictObject({
  /** With an alert opened at this time or later, RFC 3339. */
  since: timeSchema.optional(),
  cursor: z.string().max(1_000).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});

export interface Incidents {
  /** Sessions with alerts, the latest first. Throws BAD_REQUEST. */
  list(filter: z.input<typeof incidentFilterSchema>): Promise<{ items: Incident[]; next_cursor: string | null }>;
  /** Throws NOT_FOUND. */
  get(sessionId: string): Promise<IncidentDetail>;
}

type Queries = Pick<AlertStore, 'findIncidents' | 'readSessionAlertIds' | 'readAlerts' | 'readAlertLog'>;

/** Related alerts, those of one session, seen as one matter. */
export function createIncidents(store: Queries): Incidents {
  return {
    list: async (filter) => {
      const { since, cursor, limit } = parseInput(incidentFilterSchema, filter);
      const found = await store.findIncidents({
        since: since === undefined ? undefined : timestampText(Date.parse(since) * 1000),
        after: cursor === undefined ? undefined : readCursor(cursor),
        limit: limit + 1,
      });
      const page = found.slice(0, limit);
      const ids = await store.readSessionAlertIds(
        page.map((row) => row.session_id),
        MOST_ALERTS,
      );
      const bySession = Map.groupBy(await store.readAlerts(ids), (alert) => alert.session_id);
      const last = page.at(-1);
      return {
        items: page.flatMap(({ session_id }) => {
          const alerts = bySession.get(session_id);
          return alerts === undefined ? [] : [toIncident(session_id, alerts)];
        }),
        next_cursor: found.length > limit && last !== undefined ? writeCursor([last.latest, last.session_id]) : null,
      };
    },
    get: async (sessionId) => {
      const alerts = await store.readAlerts(await store.readSessionAlertIds([sessionId], MOST_ALERTS));
      if (alerts.length === 0) throw new CodedError('NOT_FOUND', 'There is no alert of such a session');
      alerts.sort((a, b) => compare(a.opened_at, b.opened_at) || compare(a.id, b.id));
      return { ...toIncident(sessionId, alerts), alerts, timeline: await timelineOf(alerts, store) };
    },
  };
}

export function toIncident(sessionId: string, alerts: readonly Alert[]): Incident {
  const gravest = alerts.reduce((worst, alert) => (alert.risk_score > worst.risk_score ? alert : worst));
  const statuses = new Set(alerts.map((alert) => alert.status));
  return {
    id: sessionId,
    session_id: sessionId,
    status: ALERT_STATUSES.find((status) => statuses.has(status)) ?? 'closed',
    severity: gravest.severity,
    risk_score: gravest.risk_score,
    title: gravest.title,
    rules: [...new Set(alerts.map((alert) => alert.rule_id))].sort(),
    alerts_total: alerts.length,
    matches: alerts.reduce((sum, alert) => sum + alert.count, 0),
    opened_at: alerts.map((alert) => alert.opened_at).sort()[0]!,
    updated_at: alerts
      .map((alert) => alert.updated_at)
      .sort()
      .at(-1)!,
  };
}

async function timelineOf(alerts: readonly Alert[], store: Pick<AlertStore, 'readAlertLog'>): Promise<TimelineEntry[]> {
  const entries: TimelineEntry[] = [];
  for (const { id, rule_id } of alerts) {
    for (const entry of await store.readAlertLog(id, MOST_ENTRIES)) entries.push({ ...entry, alert_id: id, rule_id });
  }
  return entries.sort((a, b) => compare(a.at, b.at) || compare(a.event_id, b.event_id)).slice(-MOST_ENTRIES);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function writeCursor(position: readonly string[]): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

const cursorSchema = z.tuple([z.string().regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?$/), z.string().max(600)]);

function readCursor(cursor: string): { latest: string; session_id: string } {
  try {
    const [latest, session_id] = cursorSchema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
    return { latest, session_id };
  } catch (error) {
    throw new CodedError('BAD_REQUEST', 'The cursor is not one of this list', {
      cause: error,
      extra: { field: 'cursor' },
    });
  }
}
