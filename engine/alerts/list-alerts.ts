import { z } from 'zod';
import { ALERT_STATUSES, type Alert, type AlertPosition, type AlertSearch } from '../core/alert.ts';
import { CodedError } from '../core/errors.ts';
import { SEVERITIES } from '../core/severity.ts';
import { timeSchema } from '../core/time-schema.ts';
import { timestampText } from '../core/timestamp.ts';
import { RANKS } from '../core/triage.ts';
import type { AlertStore } from './alert-store.ts';
import { readCursor, writeCursor } from './page-cursor.ts';

const HIGHEST_RANK = RANKS.likely_malicious;

export const alertFilterSchema = z.strictObject({
  status: z.enum(ALERT_STATUSES).optional(),
  severity: z.enum(SEVERITIES).optional(),
  rule_id: z.string().min(1).max(200).optional(),
  /** Opened at this time or later, RFC 3339. */
  since: timeSchema.optional(),
  /** opened: the latest opening first. triage: what the first look found worst before that. */
  order: z.enum(['opened', 'triage']).default('opened'),
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
 * there at the start exactly once, whatever opens meanwhile; in the order of triage one whose verdict changes meanwhile may be
 * met twice or not at all. `key` signs the cursors. Throws BAD_REQUEST on a filter or cursor
 * that is not valid.
 */
export async function listAlerts(
  filter: AlertFilter,
  store: Pick<AlertStore, 'findAlerts' | 'readAlerts'>,
  key: Uint8Array,
): Promise<AlertPage> {
  const { cursor, limit, since, order, status, severity, rule_id: ruleId } = parseFilter(filter);
  const meaning = JSON.stringify([status, severity, ruleId, since, ...(order === 'opened' ? [] : [order])]);
  const search = {
    status,
    severity,
    ruleId,
    since: since === undefined ? undefined : timestampText(Date.parse(since) * 1000),
    after: cursor === undefined ? undefined : readCursor(cursor, meaning, key),
    limit: limit + 1,
  };
  const found = await (order === 'triage' ? findByRank(search, store) : store.findAlerts(search));
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return {
    items: await readInOrder(page, store),
    next_cursor: found.length > limit && last !== undefined ? writeCursor(last, meaning, key) : null,
  };
}

/** One rank after the other, each in the usual order. */
async function findByRank(search: AlertSearch, store: Pick<AlertStore, 'findAlerts'>): Promise<AlertPosition[]> {
  const found: AlertPosition[] = [];
  for (let rank = search.after?.rank ?? HIGHEST_RANK; rank >= 1 && found.length < search.limit; rank--) {
    const after = rank === search.after?.rank ? search.after : undefined;
    const positions = await store.findAlerts({ ...search, rank, after, limit: search.limit - found.length });
    found.push(...positions.map((position) => ({ ...position, rank })));
  }
  return found;
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
