import type { Delivery, DeliveryAttempt } from '../core/delivery.ts';
import type { AlertStore } from './alert-store.ts';

export interface Outcome {
  readonly delivery: Delivery;
  readonly attempt: DeliveryAttempt;
}

export interface OutcomeLog {
  /** Resolves when the outcome is stored. On failure it is kept for the next `flush`. */
  add(outcome: Outcome): Promise<void>;
  /** Stores what is still kept. Nothing may be sent before this resolves, or the same would be sent again and again. */
  flush(): Promise<void>;
}

/** Outcomes that arrive while an insert is under way share the next one. */
export function createOutcomeLog(store: Pick<AlertStore, 'insertAttempts' | 'saveDeliveries'>): OutcomeLog {
  let kept: Outcome[] = [];
  let writing: Promise<void> | undefined;

  async function write(): Promise<void> {
    const batch = [...kept];
    // The attempts first: a delivery that counts as done must have its attempt in the log.
    await store.insertAttempts(batch.map((outcome) => outcome.attempt));
    await store.saveDeliveries(batch.map((outcome) => outcome.delivery));
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
    add: (outcome) => {
      kept.push(outcome);
      return flush();
    },
    flush,
  };
}
