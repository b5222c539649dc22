import type { Destination } from '../core/destination.ts';
import { timestampText } from '../core/timestamp.ts';
import type { AlertStore } from './alert-store.ts';
import { type DeliverDeps, deliverTo } from './deliver-to.ts';
import { type Lane, newLane } from './lane.ts';
import { type PlanContext, planDeliveries } from './plan-deliveries.ts';
import { fallbackIds } from './routing/choose-destinations.ts';
import type { Policy } from './routing/policy.ts';
import { planNotices } from './routing/silence-notice.ts';

export interface DeliveryWorker {
  /** One round: plans what the log asks for, delivers what is due, and resolves when that is through. */
  tick(): Promise<void>;
  /** Rounds from now on: every second, and at once on `wake`. */
  start(): void;
  wake(): void;
  /** Looks at a destination's queue again, for something was put there. */
  recheck(destinationId: string): void;
  /** How a destination does, as far as this process knows. */
  health(destinationId: string): { failures_in_a_row: number; paused_until: number };
  /** Begins nothing more and resolves when every attempt under way has ended and is stored. */
  stop(): Promise<void>;
}

export interface WorkerDeps extends Omit<DeliverDeps, 'store' | 'stopping' | 'fallbacks'> {
  readonly store: DeliverDeps['store'] & PlanContext['store'] & Pick<AlertStore, 'listDestinations'>;
}

const ROUND_MS = 1_000;

/** How far back the first round looks for events without a delivery. Less than the outbox keeps, or they would be sent again. */
const FIRST_SWEEP_MS = 30 * 86_400_000;

/** How far a round looks back behind the one before; what this process writes is readable at once. */
const OVERLAP_MS = 2_000;

/** How far one round in a while looks back: what other processes write may become readable late, and clocks differ. */
const LOOK_BACK_MS = 300_000;
/** How often that is, and how often a destination is looked at for which nothing seems to wait. */
const LOOK_EVERY_MS = 30_000;

/**
 * Carries the outbox to its destinations. Destinations don't wait for each other: a round passes over one that is still busy with
 * the round before. A failure of the store is logged and the next round goes on.
 */
export function createDeliveryWorker(deps: WorkerDeps): DeliveryWorker {
  const { clock } = deps.context;
  const lanes = new Map<string, Lane>();
  const busy = new Map<string, Promise<void>>();
  /** Notices that are in the outbox: their silences need not be looked at each second. */
  const noticed = new Set<string>();
  let fallbacks: readonly string[] = [];
  let sweptAt = clock() - FIRST_SWEEP_MS;
  let lookedBackAt = 0;
  let sweeping: Promise<unknown> = Promise.resolve();
  let stopping = false;
  let beating = false;
  let again = false;
  let timer: NodeJS.Timeout | undefined;

  /** Plans, and sets off the destinations that have something due. */
  async function sweep(): Promise<void> {
    const destinations = await deps.store.listDestinations();
    const now = clock();
    const lookBack = now - lookedBackAt >= LOOK_EVERY_MS;
    const since = timestampText((sweptAt - (lookBack ? LOOK_BACK_MS : OVERLAP_MS)) * 1000);
    const policy = await deps.policy();
    const context = { store: deps.store, policy, org: deps.org, destinations };
    const planned = await planDeliveries(context, since, now);
    for (const id of await announceEndings(policy, destinations, now)) planned.add(id);
    fallbacks = fallbackIds(destinations);
    if (destinations.length > 0) sweptAt = now;
    if (lookBack) lookedBackAt = now;
    for (const destination of destinations) {
      const lane = lanes.get(destination.id) ?? newLane();
      lanes.set(destination.id, lane);
      if (planned.has(destination.id)) lane.stale = true;
      setOff(destination, lane);
    }
  }

  /** Puts notices of silences that end soon into the outbox. Answers who hears of them. */
  async function announceEndings(policy: Policy, destinations: readonly Destination[], now: number): Promise<string[]> {
    const notices = planNotices(policy, destinations, now).filter(({ event_id }) => !noticed.has(event_id));
    if (notices.length === 0) return [];
    const known = new Set(await deps.store.readPlanned(notices.map(({ event_id }) => event_id)));
    const missing = notices.filter(({ event_id }) => !known.has(event_id));
    await deps.store.saveDeliveries(missing);
    for (const { event_id } of notices) noticed.add(event_id);
    return missing.map(({ destination_id }) => destination_id);
  }

  function setOff(destination: Destination, lane: Lane): void {
    const isDue = (lane.stale ? lane.pausedUntil : lane.nextAt) <= clock();
    if (isDue && !stopping && !busy.has(destination.id)) busy.set(destination.id, run(destination, lane));
  }

  async function run(destination: Destination, lane: Lane): Promise<void> {
    try {
      await deliverTo(destination, lane, { ...deps, stopping: () => stopping, fallbacks: () => fallbacks });
      lane.nextAt = Math.min(lane.nextAt, clock() + LOOK_EVERY_MS);
    } catch (error) {
      lane.stale = true;
      deps.log.error(
        { err: error, destination_id: destination.id },
        'The outbox could not be worked on; it is tried again',
      );
    } finally {
      busy.delete(destination.id);
    }
  }

  /** Sweeps one after the other. */
  function round(): Promise<void> {
    const turn = sweeping.then(sweep);
    sweeping = turn.catch(() => undefined);
    return turn;
  }

  async function beat(): Promise<void> {
    beating = true;
    again = false;
    try {
      await round();
    } catch (error) {
      deps.log.error({ err: error }, 'Deliveries could not be planned; it is tried again');
    }
    beating = false;
    schedule(again ? 0 : ROUND_MS);
  }

  function schedule(delay: number): void {
    clearTimeout(timer);
    if (!stopping) timer = setTimeout(beat, delay);
  }

  function wake(): void {
    if (beating) again = true;
    else if (timer !== undefined) schedule(0);
  }

  return {
    tick: async () => {
      await round();
      await Promise.all(busy.values());
    },
    start: () => {
      stopping = false;
      schedule(0);
    },
    wake,
    recheck: (destinationId) => {
      const lane = lanes.get(destinationId);
      if (lane !== undefined) lane.stale = true;
      wake();
    },
    health: (destinationId) => {
      const { failures = 0, pausedUntil = 0 } = lanes.get(destinationId) ?? {};
      return { failures_in_a_row: failures, paused_until: pausedUntil };
    },
    stop: async () => {
      stopping = true;
      clearTimeout(timer);
      timer = undefined;
      await sweeping;
      await Promise.all(busy.values());
    },
  };
}
