import type { Alert } from '../../core/alert.ts';
import type { Clock } from '../../core/clock.ts';
import type { DeliveryEvent } from '../../core/delivery.ts';
import type { GuardedNetwork } from './guarded-network.ts';

/** What a destination keeps: settings that may be shown, and secrets that are sealed before they are stored. */
export interface DestinationDetails {
  readonly name: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
}

/** One alert to tell of. The alert is as it stands now; `event` says why it is sent. */
export interface Notification {
  readonly event: DeliveryEvent;
  /** The same on every attempt, so receivers can tell a repetition. */
  readonly delivery_id: string;
  readonly alert: Alert;
}

/** How an attempt went. `error` is '' when the receiver took it, else a short reason without content of anybody's. */
export interface AttemptResult {
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  readonly error: string;
  /** The receiver asked for a pause of this many milliseconds. */
  readonly retryAfterMs?: number | undefined;
}

export interface DeliveryContext {
  readonly network: GuardedNetwork;
  readonly clock: Clock;
  /** `spanwarden/<version>` */
  readonly userAgent: string;
  /** Limit of one attempt up to the last byte of the answer, milliseconds. */
  readonly timeoutMs: number;
}

/** One kind of destination: one file in this folder and one line in the table of ../destination-book.ts. */
export interface DestinationKind {
  readonly kind: string;
  /** Checks what somebody entered. Throws BAD_REQUEST naming the field, or DESTINATION_REFUSED. */
  validate(input: unknown, network: GuardedNetwork): Promise<DestinationDetails>;
  /** One attempt. Whatever the receiver does is a result, not an exception. */
  deliver(
    destination: DestinationDetails,
    notification: Notification,
    context: DeliveryContext,
  ): Promise<AttemptResult>;
}
