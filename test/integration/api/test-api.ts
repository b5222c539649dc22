import type { FastifyInstance, InjectOptions } from 'fastify';
import { Registry } from 'prom-client';
import { createApi } from '../../../dashboards/api/app.ts';
import type { ApiOptions, ApiServices } from '../../../dashboards/api/services.ts';
import { createAccounts } from '../../../dashboards/auth/accounts.ts';
import { createAuthenticator } from '../../../dashboards/auth/authenticator.ts';
import type { Role } from '../../../dashboards/auth/permissions.ts';
import { issueToken } from '../../../dashboards/auth/token-book.ts';
import { createWebSessions } from '../../../dashboards/auth/web-sessions.ts';
import { type Alerting, createAlerting } from '../../../engine/alerts/alerting.ts';
import { createSeal } from '../../../engine/alerts/seal.ts';
import { createArchiveBook } from '../../../engine/archive/archive-book.ts';
import { orgAlertQueries } from '../../../engine/clickhouse/org-alert-queries.ts';
import type { Store } from '../../../engine/clickhouse/store.ts';
import { insertOrg } from '../../../engine/clickhouse/tables/orgs.ts';
import { type Clock, systemClock } from '../../../engine/core/clock.ts';
import { orgDatabase } from '../../../engine/core/org.ts';
import type { Rule } from '../../../engine/core/rule.ts';
import { createErasureBook } from '../../../engine/erasure/erasure-book.ts';
import { createModelSettingsBook } from '../../../engine/model-settings-book.ts';
import { createOrgRuleBook } from '../../../engine/org-rule-book.ts';
import { createOrgSummaries, type OrgSummaries, type SummarySettings } from '../../../engine/org-summaries.ts';
import { createRedactionSettingsBook } from '../../../engine/redaction-settings-book.ts';
import { testRuleDraft } from '../../../engine/test-rule-draft.ts';

export const RULE: Rule = {
  kind: 'sql',
  id: 'test-rule',
  file: 'test-rule.sql',
  query: 'SELECT 1',
  queryLine: 1,
  metadata: {
    name: 'Test rule',
    description: 'A rule that stands in for others',
    severity: 'high',
    risk_score: 60,
    status: 'stable',
    enabled: true,
    version: 3,
    author: 'Spanwarden',
    entity: 'session',
    schedule: '* * * * * *',
    params: {},
    max_signals: 10,
    threat: [{ framework: 'OWASP LLM', version: '2025', technique: ['LLM01'] }],
    runbook: 'Look at the session and decide whether it is meant.',
    false_positives: ['None'],
    references: [],
    tags: [],
    required_fields: ['AgentId'],
  },
};

/** The API over a real store, real alerting and real tokens of org `default`. */
export async function testApi(
  store: Store,
  options: ApiOptions = {},
  rules: readonly Rule[] = [RULE],
  more: { readonly clock?: Clock; readonly singleSignOn?: ApiServices['singleSignOn'] } = {},
) {
  const clock = more.clock ?? systemClock;
  const orgs = new Map<string, Alerting>();
  const errors: unknown[] = [];
  let reason = '';
  const alerting = async (org: string) => {
    const known = orgs.get(org) ?? newAlerting(store, org);
    orgs.set(org, known);
    return known;
  };
  await insertOrg(store, { slug: 'default', name: 'Default', now: Date.now() });
  const keyFor = () => new Uint8Array(32).fill(1);
  const redaction = createRedactionSettingsBook(store, systemClock, keyFor);
  const models = createModelSettingsBook({ store, clock: systemClock, keyFor, ...NO_MODEL });
  const orgRules = createOrgRuleBook({ store, clock: systemClock, fromFiles: () => rules });
  const app = await createApi(
    {
      store,
      clock,
      version: '0.0.0',
      authenticator: createAuthenticator(store, clock),
      accounts: createAccounts(store, clock),
      sessions: createWebSessions(clock),
      ...(more.singleSignOn && { singleSignOn: more.singleSignOn }),
      alerts: alerting,
      erasures: createErasureBook({ store, clock: systemClock, sealFor: () => createSeal(new Uint8Array(32)) }),
      archives: createArchiveBook({
        store,
        clock: systemClock,
        byDefault: 'folder',
        folder: '/nowhere',
        sealFor: () => createSeal(new Uint8Array(32)),
        s3: {},
      }),
      summaries: async (org) => summariesOf(org),
      tagsPersonalData: true,
      models,
      redaction,
      rules: async (org) => (await orgRules.of(org)).rules,
      ruleFiles: () => rules,
      orgRules,
      testRule: testRuleDraft(new URL('../../../spanwarden.ts', import.meta.url).pathname),
      ruleProblems: () => [],
      notReady: async () => reason,
      metrics: new Registry(),
      logError: (error) => errors.push(error),
    },
    options,
  );
  const summaries = new Map<string, OrgSummaries>();
  function summariesOf(org: string): OrgSummaries {
    const known = summaries.get(org) ?? newSummaries(store, org, { models, redaction });
    summaries.set(org, known);
    return known;
  }
  const token = async (role: Role, org = 'default') =>
    (await issueToken(store, systemClock, { org, role, name: `${role} of ${org}` })).token;
  const tokens = { admin: await token('admin'), analyst: await token('analyst'), ingest: await token('ingest') };
  return {
    app,
    tokens,
    token,
    errors,
    alerting,
    summaries: summariesOf,
    setNotReady: (text: string) => {
      reason = text;
    },
    as: (secret: string) => caller(app, secret),
  };
}

/** Requests under one token; answers status, headers and the parsed body. */
function caller(app: FastifyInstance, secret: string) {
  return async (
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    url: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ) => {
    const request: InjectOptions = { method, url, headers: { authorization: `Bearer ${secret}`, ...headers } };
    const answer = await app.inject(body === undefined ? request : { ...request, payload: body as object });
    return { status: answer.statusCode, headers: answer.headers, text: answer.body, body: parsed(answer.body) };
  };
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came
function parsed(text: string): any {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const NO_MODEL = {
  server: { kind: 'extractive', model: '', baseUrl: '', apiKey: '', region: '' },
  prices: { inputUsdPerMillion: 0, outputUsdPerMillion: 0 },
} as const;

function newSummaries(store: Store, org: string, books: Pick<SummarySettings, 'models' | 'redaction'>): OrgSummaries {
  const plenty = { tokens: 1e9, usd: 0 };
  return createOrgSummaries({
    org,
    store,
    clock: systemClock,
    settings: {
      ...books,
      limits: { subject: plenty, day: plenty, month: plenty },
      gate: { concurrency: 2, callsPerMinute: 1_000 },
      timeoutMs: 10_000,
      idleMs: 600_000,
      transcriptTokens: 1_000,
      personalDataModel: async () => undefined,
    },
    assertHeld: () => undefined,
    isNobodys: () => false,
    log: { warn: () => {}, error: () => {} },
  });
}

function newAlerting(store: Store, org: string): Alerting {
  return createAlerting({
    store: orgAlertQueries(store, orgDatabase(org)),
    org,
    clock: systemClock,
    random: () => 0.5,
    sealKey: new Uint8Array(32),
    allowPrivate: true,
    version: '0.0.0',
    log: { warn: () => {}, error: () => {} },
  });
}
