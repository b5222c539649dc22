import { beforeAll, describe, expect, it } from 'vitest';
import { toFinding } from '../../../engine/core/finding.ts';
import { temporaryStore } from '../../temporary-store.ts';
import { RULE, testApi } from '../api/test-api.ts';
import { ATTACKERS, MARKER, PASSWORD, stateOfAcme, TRACE, twoOrgs } from './two-orgs.ts';

/*
 * People and tokens of the org beta, and an admin of the org default, try to reach the org acme. Everything in acme holds the
 * marker; a crossing is an answer with it, an answer that differs from the one about what does not exist, or a change in acme.
 */

const { store } = await temporaryStore();
let world: Awaited<ReturnType<typeof twoOrgs>>;
let routes: { method: 'GET' | 'POST' | 'DELETE'; path: string; query: string[] }[];
/** Requests under a token of beta by role, and under one of the org default's admin. */
const as = new Map<string, ReturnType<typeof world.api.as>>();
let before: Record<string, string>;
beforeAll(async () => {
  world = await twoOrgs(store);
  for (const role of ATTACKERS) as.set(role, world.api.as(await world.api.token(role, 'beta')));
  as.set('operator', world.api.as(world.api.tokens.admin));
  const { paths } = (await world.api.app.inject('/api/openapi.json')).json() as {
    paths: Record<string, Record<string, { parameters?: { in: string; name: string }[] }>>;
  };
  routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [] }]) => ({
      method: method.toUpperCase() as 'GET',
      path,
      query: parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name),
    })),
  );
  before = await stateOfAcme(store);
});

/** Administration of other orgs is what the org default is for; their data is not. */
const OF_OPERATORS = /^\/api\/v1\/(orgs|tokens|users|retention)/;
/** Hijacked and open-ended. */
const STREAM = '/api/v1/alerts/stream';
/** What a POST needs to get as far as looking at the id. */
const BODIES: readonly [RegExp, object][] = [
  [/\/assign$/, { assignee: 'me' }],
  [/\/close$/, { reason: 'false_positive' }],
  [/\/tag$/, { tags: ['mine'] }],
  [/\/comment$/, { text: 'mine' }],
  [/\/backtest$/, { from: '2026-11-20T00:00:00Z', to: '2026-11-21T00:00:00Z' }],
  [/\/routes\/[^/]+$/, { name: 'mine', destinations: [] }],
  [
    /\/silences\/[^/]+$/,
    { match: {}, starts_at: '2026-11-20T10:00:00Z', ends_at: '2030-11-20T10:00:00Z', reason: 'mine' },
  ],
  [/\/inhibitions\/[^/]+$/, { name: 'mine', source: {}, target: {}, equal: [] }],
  [/\/saved-queries\/[^/]+$/, { title: 'mine', query: 'SELECT 1' }],
  [/\/users\/[^/]+$/, { role: 'developer', password: 'another long password' }],
];
const bodyOf = (path: string) => BODIES.find(([pattern]) => pattern.test(path))?.[1] ?? {};

type Answer = Awaited<ReturnType<ReturnType<typeof world.api.as>>>;
/** An answer without what differs between any two, and without the id that was asked for. */
const telling = ({ status, text }: Answer, id: string) =>
  `${status} ${text
    .replaceAll(/"request_id":"[^"]*"/g, '')
    .replaceAll(id, 'ID')
    .replaceAll(encodeURIComponent(id), 'ID')}`;

const ids = () => Object.entries(world.ids);
const filled = (path: string, id: string) => path.replaceAll(/\{\w+\}/g, encodeURIComponent(id));

