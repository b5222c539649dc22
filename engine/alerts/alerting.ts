import { hkdfSync, randomUUID } from 'node:crypto';
import { Registry } from 'prom-client';
import type { Alert, AlertEvent, AlertLogEntry } from '../core/alert.ts';
import type { Clock } from '../core/clock.ts';
import type { Delivery, DeliveryAttempt } from '../core/delivery.ts';
import { CodedError } from '../core/errors.ts';
import type { Finding } from '../core/finding.ts';
import { rfc3339 } from '../core/timestamp.ts';
import { type AlertAction, actOnAlert, alertActionSchema } from './act-on-alert.ts';
import type { AlertStore } from './alert-store.ts';
import { applyFindings } from './apply-findings.ts';
import { createDeliveryBook, type DeliveryBook } from './delivery-book.ts';
import { createDeliveryMetrics, type DeliveryMetrics } from './delivery-metrics.ts';
import { createDeliveryWorker } from './delivery-worker.ts';
import { createDestinationBook, type DestinationBook } from './destination-book.ts';
import { createGuardedNetwork, type Lookup } from './destinations/guarded-network.ts';
import { parseInput } from './destinations/parse-input.ts';
import type { Diagnostics } from './diagnostics.ts';
import { createIncidents, type Incidents } from './incidents.ts';
import type { AlertRule } from './lifecycle.ts';
import { type AlertFilter, type AlertPage, listAlerts } from './list-alerts.ts';
import { type AlertListener, createNotifier } from './notifier.ts';
import { createOutcomeLog } from './outcome-log.ts';
import type { PolicyKind } from './routing/policy.ts';
import { createPolicyBook, type PolicyBook } from './routing/policy-book.ts';
import { type RouteAnswer, type RouteQuestion, whereTo } from './routing/where-to.ts';
import { createSeal } from './seal.ts';

export interface AlertingOptions {
  readonly store: AlertStore;
  readonly clock: Clock;
  /** In [0, 1), for the jitter of retries. */
  readonly random: () => number;
  /** The master key, 32 bytes. */
  readonly sealKey: Uint8Array;
  /** Destinations may be on loopback and private networks. */
  readonly allowPrivate: boolean;
  /** Slug of the org, for matchers and figures. */
  readonly org: string;
  /** Base of links to the web pages; '' when unknown. */
  readonly publicUrl?: string;
  readonly metrics?: DeliveryMetrics;
  /** Our own version, for the user agent. */
  readonly version: string;
  readonly log: Diagnostics;
  /** Limit of one attempt at a destination; 10 s when left out. */
  readonly attemptTimeoutMs?: number;
  /** Attempts at one destination at a time; 4 when left out. */
  readonly concurrency?: number;
  /** Name service; the system's when left out. */
  readonly lookup?: Lookup;
}

/** How an alert got to one destination. Times are RFC 3339 UTC. */
export type ShownDelivery = Pick<
  Delivery,
  | 'delivery_id'
  | 'destination_id'
  | 'event'
  | 'state'
  | 'planned_at'
  | 'next_attempt_at'
  | 'route_id'
  | 'summary_id'
  | 'reason'
> & { attempts: Omit<DeliveryAttempt, 'delivery_id'>[] };

export interface AlertDetail extends Alert {
  /** At most the latest 1,000 entries, the oldest of them first. */
  log: AlertLogEntry[];
  deliveries: ShownDelivery[];
}

/** The alerts of one org. Errors are CodedError. */
export interface Alerting {
  /** What a rule found becomes alerts. To be repeated when it throws: nothing is counted twice. Answers what was written. */
  applyFindings(rule: AlertRule, findings: readonly Finding[]): Promise<AlertEvent[]>;
  /** Throws BAD_REQUEST on a filter or cursor that is not valid. */
  list(filter: AlertFilter): Promise<AlertPage>;
  /** Throws NOT_FOUND. */
  get(id: string): Promise<AlertDetail>;
  /** Throws BAD_REQUEST, NOT_FOUND, or CONFLICT when the alert's state does not allow it. Answers the alert as it is now. */
  act(id: string, action: AlertAction, actor: string): Promise<Alert>;
  readonly incidents: Incidents;
  readonly destinations: DestinationBook;
  readonly policies: PolicyBook;
  readonly deliveries: DeliveryBook;
  /** How often each silence or inhibition held something back. */
  heldBack(kind: PolicyKind): Promise<(id: string) => { hits?: number; alerts_held?: number }>;
  /** Where an alert would go, and why. Throws BAD_REQUEST or NOT_FOUND. */
  whereTo(question: RouteQuestion): Promise<RouteAnswer>;
  /** Follows what this process writes to the log; the answer ends it. */
  onEvent(listener: AlertListener): () => void;
  /** One round of deliveries, for tests and one-shot commands; `start` makes rounds by itself. */
  deliverDue(): Promise<void>;
  start(): void;
  /** For good: begins nothing more and resolves when the attempts under way have ended and are stored. */
  stop(): Promise<void>;
}

