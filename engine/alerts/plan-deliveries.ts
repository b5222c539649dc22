import type { RecentEvent } from '../core/delivery.ts';
import type { AlertStore } from './alert-store.ts';
import { planEvents, type Receivers } from './plan-events.ts';
import { type FactSources, readPlanFacts } from './plan-facts.ts';

/** Events looked at in one go. */
const PAGE = 1_000;

export interface PlanContext extends FactSources, Receivers {
  readonly store: FactSources['store'] & Pick<AlertStore, 'readRecentEvents' | 'readPlanned' | 'saveDeliveries'>;
}

/**
 * Puts into the outbox what it lacks: a delivery for each event and each destination that has to hear of it. The log itself says
 * what is due, so nothing is lost when the engine dies between writing an event and planning its delivery; and what was planned for
 * an event is written in one piece and never planned again, so planning twice, or after the routes were changed, changes nothing.
 * `since` is DateTime64(6) text. Answers the destinations that got something.
 */
export async function planDeliveries(context: PlanContext, since: string, now: number): Promise<Set<string>> {
  const { store, destinations } = context;
  const planned = new Set<string>();
  if (destinations.length === 0) return planned;
  const oldest = destinations.map((destination) => destination.created_at).sort()[0] ?? since;
  const from = since > oldest ? since : oldest;
  let last: RecentEvent | undefined;
  for (;;) {
    const events = await store.readRecentEvents(from, last, PAGE);
    if (events.length === 0) return planned;
    const known = new Set(await store.readPlanned([...new Set(events.map((event) => event.event_id))]));
    const missing = events.filter((event) => !known.has(event.event_id));
    if (missing.length > 0) {
      const deliveries = planEvents(missing, await readPlanFacts(missing, context, now), context, now);
      await store.saveDeliveries(deliveries);
      for (const delivery of deliveries) if (delivery.state === 'pending') planned.add(delivery.destination_id);
    }
    if (events.length < PAGE) return planned;
    last = events.at(-1);
  }
}