describe.each([...ATTACKERS, 'operator'])('%s', (role) => {
  const mine = () => as.get(role)!;
  const inScope = (path: string) =>
    path.startsWith('/api/v1/') && path !== STREAM && !(role === 'operator' && OF_OPERATORS.test(path));

  it('reads nothing by the ids of acme, and learns not even that they are there', async () => {
    const crossings: string[] = [];
    for (const { path } of routes.filter(({ method, path }) => method === 'GET' && path.includes('{') && inScope(path)))
      for (const [kind, id] of ids()) {
        if (kind === 'rule') continue;
        // Of the same form (a UUID stays one), so that it fails at the same check.
        const none = id.replaceAll(/[c-f]/g, '0').replaceAll(MARKER, 'none');
        const of = (place: string) =>
          filled(path, place).replace(/spans\/[^/]+$/, (span) => (id === TRACE ? `spans/${place.slice(0, 16)}` : span));
        const [there, missing] = [await mine()('GET', of(id)), await mine()('GET', of(none))];
        if (there.text.replaceAll(id, '').includes(MARKER)) crossings.push(`${of(id)}: ${there.text}`);
        if (telling(there, id) !== telling(missing, none))
          crossings.push(`${of(id)}: ${telling(there, id)}, but ${telling(missing, none)}`);
      }
    expect(crossings).toEqual([]);
  });

  it('reads nothing in any list, with any filter', async () => {
    const crossings: string[] = [];
    for (const { path, query } of routes.filter(({ method, path }) => method === 'GET' && inScope(path))) {
      if (path.includes('{')) continue;
      const { session, agent, alert, rule } = world.ids;
      const values = [MARKER, session, agent, alert, rule, 'acme'];
      const asked = query.flatMap((name) => values.map((value) => `?${name}=${encodeURIComponent(value)}`));
      for (const search of ['', '?org=acme', ...asked]) {
        const { text } = await mine()('GET', `${path}${search}`);
        if (text.includes(MARKER)) crossings.push(`${path}${search}: ${text.slice(0, 200)}`);
      }
    }
    expect(crossings).toEqual([]);
  });

  it('changes nothing', async () => {
    const crossings: string[] = [];
    const changing = routes.filter(({ method, path }) => method !== 'GET' && path.includes('{') && inScope(path));
    for (const { method, path } of changing)
      for (const [kind, id] of ids()) {
        // Rules are everybody's; what they did is not.
        if (kind === 'rule') continue;
        const answer = await mine()(method, filled(path, id), method === 'POST' ? bodyOf(filled(path, id)) : undefined);
        if (answer.status < 400 || answer.text.replaceAll(id, '').includes(MARKER))
          crossings.push(`${method} ${path} ${kind}: ${answer.status} ${answer.text}`);
      }
    expect(crossings).toEqual([]);
    expect(await stateOfAcme(store)).toEqual(before);
  });
});

describe('an admin of beta', () => {
  const admin = (...request: Parameters<ReturnType<typeof world.api.as>>) => as.get('admin')!(...request);

  it.each([
    ['a token', 'POST', '/tokens', { org: 'acme', role: 'admin', name: 'x' }],
    ['a user', 'POST', '/users', { org: 'acme', email: 'x@example.org', role: 'admin' }],
    ['an org', 'POST', '/orgs', { slug: 'acme', name: 'x' }],
    ['a retention', 'POST', '/retention', { org: 'acme', retention_days: 30 }],
    ['a look at the retention', 'GET', '/retention?org=acme', undefined],
  ] as const)('gets no %s of acme, in the words that are said of no org at all', async (_, method, path, body) => {
    const there = await admin(method, `/api/v1${path}`, body);
    const none = JSON.parse(JSON.stringify(body ?? null).replaceAll('acme', 'gone')) as object | undefined;
    const missing = await admin(method, `/api/v1${path.replace('acme', 'gone')}`, none ?? undefined);
    expect(there.status).toBe(403);
    expect(telling(there, 'acme')).toBe(telling(missing, 'gone'));
  });

  it('gets nothing with the cursors of acme, and nothing with forged ones', async () => {
    const theirs = world.api.as(await world.api.token('admin', 'acme'));
    const lists = routes.filter(({ method, query }) => method === 'GET' && query.includes('cursor'));
    expect(lists.length).toBeGreaterThan(3);
    for (const { path } of lists) {
      const url = path.replaceAll(/\{\w+\}/g, world.ids.rule);
      const { body } = await theirs('GET', `${url}?limit=1`);
      const forged = [
        ['9999-12-31 23:59:59.999999', 'z', 'z', 'z'],
        ['2200-01-01 00:00:00.000000000', MARKER],
        ["' OR org = 'acme", 'x'],
        ['acme', 'acme', 'acme'],
        [''],
      ].map((position) => Buffer.from(JSON.stringify(position)).toString('base64url'));
      for (const cursor of [...forged, body.next_cursor ?? '', 'e30', '%00', '"']) {
        const { status, text } = await admin('GET', `${url}?limit=500&cursor=${encodeURIComponent(cursor)}`);
        expect(text, `${url} ${cursor}`).not.toContain(MARKER);
        expect([200, 400], `${url} ${cursor}`).toContain(status);
      }
    }
  });

  it('is told by no entity tag what acme has, and no cache may keep an answer for others', async () => {
    const theirs = world.api.as(await world.api.token('admin', 'acme'));
    for (const { path } of routes.filter(({ method, path }) => method === 'GET' && path.startsWith('/api/v1/'))) {
      if (path === STREAM) continue;
      const url = filled(path, world.ids.session);
      const there = await theirs('GET', url);
      if (there.status === 200) expect(String(there.headers['cache-control']), path).toMatch(/no-store|private/);
      const etag = there.headers['etag'];
      if (etag === undefined) continue;
      const here = await admin('GET', url, undefined, { 'if-none-match': String(etag) });
      // The same tag for both is right where both have the same, as with the policy for clients.
      if (here.status === 304) expect((await admin('GET', url)).text, path).toBe(there.text);
    }
  });

  it('does not open what has the same id in acme, nor what a grant in acme opens', async () => {
    await store.command(
      `INSERT INTO org_beta.otel_traces (Timestamp, TraceId, SpanId, SessionId, UserId, Kind, PromptPreview, IngestedAt)
       SELECT now64(9), repeat('b', 32), repeat('b', 16), {session: String}, {user: String}, 'llm', 'said in beta', now64(6)`,
      { session: world.ids.session, user: MARKER },
    );
    const own = await admin('GET', `/api/v1/sessions/${world.ids.session}`);
    expect(own.body).toMatchObject({
      content: 'hidden',
      spans: [{ trace_id: 'b'.repeat(32), prompt: { text: null } }],
    });
    const opened = await admin('POST', '/api/v1/break-glass', {
      session_id: world.ids.session,
      reason: 'to see which one opens',
    });
    expect(opened.status).toBe(201);
    const shown = await admin('GET', `/api/v1/sessions/${world.ids.session}`);
    expect(shown.text).toContain('said in beta');
    expect(shown.body.spans).toHaveLength(1);
    const theirs = await world.api.as(await world.api.token('admin', 'acme'))(
      'GET',
      `/api/v1/sessions/${world.ids.session}`,
    );
    expect(theirs.body.content).toBe('hidden');
    await store.command('ALTER TABLE org_beta.otel_traces DELETE WHERE 1', {}, { settings: { mutations_sync: 1 } });
  });
});

