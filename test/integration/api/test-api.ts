import type { FastifyInstance, InjectOptions } from 'fastify';
import { Registry } from 'prom-client';
import { createApi } from '../../../dashboards/api/app.ts';
import type { ApiOptions } from '../../../dashboards/api/services.ts';
import { createAuthenticator } from '../../../dashboards/auth/authenticator.ts';
import { issueToken } from '../../../dashboards/auth/token-book.ts';
import { createWebSessions } from '../../../dashboards/auth/web-sessions.ts';
import { type Alerting, createAlerting } from '../../../engine/alerts/alerting.ts';
import { createSeal } from '../../../engine/alerts/seal.ts';
import { createArchiveBook } from '../../../engine/archive/archive-book.ts';
import { orgAlertQueries } from '../../../engine/clickhouse/org-alert-queries.ts';
import type { Store } from '../../../engine/clickhouse/store.ts';
import { insertOrg } from '../../../engine/clickhouse/tables/orgs.ts';
import { systemClock } from '../../../engine/core/clock.ts';
import { orgDatabase } from '../../../engine/core/org.ts';
import type { Rule } from '../../../engine/core/rule.ts';
import { createErasureBook } from '../../../engine/erasure/erasure-book.ts';
import { createRedactionSettingsBook } from '../../../engine/redaction-settings-book.ts';

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
export async function testApi(store: Store, options: ApiOptions = {}, rules: readonly Rule[] = [RULE]) {
  const orgs = new Map<string, Alerting>();
  const errors: unknown[] = [];
  let reason = '';
  const alerting = async (org: string) => {
    const known = orgs.get(org) ?? newAlerting(store, org);
    orgs.set(org, known);
    return known;
  };
  await insertOrg(store, { slug: 'default', name: 'Default', now: Date.now() });
  const app = await createApi(
    {
      store,
      clock: systemClock,
      version: '0.0.0',
      authenticator: createAuthenticator(store, systemClock),
      sessions: createWebSessions(systemClock),
      alerts: alerting,
      redaction: createRedactionSettingsBook(store, systemClock, () => new Uint8Array(32).fill(1)),
      erasures: createErasureBook({ store, clock: systemClock, sealFor: () => createSeal(new Uint8Array(32)) }),
      archives: createArchiveBook({
        store,
        clock: systemClock,
        byDefault: 'folder',
        folder: '/nowhere',
        sealFor: () => createSeal(new Uint8Array(32)),
        s3: {},
      }),
      rules: () => rules,
      ruleProblems: () => [],
      notReady: async () => reason,
      metrics: new Registry(),
      logError: (error) => errors.push(error),
    },
    options,
  );
  const token = async (role: 'admin' | 'analyst' | 'ingest', org = 'default') =>
    (await issueToken(store, systemClock, { org, role, name: `${role} of ${org}` })).token;
  const tokens = { admin: await token('admin'), analyst: await token('analyst'), ingest: await token('ingest') };
  return {
    app,
    tokens,
    token,
    errors,
    alerting,
    setNotReady: (text: string) => {
      reason = text;
    },
    as: (secret: string) => caller(app, secret),
  };
}

/** Requests under one token; answers status, headers and the parsed body. */
function caller(app: FastifyInstance, secret: string) {
  return async (
    method: 'GET' | 'POST' | 'DELETE',
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
