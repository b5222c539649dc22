import { z } from 'zod';
import {
  DELIVERY_EVENTS,
  DELIVERY_STATES,
  type Delivery,
  type DeliveryAttempt,
  type SummaryGroup,
  type Told,
  type WaitingDelivery,
} from '../../core/delivery.ts';
import { hash } from '../../core/finding.ts';
import { timestampText } from '../../core/timestamp.ts';
import { type Columns, insertRows } from '../insert-rows.ts';
import type { Store } from '../store.ts';

const COLUMNS: Columns<Delivery> = {
  destination_id: (row) => row.destination_id,
  event_id: (row) => row.event_id,
  delivery_id: (row) => row.delivery_id,
  alert_id: (row) => row.alert_id,
  event: (row) => row.event,
  event_at: (row) => row.event_at,
  planned_at: (row) => row.planned_at,
  state: (row) => row.state,
  attempts: (row) => row.attempts,
  next_attempt_at: (row) => row.next_attempt_at,
  updated_at: (row) => row.updated_at,
  revision: (row) => row.revision,
  route_id: (row) => row.route_id,
  bundle: (row) => row.bundle,
  summary_id: (row) => row.summary_id,
  reason: (row) => row.reason,
  receipt: (row) => row.receipt,
};

const deliverySchema = z.object({
  destination_id: z.string(),
  event_id: z.string(),
  delivery_id: z.string(),
  alert_id: z.string(),
  event: z.enum(DELIVERY_EVENTS),
  event_at: z.string(),
  planned_at: z.string(),
  state: z.enum(DELIVERY_STATES),
  attempts: z.number(),
  next_attempt_at: z.string(),
  updated_at: z.string(),
  revision: z.number(),
  route_id: z.string(),
  bundle: z.string(),
  summary_id: z.string(),
  reason: z.string(),
  receipt: z.string(),
});

const NAMES = Object.keys(COLUMNS).join(', ');

/** Writes revisions of deliveries. Of each delivery the highest revision counts, whenever it was written. */
export async function saveDeliveries(store: Store, database: string, deliveries: readonly Delivery[]): Promise<void> {
  const token = hash(
    'deliveries',
    ...deliveries.flatMap((row) => [row.delivery_id, String(row.revision), row.state, row.updated_at]),
  );
  await insertRows(store, `${database}.deliveries`, COLUMNS, deliveries, token);
}

/** Which of the events are planned, for whomever. */
export async function readPlanned(store: Store, database: string, eventIds: readonly string[]): Promise<string[]> {
  const rows = await store.query(
    'SELECT DISTINCT event_id FROM deliveries WHERE event_id IN {eventIds: Array(String)}',
    { eventIds },
    { database },
  );
  return z
    .array(z.object({ event_id: z.string() }))
    .parse(rows)
    .map((row) => row.event_id);
}

const toldSchema = z.object({
  alert_id: z.string(),
  destination_id: z.string(),
  route_id: z.string(),
  digest: z.boolean(),
});

/** Who was told of the alerts, or soon is. An escalation counts once it went out. */
export async function readTold(store: Store, database: string, alertIds: readonly string[]): Promise<Told[]> {
  const rows = await store.query(
    `SELECT
         d.alert_id AS alert_id,
         d.destination_id AS destination_id,
         argMax(d.route_id, (d.event_at, d.revision)) AS route_id,
         toBool(argMax(d.reason, (d.event_at, d.revision)) = 'digest') AS digest
     FROM (
         SELECT *
         FROM deliveries
         WHERE alert_id IN {alertIds: Array(String)}
         ORDER BY revision DESC
         LIMIT 1 BY destination_id, event_id
     ) AS d
     WHERE d.state NOT IN ('silenced', 'unrouted')
       AND d.event NOT IN ('updated', 'acknowledged', 'closed')
       AND (d.event NOT IN ('escalated', 'repeated') OR d.state IN ('delivered', 'grouped'))
     GROUP BY d.alert_id, d.destination_id`,
    { alertIds },
    { database },
  );
  return z.array(toldSchema).parse(rows);
}

const bundlesSchema = z.object({ destination_id: z.string(), bundle: z.string(), at: z.coerce.number() });