describe('SQL of beta', () => {
  const ask = (body: object) => as.get('admin')!('POST', '/api/v1/sql', body);

  it.each([
    'SELECT * FROM org_acme.otel_traces',
    'SELECT * FROM `org_acme`.`otel_traces`',
    'SELECT count() FROM org_acme.alerts',
    'SELECT * FROM spanwarden.users',
    'SELECT * FROM spanwarden.content_grants',
    'SELECT * FROM spanwarden.audit_log',
    "SELECT * FROM merge('org_.*', 'otel_traces')",
    "SELECT * FROM remote('127.0.0.1', org_acme.otel_traces)",
    "SELECT * FROM cluster('default', org_acme.otel_traces)",
    'WITH x AS (SELECT * FROM org_acme.otel_traces) SELECT * FROM x',
    'SELECT (SELECT any(PromptPreview) FROM org_acme.otel_traces)',
    'SELECT * FROM otel_traces WHERE SessionId IN (SELECT SessionId FROM org_acme.otel_traces)',
    'SELECT * FROM otel_traces AS a JOIN org_acme.otel_traces AS b ON 1 = 1',
    'SELECT * FROM otel_traces UNION ALL SELECT * FROM org_acme.otel_traces',
    "SELECT dictGet('org_acme.x', 'y', 1)",
    "SELECT joinGet('org_acme.x', 'y', 1)",
    'SELECT name FROM system.databases',
    'SELECT * FROM system.tables',
    'SELECT query FROM system.query_log',
    'EXISTS TABLE org_acme.otel_traces',
    'SHOW DATABASES',
  ])('%s is refused in the words that are said of no org at all', async (query) => {
    for (const format of ['json', 'csv', 'ndjson', 'parquet', 'arrow']) {
      const there = await ask({ query, format });
      const missing = await ask({ query: query.replaceAll('acme', 'gone'), format });
      expect(there.status, there.text).toBe(400);
      expect(there.text).not.toContain(MARKER);
      expect(telling(there, 'acme')).toBe(telling(missing, 'gone'));
    }
  });

  it('takes no name from a parameter, and none that is close', async () => {
    for (const [query, params] of [
      ['SELECT * FROM {t: Identifier}', { t: 'org_acme.otel_traces' }],
      ['SELECT * FROM {d: Identifier}.otel_traces', { d: 'org_acme' }],
      ['SELECT * FROM ORG_ACME.otel_traces', {}],
      ['SELECT * FROM "org_acme"."otel_traces"', {}],
      ['USE org_acme', {}],
    ] as const) {
      const { status, text } = await ask({ query, params });
      expect([status, text.includes(MARKER)], query).toEqual([400, false]);
    }
    const { body } = await ask({ query: "SELECT count() FROM otel_traces WHERE SessionId LIKE '%marker%'" });
    expect(body.rows).toEqual([['0']]);
  });

  it('costs the store the same whether a name is there or not, so that time tells nothing', async () => {
    const counted = { statements: 0 };
    const counting = new Proxy(store, {
      get: (target, name) => {
        const member = Reflect.get(target, name, target) as unknown;
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => {
          counted.statements += 1;
          return Reflect.apply(member, target, args) as unknown;
        };
      },
    });
    const api = await testApi(counting);
    const analyst = api.as(await api.token('analyst', 'beta'));
    await analyst('POST', '/api/v1/sql', { query: 'SELECT 1' });
    const costs: number[] = [];
    for (const org of ['acme', 'gone']) {
      counted.statements = 0;
      await analyst('POST', '/api/v1/sql', { query: `SELECT * FROM org_${org}.otel_traces` });
      costs.push(counted.statements);
    }
    expect(costs[0]).toBe(costs[1]);
  });
});

