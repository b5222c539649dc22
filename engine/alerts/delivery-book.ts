import { z } from 'zod';
import type { Clock } from '../core/clock.ts';
import { DELIVERY_STATES, type Delivery } from '../core/delivery.ts';
import { CodedError } from '../core/errors.ts';
import { rfc3339, timestampText } from '../core/timestamp.ts';
import type { AlertStore } from './alert-store.ts';
import type { DeliveryWorker } from './delivery-worker.ts';
import { parseInput } from './destinations/parse-input.ts';
import { revised } from './revised.ts';

export const deliveryFilterSchema = z.strictObject({
  state: z.enum(DELIVERY_STATES).default('dead'),
  destination_id: z.string().max(100).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
});

/** How a destination does. Times are RFC 3339 UTC. */
export interface DestinationHealth {
  queued: number;
  dead: number;
  failures_in_a_row: number;
  /** Nothing is sent before; null when there is no pause. */
  paused_until: string | null;
}

/** A delivery as the API shows it. */
export type ListedDelivery = Omit<Delivery, 'revision' | 'bundle' | 'receipt' | 'updated_at'>;

export interface DeliveryBook {
  /** The latest planned first. Throws BAD_REQUEST. */
  list(filter: z.input<typeof deliveryFilterSchema>): Promise<ListedDelivery[]>;
  /** Sends what was given up once more, under the same delivery id. Throws NOT_FOUND, or CONFLICT unless it is dead. */
  replay(id: string): Promise<ListedDelivery>;
  health(destinationIds: readonly string[]): Promise<ReadonlyMap<string, DestinationHealth>>;
}

export function createDeliveryBook(
  store: Pick<AlertStore, 'findDeliveries' | 'readDelivery' | 'saveDeliveries' | 'readQueues'>,
  clock: Clock,
  worker: Pick<DeliveryWorker, 'health' | 'recheck'>,
): DeliveryBook {
  return {
    list: async (filter) => {
      const { state, destination_id: destinationId = '', limit } = parseInput(deliveryFilterSchema, filter);
      return (await store.findDeliveries({ state, destinationId, limit })).map(show);
    },
    replay: async (id) => {
      const delivery = await store.readDelivery(id);
      if (delivery === undefined) throw new CodedError('NOT_FOUND', 'There is no such delivery');
      if (delivery.state !== 'dead')
        throw new CodedError('CONFLICT', `The delivery is ${delivery.state}; only a dead one can be replayed`);
      const now = clock();
      const at = timestampText(now * 1000);
      // Its day begins again.
      const again = {
        ...revised(delivery, now),
        state: 'pending' as const,
        attempts: 0,
        planned_at: at,
        next_attempt_at: at,
      };
      await store.saveDeliveries([again]);
      worker.recheck(delivery.destination_id);
      return show(again);
    },
    health: async (destinationIds) => {
      const queues = new Map((await store.readQueues()).map((queue) => [queue.destination_id, queue]));
      return new Map(
        destinationIds.map((id) => {
          const { failures_in_a_row, paused_until } = worker.health(id);
          const paused = paused_until > clock() ? rfc3339(timestampText(Math.round(paused_until) * 1000)) : null;
          const { pending = 0, dead = 0 } = queues.get(id) ?? {};
          return [id, { queued: pending, dead, failures_in_a_row, paused_until: paused }];
        }),
      );
    },
  };
}

function show({ revision: _, bundle: __, receipt: ___, updated_at: ____, ...delivery }: Delivery): ListedDelivery {
  return {
    ...delivery,
    event_at: rfc3339(delivery.event_at),
    planned_at: rfc3339(delivery.planned_at),
    next_attempt_at: rfc3339(delivery.next_attempt_at),
  };
}
