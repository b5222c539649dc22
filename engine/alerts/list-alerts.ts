import { z } from 'zod';
import { ALERT_STATUSES, type Alert, type AlertPosition } from '../core/alert.ts';
import { CodedError } from '../core/errors.ts';
import { SEVERITIES } from '../core/severity.ts';
import { timeSchema } from '../core/time-schema.ts';
import { timestampText } from '../core/timestamp.ts';
import type { AlertStore } from './alert-store.ts';
import { readCursor, writeCursor } from './page-cursor.ts';

export const alertFilterSchema = z.strictObject({
  status: z.enum(ALERT_STATUSES).optional(),
  severity: z.enum(SEVERITIES).optional(),
  rule_id: z.string().min(1).max(200).optional(),
  /** Opened at this time or later, RFC 3339. */
  since: timeSchema.optional(),
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
});
export type AlertFilter = z.input<typeof alertFilterSchema>;

export interface AlertPage {
  items: Alert[];
  next_cursor: string | null;
}

/**
 * One page of alerts, the latest opening first. An alert keeps its place, so following the cursors meets each alert that was
 * there at the start exactly once, whatever opens meanwhile. `key` signs the cursors. Throws BAD_REQUEST on a filter or cursor
 * that is not valid.
 */
export async function listAlerts(
  filter: AlertFilter,
  store: Pick<AlertStore, 'findAlerts' | 'readAlerts'>,
  key: Uint8Array,
): Promise<AlertPage> {
  const { cursor, limit, since, status, severity, rule_id: ruleId } = parseFilter(filter);
  const meaning = JSON.stringify([status, severity, ruleId, since]);
  const found = await store.findAlerts({
    status,
    severity,
    ruleId,
    since: since === undefined ? undefined : timestampText(Date.parse(since) * 1000),
    after: cursor === undefined ? undefined : readCursor(cursor, meaning, key),
    limit: limit + 1,
  });
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return {
    items: await readInOrder(page, store),
    next_cursor: found.length > limit && last !== undefined ? writeCursor(last, meaning, key) : null,
  };
}

function parseFilter(filter: AlertFilter): z.output<typeof alertFilterSchema> {
  const parsed = alertFilterSchema.safeParse(filter);
  if (parsed.success) return parsed.data;
  const field = parsed.error.issues[0]?.path.join('.') ?? '';
  throw new CodedError('BAD_REQUEST', `The filter "${field}" is not valid`, { extra: { field } });
}

async function readInOrder(page: readonly AlertPosition[], store: Pick<AlertStore, 'readAlerts'>): Promise<Alert[]> {
  const alerts = new Map((await store.readAlerts(page.map(({ id }) => id))).map((alert) => [alert.id, alert]));
  return page.flatMap(({ id }) => alerts.get(id) ?? []);
}
