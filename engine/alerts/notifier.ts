import type { AlertEvent } from '../core/alert.ts';

/** `missed` events before this one were dropped because the listener was too slow. */
export type AlertListener = (event: AlertEvent, missed: number) => void | Promise<void>;

export interface Notifier {
  publish(events: readonly AlertEvent[]): void;
  /** Follows events from now on; the answer ends it. */
  onEvent(listener: AlertListener): () => void;
}

/** Events that wait for one listener; beyond it the oldest go. */
const MOST_WAITING = 1_000;

/**
 * Tells listeners of this process what was written to the log. Publishing never waits: each listener has a bounded queue of its
 * own and gets one event after the other; what it throws goes to `failed`.
 */
export function createNotifier(failed: (error: unknown) => void, mostWaiting = MOST_WAITING): Notifier {
  const followers = new Set<Follower>();
  return {
    publish: (events) => {
      for (const follower of followers) follower.take(events);
    },
    onEvent: (listener) => {
      const follower = createFollower(listener, failed, mostWaiting);
      followers.add(follower);
      return () => {
        followers.delete(follower);
        follower.drop();
      };
    },
  };
}

interface Follower {
  take(events: readonly AlertEvent[]): void;
  drop(): void;
}

function createFollower(listener: AlertListener, failed: (error: unknown) => void, mostWaiting: number): Follower {
  let waiting: AlertEvent[] = [];
  let missed = 0;
  let busy = false;

  async function work(): Promise<void> {
    // Off the publisher's stack, so a listener can't hold up or break whoever wrote the event.
    await Promise.resolve();
    for (let event = waiting.shift(); event !== undefined; event = waiting.shift()) {
      const before = missed;
      missed = 0;
      try {
        await listener(event, before);
      } catch (error) {
        failed(error);
      }
    }
    busy = false;
  }

  return {
    take: (events) => {
      waiting.push(...events);
      if (waiting.length > mostWaiting) {
        missed += waiting.length - mostWaiting;
        waiting = waiting.slice(-mostWaiting);
      }
      if (busy) return;
      busy = true;
      void work();
    },
    drop: () => {
      waiting = [];
    },
  };
}
