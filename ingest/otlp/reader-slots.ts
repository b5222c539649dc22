import { CodedError } from '../../engine/core/errors.ts';

/** How many may wait; each costs what HTTP/2 buffers of a stream nobody reads, 64 KiB at most. */
const MOST_WAITING = 1_024;

export interface ReaderSlot {
  /** Lets the next one read; harmless when done before. */
  release(): void;
}

/**
 * Bounds how many messages are read side by side where their length is not known before. Those that wait are not read, so flow
 * control holds their senders back.
 */
export class ReaderSlots {
  private free: number;
  private readonly waiting = new Set<() => void>();

  constructor(slots: number) {
    this.free = slots;
  }

  /** Resolves when it is one's turn. Throws OVERLOADED when too many wait, and the signal's reason when it is aborted before. */
  async acquire(signal: AbortSignal): Promise<ReaderSlot> {
    signal.throwIfAborted();
    if (this.free > 0) this.free -= 1;
    else await this.wait(signal);
    let held = true;
    return {
      release: () => {
        if (!held) return;
        held = false;
        this.passOn();
      },
    };
  }

  private wait(signal: AbortSignal): Promise<void> {
    if (this.waiting.size >= MOST_WAITING) {
      throw new CodedError('OVERLOADED', 'too many requests are waiting: send the batch again later');
    }
    return new Promise((resolve, reject) => {
      const give = () => {
        signal.removeEventListener('abort', giveUp);
        resolve();
      };
      const giveUp = () => {
        this.waiting.delete(give);
        reject(signal.reason);
      };
      this.waiting.add(give);
      signal.addEventListener('abort', giveUp, { once: true });
    });
  }

  private passOn(): void {
    for (const give of this.waiting) {
      this.waiting.delete(give);
      give();
      return;
    }
    this.free += 1;
  }
}
