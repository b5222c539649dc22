import type { Registry } from 'prom-client';
import type { Alerting } from '../../engine/alerts/alerting.ts';
import type { ArchiveBook } from '../../engine/archive/archive-book.ts';
import type { QueryLimits } from '../../engine/clickhouse/sql-guard/query-limits.ts';
import type { SlotLimits } from '../../engine/clickhouse/sql-guard/query-slots.ts';
import type { Store } from '../../engine/clickhouse/store.ts';
import type { Clock } from '../../engine/core/clock.ts';
import type { Rule } from '../../engine/core/rule.ts';
import type { ErasureBook } from '../../engine/erasure/erasure-book.ts';
import type { RedactionSettingsBook } from '../../engine/redaction-settings-book.ts';
import type { Authenticator } from '../auth/authenticator.ts';
import type { WebSessions } from '../auth/web-sessions.ts';

/** The alerts of one org. */
type OrgAlerts = Pick<
  Alerting,
  'list' | 'get' | 'act' | 'onEvent' | 'incidents' | 'destinations' | 'policies' | 'deliveries' | 'whereTo' | 'heldBack'
>;

/** What the API needs from the rest of the product; the front door fills it. */
export interface ApiServices {
  readonly store: Store;
  readonly clock: Clock;
  readonly version: string;
  readonly authenticator: Authenticator;
  readonly sessions: WebSessions;
  /** Throws when the org has no engine. */
  readonly alerts: (org: string) => Promise<OrgAlerts>;
  /** How each org's texts are redacted. */
  readonly redaction: RedactionSettingsBook;
  /** What was asked to be erased. */
  readonly erasures: ErasureBook;
  /** Where each org's events are archived. */
  readonly archives: Pick<ArchiveBook, 'targetOf' | 'progressOf' | 'choose'>;
  /** The rules as they are loaded now. */
  readonly rules: () => readonly Rule[];
  /** One line a problem of the rule files as they are now. */
  readonly ruleProblems: () => readonly string[];
  /** '' when every part is ready, else the reason in one line. */
  readonly notReady: () => Promise<string>;
  readonly metrics: Registry;
  /** Hears of unexpected errors; gets no content. */
  readonly logError: (error: unknown, requestId: string) => void;
}

export interface ApiOptions {
  /** Names that a request's Host may have, without port; any when undefined. Those of loopback keep DNS rebinding out. */
  readonly hosts?: readonly string[];
  /** /metrics answers without a token: for a listener that only this machine reaches. */
  readonly openMetrics?: boolean;
  /** Cookies go over TLS alone: for every listener but that of loopback. */
  readonly secureCookies?: boolean;
  /** Folder of the built web UI; '' or one that is not there serves a page that says how to build it. */
  readonly webFolder?: string;
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer };
  readonly queryLimits?: QueryLimits;
  readonly querySlots?: SlotLimits;
}

/** Hosts of a listener on loopback. */
export const LOOPBACK_HOSTS = ['localhost', '127.0.0.1', '[::1]'] as const;
