import { z } from 'zod';
import {
  DELIVERY_EVENTS,
  DELIVERY_STATES,
  type Delivery,
  type DeliveryAttempt,
  type WaitingDelivery,
} from '../../core/delivery.ts';
import { hash } from '../../core/finding.ts';
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

/** Which of the events are planned for which of the destinations. */
export async function readPlanned(
  store: Store,
  database: string,
  destinationIds: readonly string[],
  eventIds: readonly string[],
): Promise<{ destination_id: string; event_id: string }[]> {
  const rows = await store.query(
    `SELECT DISTINCT destination_id, event_id
     FROM deliveries
     WHERE destination_id IN {destinationIds: Array(String)} AND event_id IN {eventIds: Array(String)}`,
    { destinationIds, eventIds },
    { database },
  );
  return z.array(z.object({ destination_id: z.string(), event_id: z.string() })).parse(rows);
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
             PARTITION BY alert_id ORDER BY event_at, event_id
             ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
         )
     )
     WHERE first OR (event = 'updated' AND next_event = 'updated')
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
