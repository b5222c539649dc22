import { beforeAll, describe, expect, it } from 'vitest';
import type { Role } from '../../../dashboards/auth/permissions.ts';
import { ROLES } from '../../../dashboards/auth/permissions.ts';
import { quotedIn, readPage, tableRows } from '../../markdown.ts';
import { temporaryStore } from '../../temporary-store.ts';
import { testApi } from '../api/test-api.ts';

/** What each route asks for. A route that is missing here fails the tests below: write down who may use it. */
const ROUTES: Readonly<Record<string, string>> = {
  'GET /healthz': 'open',
  'GET /readyz': 'open',
  'GET /metrics': 'metrics:read',
  'GET /api/v1/session': 'signed in',
  'POST /api/v1/session': 'open',
  'DELETE /api/v1/session': 'open',
  'GET /api/v1/session/ways': 'open',
  'POST /api/v1/session/password': 'signed in',
  'GET /api/v1/single-sign-on': 'open',
  'GET /api/v1/single-sign-on/callback': 'open',
  'POST /api/v1/callbacks/slack/{org}/{id}': 'open',
  'GET /api/v1/archive': 'orgs:manage',
  'POST /api/v1/archive': 'orgs:manage',
  'GET /api/v1/erasures': 'orgs:manage',
  'GET /api/v1/erasures/{id}': 'orgs:manage',
  'POST /api/v1/erasures': 'orgs:manage',
  'GET /api/v1/alerts': 'alerts:read',
  'GET /api/v1/alerts/{id}': 'alerts:read',
  'GET /api/v1/alerts/stream': 'alerts:read',
  'GET /api/v1/alert-counts': 'alerts:read',
  'GET /api/v1/incidents': 'alerts:read',
  'GET /api/v1/incidents/{session_id}': 'alerts:read',
  'POST /api/v1/alerts/{id}/acknowledge': 'alerts:act',
  'POST /api/v1/alerts/{id}/assign': 'alerts:act',
  'POST /api/v1/alerts/{id}/close': 'alerts:act',
  'POST /api/v1/alerts/{id}/reopen': 'alerts:act',
  'POST /api/v1/alerts/{id}/tag': 'alerts:act',
  'POST /api/v1/alerts/{id}/comment': 'alerts:act',
  'GET /api/v1/silences': 'alerts:read',
  'POST /api/v1/silences': 'alerts:act',
  'POST /api/v1/silences/{id}': 'alerts:act',
  'DELETE /api/v1/silences/{id}': 'alerts:act',
  'POST /api/v1/routes/test': 'alerts:read',
  'GET /api/v1/routes': 'alerts:read',
  'POST /api/v1/routes': 'destinations:manage',
  'POST /api/v1/routes/{id}': 'destinations:manage',
  'DELETE /api/v1/routes/{id}': 'destinations:manage',
  'GET /api/v1/inhibitions': 'alerts:read',
  'POST /api/v1/inhibitions': 'destinations:manage',
  'POST /api/v1/inhibitions/{id}': 'destinations:manage',
  'DELETE /api/v1/inhibitions/{id}': 'destinations:manage',
  'GET /api/v1/destinations': 'destinations:manage',
  'POST /api/v1/destinations': 'destinations:manage',
  'POST /api/v1/destinations/{id}/test': 'destinations:manage',
  'DELETE /api/v1/destinations/{id}': 'destinations:manage',
  'GET /api/v1/deliveries': 'destinations:manage',
  'POST /api/v1/deliveries/{id}/replay': 'destinations:manage',
  'GET /api/v1/rules': 'rules:read',
  'GET /api/v1/rules/{id}': 'rules:read',
  'GET /api/v1/rules/{id}/runs': 'rules:read',
  'GET /api/v1/rules/health': 'rules:read',
  'POST /api/v1/rules/{id}/backtest': 'sql:run',
  'GET /api/v1/exceptions': 'rules:read',
  'POST /api/v1/exceptions': 'exceptions:manage',
  'DELETE /api/v1/exceptions/{id}': 'exceptions:manage',
  'GET /api/v1/sessions': 'traces:own',
  'GET /api/v1/sessions/{id}': 'traces:own',
  'GET /api/v1/sessions/{id}/outline': 'traces:own',
  'GET /api/v1/sessions/{id}/provenance': 'traces:own',
  'GET /api/v1/traces/{trace_id}': 'traces:own',
  'GET /api/v1/traces/{trace_id}/spans/{span_id}': 'traces:own',
  'GET /api/v1/break-glass': 'traces:own',
  'POST /api/v1/break-glass': 'content:open',
  'GET /api/v1/search': 'traces:read',
  'GET /api/v1/prompt-versions': 'traces:read',
  'GET /api/v1/deployments': 'traces:read',
  'POST /api/v1/deployments': 'deployments:record',
  'GET /api/v1/overview': 'usage:read',
  'GET /api/v1/insights': 'usage:read',
  'GET /api/v1/usage': 'usage:read',
  'GET /api/v1/agents': 'usage:read',
  'GET /api/v1/tools': 'usage:read',
  'POST /api/v1/sql': 'sql:run',
  'GET /api/v1/sql/schema': 'sql:run',
  'GET /api/v1/saved-queries': 'sql:run',
  'POST /api/v1/saved-queries': 'sql:run',
  'POST /api/v1/saved-queries/{id}': 'sql:run',
  'DELETE /api/v1/saved-queries/{id}': 'sql:run',
  'GET /api/v1/orgs': 'orgs:manage',
  'POST /api/v1/orgs': 'orgs:manage',
  'GET /api/v1/retention': 'orgs:manage',
  'POST /api/v1/retention': 'orgs:manage',
  'GET /api/v1/redaction-policy': 'orgs:manage',
  'POST /api/v1/redaction-policy': 'orgs:manage',
  'POST /api/v1/redaction-policy/keys': 'orgs:manage',
  'POST /api/v1/redaction-policy/identities': 'orgs:manage',
  'GET /api/v1/access-settings': 'orgs:manage',
  'POST /api/v1/access-settings': 'orgs:manage',
  'GET /api/v1/users': 'users:manage',
  'POST /api/v1/users': 'users:manage',
  'POST /api/v1/users/{id}': 'users:manage',
  'GET /api/v1/tokens': 'tokens:manage',
  'POST /api/v1/tokens': 'tokens:manage',
  'DELETE /api/v1/tokens/{id}': 'tokens:manage',
  'GET /api/v1/audit': 'audit:read',
  'GET /api/v1/policy': 'policy:read',
  'GET /api/v1/topology': 'traces:read',
  'PUT /api/v1/rules/{id}': 'rules:manage',
  'DELETE /api/v1/rules/{id}': 'rules:manage',
  'GET /api/v1/rules/template': 'rules:read',
  'GET /api/v1/rules/{id}/source': 'rules:read',
  'GET /api/v1/rules/{id}/revisions': 'rules:read',
  'POST /api/v1/rules/{id}/check': 'rules:manage',
  'POST /api/v1/rules/{id}/enable': 'rules:manage',
  'POST /api/v1/rules/{id}/disable': 'rules:manage',
  'GET /api/v1/sessions/{id}/logs': 'traces:own',
  'POST /api/v1/policy': 'orgs:manage',
  'GET /api/v1/model-settings': 'orgs:manage',
  'POST /api/v1/model-settings': 'orgs:manage',
  'DELETE /api/v1/model-settings': 'orgs:manage',
  'GET /api/v1/model-passes': 'orgs:manage',
  'POST /api/v1/model-passes': 'orgs:manage',
  'POST /api/v1/summaries/runs': 'orgs:manage',
  'POST /api/v1/summaries/comparisons': 'orgs:manage',
  'GET /api/v1/sessions/{id}/summary': 'traces:own',
  'GET /api/v1/summaries/budget': 'orgs:manage',
};

