import type { Delivery, DeliveryEvent, DeliveryState } from '../core/delivery.ts';
import { hash } from '../core/finding.ts';
import { timestampText } from '../core/timestamp.ts';

/** An event to tell, or what stands for one. */
interface Occasion {
  readonly event_id: string;
  readonly alert_id: string;
  readonly at: string;
}

interface Plan {
  readonly state?: DeliveryState;
  /** Milliseconds; at once when left out. */
  readonly notBefore?: number;
  readonly route_id?: string;
  readonly bundle?: string;
  readonly summary_id?: string;
  readonly reason?: string;
}

/** A delivery as planned: its id depends on event and destination alone, and its revision is 0. */
export function newDelivery(
  { event_id, alert_id, at }: Occasion,
  destinationId: string,
  event: DeliveryEvent,
  now: number,
  { state = 'pending', notBefore = now, route_id = '', bundle = '', summary_id = '', reason = '' }: Plan = {},
): Delivery {
  const planned = timestampText(now * 1000);
  return {
    delivery_id: hash('delivery', event_id, destinationId),
    destination_id: destinationId,
    event_id,
    alert_id,
    event,
    event_at: at,
    planned_at: planned,
    state,
    attempts: 0,
    next_attempt_at: timestampText(Math.round(Math.max(notBefore, now)) * 1000),
    updated_at: planned,
    revision: 0,
    route_id,
    bundle,
    summary_id,
    reason,
    receipt: '',
  };
}
