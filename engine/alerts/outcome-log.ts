import type { Delivery, DeliveryAttempt } from '../core/delivery.ts';
import type { AlertStore } from './alert-store.ts';

interface Outcome {
  /** The delivery as it is now, and what follows from it. */
  readonly deliveries: readonly Delivery[];
  readonly attempt: DeliveryAttempt;
}

export interface OutcomeLog {
  /** Takes an outcome and stores it soon; waits, and throws, only when too many are not stored yet. */
  add(outcome: Outcome): Promise<void>;
  /** Resolves when everything taken is stored. Before that the outbox must not be read, or the same would be sent again. */
  flush(): Promise<void>;
}

/** Outcomes not stored yet: as many deliveries a crash may repeat. Waiting for each to be stored would make sending five times slower. */
const MOST_KEPT = 32;

/** Outcomes that arrive while an insert is under way share the next one. What could not be stored is kept and tried again. */
export function createOutcomeLog(store: Pick<AlertStore, 'insertAttempts' | 'saveDeliveries'>): OutcomeLog {
  let kept: Outcome[] = [];
  let writing: Promise<void> | undefined;

  async function write(): Promise<void> {
    const batch = [...kept];
    // The attempts first: a delivery that counts as done must have its attempt in the log.
    await store.insertAttempts(batch.map((outcome) => outcome.attempt));
    await store.saveDeliveries(batch.flatMap((outcome) => outcome.deliveries));
    kept = kept.slice(batch.length);
  }

  async function flush(): Promise<void> {
    while (writing !== undefined) await writing.catch(() => undefined);
    if (kept.length === 0) return;
    writing = write().finally(() => {
      writing = undefined;
    });
    await writing;
  }

  return {
    add: async (outcome) => {
      kept.push(outcome);
      const stored = flush();
      if (kept.length >= MOST_KEPT) await stored;
      // A failure is not lost: the outcome is still kept and the next flush fails or mends it.
      else stored.catch(() => undefined);
    },
    flush,
  };
}
