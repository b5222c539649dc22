import type { Registry } from 'prom-client';
import type { Alerting } from '../../engine/alerts/alerting.ts';
import type { ArchiveBook } from '../../engine/archive/archive-book.ts';
import type { QueryLimits } from '../../engine/clickhouse/sql-guard/query-limits.ts';
import type { SlotLimits } from '../../engine/clickhouse/sql-guard/query-slots.ts';
import type { Store } from '../../engine/clickhouse/store.ts';
import type { Clock } from '../../engine/core/clock.ts';
import type { Rule } from '../../engine/core/rule.ts';
import type { ErasureBook } from '../../engine/erasure/erasure-book.ts';
import type { ModelSettingsBook } from '../../engine/model-settings-book.ts';
import type { OrgRuleBook } from '../../engine/org-rule-book.ts';
import type { OrgSummaries } from '../../engine/org-summaries.ts';
import type { RedactionSettingsBook } from '../../engine/redaction-settings-book.ts';
import type { TestRuleDraft } from '../../engine/test-rule-draft.ts';
import type { GroupRoles } from '../auth/account-of-identity.ts';
import type { Accounts } from '../auth/accounts.ts';
import type { Authenticator } from '../auth/authenticator.ts';
import type { SingleSignOn } from '../auth/single-sign-on.ts';
import type { WebSessions } from '../auth/web-sessions.ts';

/** The alerts of one org. */
type OrgAlerts = Pick<
  Alerting,
  'list' | 'get' | 'act' | 'onEvent' | 'incidents' | 'destinations' | 'policies' | 'deliveries' | 'whereTo' | 'heldBack'
>;

/** What the API needs from the rest of the product; commands/service/dashboards-role.ts fills it. */
export interface ApiServices {
  readonly store: Store;
  readonly clock: Clock;
  readonly version: string;
  readonly authenticator: Authenticator;
  readonly accounts: Accounts;
  readonly sessions: WebSessions;
  /** Undefined when no identity provider is set. */
  readonly singleSignOn?: { readonly provider: SingleSignOn; readonly groupRoles: GroupRoles; readonly name: string };
  /** Throws when the org has no engine. */
  readonly alerts: (org: string) => Promise<OrgAlerts>;
  /** Summaries of one org's sessions; undefined where no engine makes any. Throws when the org has no engine. */
  readonly summaries: (org: string) => Promise<OrgSummaries | undefined>;
  /** Whether there is a model that tags personal data. */
  readonly tagsPersonalData: boolean;
  /** Which language model each org uses. */
  readonly models: ModelSettingsBook;
  /** How each org's texts are redacted. */
  readonly redaction: RedactionSettingsBook;
  /** What was asked to be erased. */
  readonly erasures: ErasureBook;
  /** Where each org's events are archived. */
  readonly archives: Pick<ArchiveBook, 'targetOf' | 'progressOf' | 'choose'>;
  /** The rules of an org as they run now: those of the files, with what the org changed. */
  readonly rules: (org: string) => Promise<readonly Rule[]>;
  /** Those of the files alone. */
  readonly ruleFiles: () => readonly Rule[];
  /** What each org changed of them. */
  readonly orgRules: OrgRuleBook;
  /** Runs the tests of a rule that is not deployed. */
  readonly testRule: TestRuleDraft;
  /** One line a problem of the rule files as they are now. */
  readonly ruleProblems: () => readonly string[];
  /** '' when every part is ready, else the reason in one line. */
  readonly notReady: () => Promise<string>;
  readonly metrics: Registry;
  /** Hears of unexpected errors; gets no content. */
  readonly logError: (error: unknown, requestId: string) => void;
}

export interface ApiOptions {
  /** Serves only liveness, readiness and metrics: for processes of other roles. */
  readonly healthOnly?: boolean;
  /** Names that a request's Host may have, without port; any when undefined. Those of loopback keep DNS rebinding out. */
  readonly hosts?: readonly string[];
  /** /metrics answers without a token: for a listener that only this machine reaches. */
  readonly openMetrics?: boolean;
  /** Cookies go over TLS alone: for every listener but that of loopback. */
  readonly secureCookies?: boolean;
  /** A proxy in front says where a request came from, in X-Forwarded-For. */
  readonly behindProxy?: boolean;
  /** Folder of the built web UI; '' or one that is not there serves a page that says how to build it. */
  readonly webFolder?: string;
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer };
  /** Requests that one token may make a minute. */
  readonly requestsPerMinute?: number;
  /** How often an open stream of alerts gives a sign of life and its reader is checked again. */
  readonly heartbeatMs?: number;
  readonly queryLimits?: QueryLimits;
  readonly querySlots?: SlotLimits;
}

/** Hosts of a listener on loopback. */
export const LOOPBACK_HOSTS = ['localhost', '127.0.0.1', '[::1]'] as const;
