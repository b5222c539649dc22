import type { Alert } from '../core/alert.ts';
import type { AlertStore } from './alert-store.ts';
import type { DeliveryMetrics } from './delivery-metrics.ts';
import type { Diagnostics } from './diagnostics.ts';

/** An alert that was told for the first time, and when (milliseconds). */
export interface OpenedAlert {
  readonly alert: Alert;
  readonly at: number;
}

interface Deps {
  readonly store: Pick<AlertStore, 'readAcceptedAt'>;
  readonly metrics: DeliveryMetrics;
  readonly log: Diagnostics;
}

/** Counts how long alerts took from the acknowledgement of the last span they rest on. Never fails: it is a figure and no more. */
export async function measureDelays(opened: readonly OpenedAlert[], { store, metrics, log }: Deps): Promise<void> {
  if (opened.length === 0) return;
  try {
    const traceIds = new Set(opened.flatMap(({ alert }) => alert.evidence.map((item) => item.trace_id)));
    const spans = await store.readAcceptedAt([...traceIds].slice(0, 1_000));
    const acceptedAt = new Map(spans.map((span) => [`${span.trace_id} ${span.span_id}`, span.at]));
    for (const { alert, at } of opened) {
      const times = alert.evidence.flatMap((item) => acceptedAt.get(`${item.trace_id} ${item.span_id}`) ?? []);
      if (times.length > 0) metrics.delayed(Math.max(0, at - Math.max(...times)) / 1000);
    }
  } catch (error) {
    log.warn({ err: error }, 'The delay of alerts could not be worked out');
  }
}