/** When what waits under a name goes, or last went, in milliseconds; by destination and name. Of the last day. */
export async function readBundles(store: Store, database: string, now: number): Promise<Map<string, number>> {
  const rows = await store.query(
    `SELECT destination_id, bundle, max(toUnixTimestamp64Milli(next_attempt_at)) AS at
     FROM deliveries
     WHERE bundle != '' AND planned_at >= {since: DateTime64(6)}
     GROUP BY destination_id, bundle`,
    { since: timestampText((now - 86_400_000) * 1_000) },
    { database },
  );
  return new Map(
    z
      .array(bundlesSchema)
      .parse(rows)
      .map((row) => [`${row.destination_id} ${row.bundle}`, row.at]),
  );
}

/**
 * What waits for a destination and can move: the first delivery of each alert, soonest attempt first, and updates that a later
 * one makes needless.
 */
export async function readWaiting(
  store: Store,
  database: string,
  destinationId: string,
  limit: number,
): Promise<WaitingDelivery[]> {
  const rows = await store.query(
    `SELECT * FROM (
         SELECT
             ${NAMES},
             row_number() OVER alert = 1 AS first,
             leadInFrame(toString(event), 1, '') OVER alert AS next_event
         FROM deliveries FINAL
         WHERE destination_id = {destinationId: String} AND state = 'pending'
         WINDOW alert AS (
             -- Reminders have a time of their own and wait for nothing.
             PARTITION BY alert_id, event IN ('escalated', 'repeated') ORDER BY event_at, event_id
             ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
         )
     )
     WHERE first OR (event = 'updated' AND next_event != '')
     ORDER BY next_attempt_at, event_at, event_id
     LIMIT {limit: UInt32}`,
    { destinationId, limit },
    { database },
  );
  return z.array(waitingSchema).parse(rows);
}

const waitingSchema = deliverySchema.extend({
  first: z.coerce.boolean(),
  next_event: z.union([z.enum(DELIVERY_EVENTS), z.literal('')]),
});

/** What waits for a destination under one name, at most `limit`. */
export async function readBundle(
  store: Store,
  database: string,
  destinationId: string,
  bundle: string,
  limit: number,
): Promise<Delivery[]> {
  const rows = await store.query(
    `SELECT ${NAMES}
     FROM deliveries FINAL
     WHERE destination_id = {destinationId: String} AND bundle = {bundle: String}
       AND state = 'pending' AND event = 'opened' AND attempts = 0
     ORDER BY event_at, event_id
     LIMIT {limit: UInt32}`,
    { destinationId, bundle, limit },
    { database },
  );
  return z.array(deliverySchema).parse(rows);
}

const receiptSchema = z.object({ alert_id: z.string(), receipt: z.string() });

/** What a receiver called its first message on each of the alerts. */
export async function readReceipts(
  store: Store,
  database: string,
  destinationId: string,
  alertIds: readonly string[],
): Promise<Map<string, string>> {
  const rows = await store.query(
    `SELECT d.alert_id AS alert_id, argMin(d.receipt, (d.event_at, d.event_id)) AS receipt
     FROM deliveries AS d
     WHERE d.destination_id = {destinationId: String} AND d.alert_id IN {alertIds: Array(String)} AND d.receipt != ''
     GROUP BY d.alert_id`,
    { destinationId, alertIds },
    { database },
  );
  return new Map(
    z
      .array(receiptSchema)
      .parse(rows)
      .map((row) => [row.alert_id, row.receipt]),
  );
}

const summarySchema = z.object({
  rule_id: z.string(),
  severity: z.string(),
  alerts: z.coerce.number(),
  matches: z.coerce.number(),
  risk_score: z.number(),
  gravest: z.array(z.string()),
  ids: z.array(z.string()),
});

/** The alerts that a summary tells of, by rule and severity, the most alerts first. */
export async function readSummary(store: Store, database: string, summaryId: string): Promise<SummaryGroup[]> {
  const rows = await store.query(
    `SELECT
         rule_id, severity, count() AS alerts, sum(hits) AS matches, max(risk) AS risk_score,
         arrayMap(pair -> pair.2, arraySlice(arrayReverseSort(groupArray((risk, alert_id))), 1, 10)) AS gravest,
         groupArray(1000)(alert_id) AS ids
     FROM (
         SELECT
             e.alert_id AS alert_id, any(e.rule_id) AS rule_id, argMax(e.severity, e.at) AS severity,
             max(e.risk_score) AS risk, uniqExact(e.match) AS hits
         FROM alert_events AS e
         WHERE e.type IN ('opened', 'matched') AND e.alert_id IN (
             SELECT alert_id FROM deliveries WHERE summary_id = {summaryId: String} AND state = 'grouped'
         )
         GROUP BY e.alert_id
     )
     GROUP BY rule_id, severity
     ORDER BY alerts DESC, rule_id, severity`,
    { summaryId },
    { database },
  );
  return z.array(summarySchema).parse(rows);
}

