import type { AlertEventType } from './alert.ts';

/** Why an alert is sent, in the words of the webhook's `event`. */
export const DELIVERY_EVENTS = ['opened', 'updated', 'acknowledged', 'closed'] as const;
export type DeliveryEvent = (typeof DELIVERY_EVENTS)[number];

/** superseded: a later update of the same alert, still to be sent, says all of it. dead: given up. */
export const DELIVERY_STATES = ['pending', 'delivered', 'superseded', 'dead'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** One alert event that has to reach one destination. Times are DateTime64 text, UTC. */
export interface Delivery {
  /** Hash of event and destination; the receiver sees the same one on every attempt. */
  delivery_id: string;
  destination_id: string;
  event_id: string;
  alert_id: string;
  event: DeliveryEvent;
  event_at: string;
  planned_at: string;
  state: DeliveryState;
  attempts: number;
  next_attempt_at: string;
  updated_at: string;
  /** 0 as planned, one more with every change; the highest counts. */
  revision: number;
}

/** A delivery in its queue: what follows it for the same alert and destination. */
export interface WaitingDelivery extends Delivery {
  /** Nothing of the same alert waits before it. */
  first: boolean;
  /** What waits right behind it; '' for nothing. */
  next_event: DeliveryEvent | '';
}

export interface DeliveryAttempt {
  delivery_id: string;
  /** From 1. */
  attempt: number;
  at: string;
  duration_ms: number;
  /** HTTP status; 0 when no answer came. */
  status: number;
  /** Why it failed, free of content; '' when it was delivered. */
  error: string;
}

/** An event of the log of which destinations may have to hear. */
export interface RecentEvent {
  event_id: string;
  alert_id: string;
  type: AlertEventType;
  at: string;
  /** Made on time by a stable rule. What people do takes this from the alert. */
  notifies: boolean;
}

/** The first event by which an alert notifies anybody. */
export interface Announcement {
  alert_id: string;
  event_id: string;
  at: string;
}