describe('accounts', () => {
  const signIn = async (email: string, org: string) => {
    const answer = await world.api.app.inject({
      method: 'POST',
      url: '/api/v1/session',
      payload: { email, password: PASSWORD, org },
      headers: { 'x-spanwarden-csrf': '1' },
    });
    return { status: answer.statusCode, text: answer.body, headers: answer.headers, body: answer.json() };
  };

  it('of acme do not sign in to beta, in the words that are said of no org at all', async () => {
    const email = `${MARKER}@example.org`;
    expect((await signIn(email, 'acme')).status).toBe(201);
    const [beta, gone] = [await signIn(email, 'beta'), await signIn(email, 'gone')];
    expect(beta.status).toBe(401);
    expect(telling(beta as never, email)).toBe(telling(gone as never, email));
  });

  it('with the same address in both are two, each with its own org alone', async () => {
    const email = `${MARKER}@example.org`;
    const made = await as.get('admin')!('POST', '/api/v1/users', { email, role: 'developer', password: PASSWORD });
    expect(made.status).toBe(201);
    const { headers } = await signIn(email, 'beta');
    const cookie = String(headers['set-cookie']).split(';')[0]!;
    const own = await world.api.app.inject({ url: '/api/v1/sessions', headers: { cookie } });
    expect(own.json()).toEqual({ items: [], next_cursor: null });
    const theirs = await world.api.app.inject({ url: `/api/v1/traces/${TRACE}`, headers: { cookie } });
    expect(theirs.statusCode).toBe(404);
  });
});

describe('events', () => {
  it('of acme do not reach a stream of beta', async () => {
    const url = await world.api.app.listen({ port: 0, host: '127.0.0.1' });
    const open = async (org: string) => {
      const response = await fetch(`${url}/api/v1/alerts/stream`, {
        headers: {
          authorization: `Bearer ${await world.api.token('analyst', org)}`,
          'last-event-id': world.ids.alert,
        },
      });
      return response.body!.getReader();
    };
    const [theirs, ours] = [await open('acme'), await open('beta')];
    const read = async (reader: typeof theirs, end: string) => {
      let text = '';
      while (!text.includes(end)) text += new TextDecoder().decode((await reader.read()).value);
      return text;
    };
    await world.admin('POST', `/api/v1/alerts/${world.ids.alert}/comment`, { text: MARKER });
    expect(await read(theirs, 'comment')).toContain(MARKER);
    // The next thing that beta's stream says is about beta.
    const row = {
      entity: 'beta-session',
      session_id: 'beta-session',
      title: 'Something in beta',
      starts_at: '2026-11-20 10:00:00.000000000',
      ends_at: '2026-11-20 10:00:01.000000000',
      evidence: [{ trace_id: 'b'.repeat(32), span_id: 'b'.repeat(16), note: 'seen' }],
    };
    await (await world.api.alerting('beta')).applyFindings(RULE, [toFinding(RULE, row, false)]);
    const heard = await read(ours, 'Something in beta');
    expect(heard).not.toContain(MARKER);
    expect(heard).not.toContain(world.ids.alert);
    await world.api.app.close();
  });

  it('signed for acme by nobody are refused as for no org at all', async () => {
    const press = async (org: string, id: string) => {
      const answer = await (await testApi(store)).app.inject({
        method: 'POST',
        url: `/api/v1/callbacks/slack/${org}/${id}`,
        payload: 'payload=%7B%7D',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      });
      return telling({ status: answer.statusCode, text: answer.body } as Answer, id);
    };
    const [there, none] = [await press('acme', world.ids.destination), await press('beta', 'none')];
    expect(there).toBe(none);
    expect(there).toMatch(/^401 /);
  });
});