const queueSchema = z.object({
  destination_id: z.string(),
  pending: z.coerce.number(),
  dead: z.coerce.number(),
});

/** How much waits for each destination, and how much was given up. */
export async function readQueues(store: Store, database: string): Promise<z.infer<typeof queueSchema>[]> {
  const rows = await store.query(
    `SELECT destination_id, countIf(state = 'pending') AS pending, countIf(state = 'dead') AS dead
     FROM deliveries FINAL
     WHERE state IN ('pending', 'dead')
     GROUP BY destination_id`,
    {},
    { database },
  );
  return z.array(queueSchema).parse(rows);
}

const heldSchema = z.object({ reason: z.string(), events: z.coerce.number(), alerts: z.coerce.number() });

/** How often each silence and inhibition held something back. */
export async function readHeldBack(store: Store, database: string): Promise<z.infer<typeof heldSchema>[]> {
  const rows = await store.query(
    `SELECT reason, uniqExact(event_id) AS events, uniqExact(alert_id) AS alerts
     FROM deliveries
     WHERE state = 'silenced'
     GROUP BY reason`,
    {},
    { database },
  );
  return z.array(heldSchema).parse(rows);
}

/** Deliveries in a state, the latest planned first. */
export async function findDeliveries(
  store: Store,
  database: string,
  search: { state: string; destinationId: string; limit: number },
): Promise<Delivery[]> {
  const rows = await store.query(
    `SELECT ${NAMES}
     FROM deliveries FINAL
     WHERE state = {state: String} AND ({destinationId: String} = '' OR destination_id = {destinationId: String})
     ORDER BY planned_at DESC, delivery_id
     LIMIT {limit: UInt32}`,
    search,
    { database },
  );
  return z.array(deliverySchema).parse(rows);
}

export async function readDelivery(store: Store, database: string, deliveryId: string): Promise<Delivery | undefined> {
  const rows = await store.query(
    `SELECT ${NAMES} FROM deliveries FINAL WHERE delivery_id = {deliveryId: String} LIMIT 1`,
    { deliveryId },
    { database },
  );
  return z.array(deliverySchema).parse(rows)[0];
}

/** Every delivery of an alert, in the order of its events. */
export async function readAlertDeliveries(store: Store, database: string, alertId: string): Promise<Delivery[]> {
  const rows = await store.query(
    `SELECT * FROM (
         SELECT ${NAMES}
         FROM deliveries
         WHERE alert_id = {alertId: String}
         ORDER BY revision DESC
         LIMIT 1 BY destination_id, event_id
     )
     ORDER BY event_at, event_id, destination_id`,
    { alertId },
    { database },
  );
  return z.array(deliverySchema).parse(rows);
}

const ATTEMPT_COLUMNS: Columns<DeliveryAttempt> = {
  delivery_id: (row) => row.delivery_id,
  attempt: (row) => row.attempt,
  at: (row) => row.at,
  duration_ms: (row) => row.duration_ms,
  status: (row) => row.status,
  error: (row) => row.error,
};

const attemptSchema = z.object({
  delivery_id: z.string(),
  attempt: z.number(),
  at: z.string(),
  duration_ms: z.number(),
  status: z.number(),
  error: z.string(),
});

export async function insertAttempts(
  store: Store,
  database: string,
  attempts: readonly DeliveryAttempt[],
): Promise<void> {
  const token = hash('attempts', ...attempts.flatMap((row) => [row.delivery_id, String(row.attempt), row.at]));
  await insertRows(store, `${database}.delivery_attempts`, ATTEMPT_COLUMNS, attempts, token);
}

/** The attempts at some deliveries, in order; at most 1,000. */
export async function readAttempts(
  store: Store,
  database: string,
  deliveryIds: readonly string[],
): Promise<DeliveryAttempt[]> {
  const rows = await store.query(
    `SELECT delivery_id, attempt, at, duration_ms, status, error
     FROM delivery_attempts
     WHERE delivery_id IN {deliveryIds: Array(String)}
     ORDER BY at, delivery_id, attempt
     LIMIT 1000`,
    { deliveryIds },
    { database },
  );
  return z.array(attemptSchema).parse(rows);
}
