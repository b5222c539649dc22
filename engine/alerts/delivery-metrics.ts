import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Delivery } from '../core/delivery.ts';
import type { Destination } from '../core/destination.ts';

/** Figures of deliveries, of all orgs of this process. */
export interface DeliveryMetrics {
  attempted(destination: Destination, delivery: Delivery): void;
  /** Seconds from the acknowledgement of the last span of its evidence to the delivery of an alert. */
  delayed(seconds: number): void;
  /** Hears of an org whose queues are to be counted when somebody asks for the figures. */
  watch(org: string, queues: () => Promise<readonly { destination_id: string; pending: number; dead: number }[]>): void;
}

export function createDeliveryMetrics(register: Registry): DeliveryMetrics {
  const orgs = new Map<string, Parameters<DeliveryMetrics['watch']>[1]>();
  const delay = new Histogram({
    name: 'spanwarden_alert_delay_seconds',
    help: 'From the acknowledgement of an alert’s last span to its delivery',
    buckets: [0.5, 1, 2, 3, 4, 5, 7.5, 10, 20, 30, 60, 300, 3_600],
    registers: [register],
  });
  const attempts = new Counter({
    name: 'spanwarden_delivery_attempts_total',
    help: 'Attempts at destinations',
    labelNames: ['destination', 'kind', 'outcome'],
    registers: [register],
  });
  new Gauge({
    name: 'spanwarden_delivery_queue',
    help: 'Deliveries that wait, and that were given up',
    labelNames: ['org', 'destination', 'state'],
    registers: [register],
    async collect() {
      this.reset();
      for (const [org, queues] of orgs) {
        for (const { destination_id: destination, pending, dead } of await queues()) {
          this.set({ org, destination, state: 'pending' }, pending);
          this.set({ org, destination, state: 'dead' }, dead);
        }
      }
    },
  });
  return {
    attempted: ({ id, kind }, { state }) => {
      const outcome = state === 'pending' ? 'failed' : state;
      attempts.inc({ destination: id, kind, outcome });
    },
    delayed: (seconds) => delay.observe(seconds),
    watch: (org, queues) => void orgs.set(org, queues),
  };
}
