import { CodedError } from '../../engine/core/errors.ts';

/** Reserved for every request from its start: what a connection, a decompressor and the first reads take. */
const LEAST_BYTES = 64 * 1024;

/** What one request holds of the budget. */
export interface Reservation {
  /** Makes the reservation at least this large. Throws OVERLOADED when the budget has no room. */
  raiseTo(bytes: number): void;
  /** Gives everything back. */
  release(): void;
}

/**
 * Bounds the memory of all requests in flight together. A request that is alone is always let in, however large: its own limits
 * bound it, and refusing it would have it sent again for ever.
 */
export class BodyBudget {
  private readonly maxBytes: number;
  private used = 0;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  /** Throws OVERLOADED when the budget has no room. */
  reserve(bytes: number): Reservation {
    let held = 0;
    const reservation: Reservation = {
      raiseTo: (wanted) => {
        if (wanted <= held) return;
        const others = this.used - held;
        if (others > 0 && others + wanted > this.maxBytes) {
          throw new CodedError('OVERLOADED', 'too much data is in flight: send the batch again later');
        }
        this.used = others + wanted;
        held = wanted;
      },
      release: () => {
        this.used -= held;
        held = 0;
      },
    };
    reservation.raiseTo(Math.max(LEAST_BYTES, bytes));
    return reservation;
  }
}
