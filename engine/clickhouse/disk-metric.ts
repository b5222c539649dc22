import { Gauge, type Registry } from 'prom-client';
import type { Store } from './store.ts';

/** Registers whether the disk of the embedded engine is full. */
export function diskMetric(registry: Registry, store: Store): void {
  new Gauge({
    name: 'spanwarden_disk_full',
    help: '1 while nothing is stored because the disk of the embedded database is full or fails',
    registers: [registry],
    collect() {
      this.set(store.trouble?.() ? 1 : 0);
    },
  });
}