export function createAlerting(options: AlertingOptions): Alerting {
  const { store, clock, log, concurrency = 4, attemptTimeoutMs = 10_000 } = options;
  const { allowPrivate, lookup, org, publicUrl = '' } = options;
  const seal = createSeal(options.sealKey);
  const cursorKey = new Uint8Array(hkdfSync('sha256', options.sealKey, '', 'spanwarden alert cursor', 32));
  const network = createGuardedNetwork({
    allowPrivate,
    connections: concurrency,
    connectTimeout: attemptTimeoutMs,
    ...(lookup && { lookup }),
  });
  const context = { network, clock, userAgent: `spanwarden/${options.version}`, timeoutMs: attemptTimeoutMs };
  const metrics = options.metrics ?? createDeliveryMetrics(new Registry());
  metrics.watch(org, store.readQueues);
  const policies = createPolicyBook(store, clock);
  const worker = createDeliveryWorker({
    store,
    outcomes: createOutcomeLog(store),
    context,
    policy: policies.current,
    org,
    publicUrl,
    metrics,
    random: options.random,
    seal,
    log,
    concurrency,
  });
  const notifier = createNotifier((error) => log.error({ err: error }, 'A listener to alert events failed'));
  const oneAtATime = createQueue();
  let stopped: Promise<void> | undefined;

  function written(events: readonly AlertEvent[]): void {
    notifier.publish(events);
    worker.wake();
  }

  async function act(id: string, action: AlertAction, actor: string): Promise<Alert> {
    const alert = await readAlert(id, store);
    const [newest] = await store.readAlertStates([alert.fingerprint], []);
    const event = actOnAlert(alert, newest!, action, { actor, now: clock(), eventId: randomUUID() });
    await store.insertAlertEvents([event]);
    written([event]);
    return readAlert(id, store);
  }

  return {
    applyFindings: (rule, findings) => oneAtATime(() => applyFindings(rule, findings, { store, clock, written })),
    list: (filter) => listAlerts(filter, store, cursorKey),
    get: async (id) => ({
      ...(await readAlert(id, store)),
      log: await store.readAlertLog(id, 1_000),
      deliveries: await readDeliveries(id, store),
    }),
    act: async (id, action, actor) => {
      const parsed = parseInput(alertActionSchema, action);
      return oneAtATime(() => act(id, parsed, actor));
    },
    incidents: createIncidents(store),
    destinations: createDestinationBook({ store, context, seal, publicUrl }),
    policies,
    deliveries: createDeliveryBook(store, clock, worker),
    heldBack: async (kind) => {
      if (kind === 'route') return () => ({});
      const held = new Map((await store.readHeldBack()).map((row) => [row.reason, row]));
      return (id) => {
        const { events = 0, alerts = 0 } = held.get(`${kind}:${id}`) ?? {};
        return { hits: events, alerts_held: alerts };
      };
    },
    whereTo: (question) => whereTo(question, { store, policies, org, clock }),
    onEvent: notifier.onEvent,
    deliverDue: worker.tick,
    start: worker.start,
    stop: () => {
      stopped ??= worker.stop().then(network.close);
      return stopped;
    },
  };
}

/**
 * Runs work in the order it was given, one piece at a time: what decides on the log's state must not be overtaken by what
 * changes it.
 */
function createQueue(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
}

async function readAlert(id: string, store: Pick<AlertStore, 'readAlerts'>): Promise<Alert> {
  const [alert] = await store.readAlerts([id]);
  if (alert === undefined) throw new CodedError('NOT_FOUND', 'There is no such alert');
  return alert;
}

async function readDeliveries(
  alertId: string,
  store: Pick<AlertStore, 'readAlertDeliveries' | 'readAttempts'>,
): Promise<ShownDelivery[]> {
  const deliveries = await store.readAlertDeliveries(alertId);
  if (deliveries.length === 0) return [];
  const attempts = await store.readAttempts(deliveries.map((delivery) => delivery.delivery_id));
  const byDelivery = Map.groupBy(attempts, (attempt) => attempt.delivery_id);
  return deliveries.map(({ delivery_id, destination_id, event, state, planned_at, next_attempt_at, ...row }) => ({
    delivery_id,
    destination_id,
    event,
    state,
    planned_at: rfc3339(planned_at),
    next_attempt_at: rfc3339(next_attempt_at),
    route_id: row.route_id,
    summary_id: row.summary_id,
    reason: row.reason,
    attempts: (byDelivery.get(delivery_id) ?? []).map(({ delivery_id: _, ...attempt }) => ({
      ...attempt,
      at: rfc3339(attempt.at),
    })),
  }));
}