/** Roles by permission, as the documentation says it. */
const DOCUMENTED = new Map(
  tableRows(readPage('docs/access.md'), 'Roles').map(([permission, , ...cells]) => [
    quotedIn(permission!)[0]!,
    new Set<string>(ROLES.filter((_, index) => cells[index] === '✓')),
  ]),
);

const { store } = await temporaryStore();
const api = await testApi(store);
/** Comes behind the door and before anything happens: whoever sees it was let in. */
const LET_IN = 418;
api.app.addHook('preValidation', (_request, reply) => reply.code(LET_IN).send());
const tokens = new Map<Role, string>();
beforeAll(async () => {
  for (const role of ROLES) tokens.set(role, await api.token(role));
});

type Method = 'GET' | 'POST' | 'DELETE';

function ask(route: string, headers: Record<string, string> = {}) {
  const [method, path] = route.split(' ') as [Method, string];
  return api.app.inject({ method, url: path.replaceAll(/\{\w+\}/g, 'x'), headers });
}

it('knows every route that there is, and what it asks for', async () => {
  const answer = await (await testApi(store)).app.inject('/api/openapi.json');
  const { paths } = answer.json() as { paths: Record<string, Record<string, Record<string, string>>> };
  const served = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { 'x-permission': asks }]) => [`${method.toUpperCase()} ${path}`, asks]),
  );
  expect(Object.fromEntries(served)).toEqual(ROUTES);
});

describe.each(Object.entries(ROUTES))('%s (%s)', (route, asks) => {
  const isOpen = asks === 'open';

  it(`is ${isOpen ? 'open to' : 'closed to'} strangers`, async () => {
    expect((await ask(route)).statusCode).toBe(isOpen ? LET_IN : 401);
  });

  it.each(ROLES)('%s', async (role) => {
    const allowed = isOpen || asks === 'signed in' || DOCUMENTED.get(asks)!.has(role);
    const { statusCode } = await ask(route, { authorization: `Bearer ${tokens.get(role)}` });
    expect(statusCode).toBe(allowed ? LET_IN : 403);
  });
});
