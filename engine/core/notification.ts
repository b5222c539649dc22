import type { Alert } from './alert.ts';
import type { DeliveryEvent } from './delivery.ts';

/** Alerts told in one message: those of a group or digest, or what a limit held back. */
export interface Summary {
  id: string;
  reason: 'group' | 'digest' | 'rate_limit';
  /** Why in words, e.g. which limit. */
  explanation: string;
  severity: string;
  risk_score: number;
  alerts_total: number;
  /** Times the alerts matched, all together: what was found beside what was alerted. */
  matches_total: number;
  /** At most 50, the most alerts first. */
  rules: { rule_id: string; severity: string; alerts: number; matches: number }[];
  /** At most 10, the gravest first. */
  alerts: Alert[];
  /** At most 1,000 of them. */
  alert_ids: string[];
}

/** What Spanwarden has to say about itself, e.g. that a silence ends. */
export interface Notice {
  id: string;
  title: string;
  lines: string[];
}

export type Subject =
  | { readonly kind: 'alert'; readonly alert: Alert }
  | { readonly kind: 'summary'; readonly summary: Summary }
  | { readonly kind: 'notice'; readonly notice: Notice };

/** One thing to tell one destination. What it is about is as it stands now; `event` says why it is sent. */
export interface Notification {
  readonly event: DeliveryEvent;
  /** The same on every attempt, so receivers can tell a repetition. */
  readonly delivery_id: string;
  readonly subject: Subject;
  /** What the receiver called the first message on the alert; '' when there was none or it calls them nothing. */
  readonly receipt: string;
  /** Base of links to the web pages, without a slash at the end; '' when nobody said where they are. */
  readonly publicUrl: string;
}
