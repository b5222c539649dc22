import { z } from 'zod';
import type { Clock } from '../../core/clock.ts';
import type { Notification } from '../../core/notification.ts';
import type { GuardedNetwork } from './guarded-network.ts';

/** What a destination keeps: settings that may be shown, and secrets that are sealed before they are stored. */
export interface DestinationDetails {
  readonly name: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
}

/** How an attempt went. `error` is '' when the receiver took it, else a short reason without content of anybody's. */
export interface AttemptResult {
  /** HTTP status, or SMTP reply code; 0 when no answer came. */
  readonly status: number;
  readonly error: string;
  /** The receiver asked for a pause of this many milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** What the receiver calls the message; comes back with later notifications on the same alert. */
  readonly receipt?: string | undefined;
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
  /** Messages a minute unless the destination says otherwise; what is beyond it is told in a summary. */
  readonly ratePerMinute: number;
  /** Later messages on an alert refer to the receipt of the first. */
  readonly threads?: boolean;
  /** Checks what somebody entered. Throws BAD_REQUEST naming the field, or DESTINATION_REFUSED. */
  validate(input: unknown, network: GuardedNetwork): Promise<DestinationDetails>;
  /** One attempt. Whatever the receiver does is a result, not an exception. */
  deliver(
    destination: DestinationDetails,
    notification: Notification,
    context: DeliveryContext,
  ): Promise<AttemptResult>;
}

/** What every destination may be given beside its kind's own fields. */
export const commonInput = {
  name: z.string().trim().min(1).max(100),
  /** Messages a minute; what is beyond it is told in a summary. */
  rate_per_minute: z.int().min(1).max(100_000).optional(),
  /** Takes what no route matches, what others gave up on, and notices. */
  fallback: z.boolean().optional(),
};

/** Those fields as settings. */
export function commonSettings(input: {
  readonly rate_per_minute?: number | undefined;
  readonly fallback?: boolean | undefined;
}): Record<string, string> {
  return {
    ...(input.rate_per_minute !== undefined && { rate_per_minute: String(input.rate_per_minute) }),
    ...(input.fallback && { fallback: 'true' }),
  };
}

export const ACCEPTED: AttemptResult = { status: 200, error: '' };
