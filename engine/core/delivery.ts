import type { AlertEventType } from './alert.ts';

/**
 * Why something is sent, in the words of the webhook's `event`. escalated: nobody acknowledged it in time. repeated: it is still
 * open. summary: several alerts in one message. notice: not about an alert.
 */
export const DELIVERY_EVENTS = [
  'opened',
  'updated',
  'acknowledged',
  'closed',
  'escalated',
  'repeated',
  'summary',
  'notice',
] as const;
export type DeliveryEvent = (typeof DELIVERY_EVENTS)[number];

/**
 * superseded: what follows says all of it, or it has become needless. grouped: a summary tells of it. silenced: a silence or an
 * inhibition held it back. unrouted: routes send it nowhere. dead: given up.
 */
export const DELIVERY_STATES = [
  'pending',
  'delivered',
  'superseded',
  'grouped',
  'silenced',
  'unrouted',
  'dead',
] as const;
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
  /** Route that decided; '' when there was none. */
  route_id: string;
  /** What waits for the destination under the same name goes in one message; '' for a message of its own. */
  bundle: string;
  /** Delivery that told of this one too; '' when it went by itself. */
  summary_id: string;
  /** Why it was silenced, held back or ended; free of content. */
  reason: string;
  /** What the receiver calls the message. */
  receipt: string;
}

/** A delivery in its queue: what follows it for the same alert and destination. */
export interface WaitingDelivery extends Delivery {
  /** Nothing of the same alert waits before it. */
  first: boolean;
  /** What waits right behind it; '' for nothing. */
  next_event: DeliveryEvent | '';
}

/** Alerts of one rule and severity among those that a summary tells of. */
export interface SummaryGroup {
  rule_id: string;
  severity: string;
  alerts: number;
  matches: number;
  risk_score: number;
  /** Ids of the gravest, at most 10. */
  gravest: string[];
  /** At most 1,000. */
  ids: string[];
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
  rule_id: string;
  severity: string;
  entity_kind: string;
  entity_value: string;
  session_id: string;
  /** Of the alert when it is opened or matched: those of the rule. */
  tags: string[];
}

/** A destination that was told of an alert, or soon is. */
export interface Told {
  alert_id: string;
  destination_id: string;
  route_id: string;
  /** Only in a digest: nobody has to hear what becomes of it. */
  digest: boolean;
}

/** The first event by which an alert notifies anybody. */
export interface Announcement {
  alert_id: string;
  event_id: string;
  at: string;
}
