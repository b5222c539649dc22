import type { Delivery } from '../core/delivery.ts';
import { timestampText } from '../core/timestamp.ts';

/** The next revision of a delivery, changed at `now` (milliseconds). */
export function revised(delivery: Delivery, now: number): Delivery {
  return { ...delivery, updated_at: timestampText(now * 1000), revision: delivery.revision + 1 };
}
