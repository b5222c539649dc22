import { beforeAll, describe, expect, it } from 'vitest';
import { LOOPBACK_HOSTS } from '../../../dashboards/api/services.ts';
import { type Finding, toFinding } from '../../../engine/core/finding.ts';
import { guardedStore, MARKER } from './guarded-store.ts';
import { RULE, testApi } from './test-api.ts';

const TRACE = 'a'.repeat(32);
let store: Awaited<ReturnType<typeof guardedStore>>['store'];
let api: Awaited<ReturnType<typeof testApi>>;
let admin: ReturnType<typeof api.as>;
let analyst: ReturnType<typeof api.as>;
let ingest: ReturnType<typeof api.as>;
beforeAll(async () => {
  ({ store } = await guardedStore());
  api = await testApi(store, { hosts: LOOPBACK_HOSTS });
  [admin, analyst, ingest] = [api.as(api.tokens.admin), api.as(api.tokens.analyst), api.as(api.tokens.ingest)];
});

/** A finding of the test rule on one session. */
function finding(session: string): Finding {
  return toFinding(
    RULE,
    {
      entity: session,
      session_id: session,
      title: `Something in ${session}`,
      starts_at: '2026-11-20 10:00:00.123456789',
      ends_at: '2026-11-20 10:00:01.000000000',
      evidence: [{ trace_id: TRACE, span_id: '1'.repeat(16), note: 'seen here' }],
    },
    false,
  );
}

describe('access', () => {
  it('tells the live from the ready', async () => {
    expect((await api.app.inject('/healthz')).json()).toEqual({ status: 'ok' });
    expect((await api.app.inject('/readyz')).json()).toEqual({ status: 'ready', reason: '' });
    api.setNotReady('the store does not answer');
    const not = await api.app.inject('/readyz');
    api.setNotReady('');
    expect([not.statusCode, not.json()]).toEqual([503, { status: 'not ready', reason: 'the store does not answer' }]);
  });

  it.each([
    ['no token', {}],
    ['a wrong token', { authorization: `Bearer spw_${'0'.repeat(43)}` }],
    ['another scheme', { authorization: 'Basic YTpi' }],
    ['an empty token', { authorization: 'Bearer ' }],
    ['a token with SQL in it', { authorization: `Bearer spw_' OR 1=1` }],
    ['a huge token', { authorization: `Bearer ${'x'.repeat(10_000)}` }],
  ])('answers 401 to %s', async (_, headers) => {
    const answer = await api.app.inject({ url: '/api/v1/alerts', headers: headers as Record<string, string> });
    expect(answer.statusCode).toBe(401);
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(answer.json()).toMatchObject({
      code: 'UNAUTHENTICATED',
      status: 401,
      request_id: answer.headers['x-request-id'],
    });
  });

  it.each([
    ['ingest', 'GET', '/api/v1/alerts', 403],
    ['ingest', 'GET', '/api/v1/policy', 200],
    ['ingest', 'GET', '/metrics', 403],
    ['analyst', 'GET', '/api/v1/alerts', 200],
    ['analyst', 'GET', '/api/v1/tokens', 403],
    ['analyst', 'GET', '/api/v1/destinations', 403],
    ['analyst', 'GET', '/api/v1/audit', 403],
    ['admin', 'GET', '/metrics', 200],
    ['admin', 'GET', '/api/v1/audit', 200],
  ] as const)('%s %s %s answers %i', async (role, method, url, status) => {
    expect((await api.as(api.tokens[role])(method, url)).status).toBe(status);
  });

  it('refuses names of the server that are not its own, against DNS rebinding', async () => {
    for (const host of ['evil.example', 'evil.example:8080', 'localhost.evil.example']) {
      expect((await admin('GET', '/api/v1/alerts', undefined, { host })).status, host).toBe(403);
    }
    for (const host of ['localhost', 'LOCALHOST:8080', '127.0.0.1:1', '[::1]:8080']) {
      expect((await admin('GET', '/api/v1/alerts', undefined, { host })).status, host).toBe(200);
    }
  });

  it('sets security headers on answers and problems alike', async () => {
    for (const url of ['/healthz', '/api/v1/nowhere', '/api/v1/alerts']) {
      const { headers } = await api.app.inject(url);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'content-security-policy': expect.stringMatching(
          /^default-src 'none';(?!.*unsafe)(?!.*https?:).*frame-ancestors 'none'/,
        ),
        'x-request-id': expect.any(String),
      });
      expect(headers['access-control-allow-origin']).toBeUndefined();
    }
  });
});

describe('problems', () => {
  it.each([
    ['an unknown route', 'GET', '/api/v1/unknown', undefined, 404, 'NOT_FOUND'],
    ['an unknown alert', 'GET', '/api/v1/alerts/nope', undefined, 404, 'NOT_FOUND'],
    ['a wrong filter', 'GET', '/api/v1/alerts?status=never', undefined, 400, 'BAD_REQUEST'],
    ['an unknown filter', 'GET', '/api/v1/sessions?nope=1', undefined, 400, 'BAD_REQUEST'],
    ['a forged cursor', 'GET', '/api/v1/sessions?cursor=abc', undefined, 400, 'BAD_REQUEST'],
    ['a body of the wrong shape', 'POST', '/api/v1/sql', { sql: 1 }, 400, 'BAD_REQUEST'],
    ['a refused query', 'POST', '/api/v1/sql', { query: "SELECT file('/etc/passwd')" }, 400, 'QUERY_REFUSED'],
    ['a failing query', 'POST', '/api/v1/sql', { query: 'SELECT nope' }, 400, 'QUERY_FAILED'],
    ['a large body', 'POST', '/api/v1/sql', { query: 'x'.repeat(2_000_000) }, 413, 'TOO_LARGE'],
  ] as const)('%s', async (_, method, url, body, status, code) => {
    const answer = await admin(method, url, body);
    expect(answer.body).toMatchObject({ status, code, title: expect.any(String), request_id: expect.any(String) });
    expect([answer.status, answer.headers['content-type']]).toEqual([status, 'application/problem+json']);
  });

  it('says nothing of what a broken body held', async () => {
    const answer = await admin('POST', '/api/v1/sql', `{"query": "${MARKER}` as never, {
      'content-type': 'application/json',
    });
    expect(answer.status).toBe(400);
    expect(answer.text).not.toContain(MARKER);
  });

  it('tells nobody what went wrong inside, but the log', async () => {
    const dead = await testApi(store);
    dead.app.addHook('preHandler', async () => {
      throw new Error(`/srv/${MARKER}`);
    });
    const answer = await dead.as(dead.tokens.admin)('GET', '/api/v1/rules');
    expect([answer.status, answer.body.code]).toEqual([500, 'INTERNAL']);
    expect(answer.text).not.toContain(MARKER);
    expect(dead.errors).toHaveLength(1);
  });
});

describe('OpenAPI', () => {
  it('describes every route', async () => {
    const document = (await api.app.inject('/api/openapi.json')).json();
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining([
        '/api/v1/alerts',
        '/api/v1/alerts/{id}/close',
        '/api/v1/sql',
        '/api/v1/sessions/{id}',
        '/healthz',
      ]),
    );
    expect(document.paths['/api/v1/sql'].post.requestBody).toBeDefined();
  });
});

describe('alerts', () => {
  it('are listed, shown, acted upon and streamed', async () => {
    const alerting = await api.alerting('default');
    await api.app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = api.app.server.address() as { port: number };
    const stop = new AbortController();
    const stream = await fetch(`http://127.0.0.1:${port}/api/v1/alerts/stream`, {
      headers: { authorization: `Bearer ${api.tokens.analyst}` },
      signal: stop.signal,
    });
    expect([stream.status, stream.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    const heard = readUntil(stream, 'event: closed');

    await alerting.applyFindings(RULE, [finding('s1'), finding('s2')]);
    const { body } = await analyst('GET', '/api/v1/alerts?status=open&rule_id=test-rule');
    expect(body.items).toHaveLength(2);
    expect(body.items[0]).toMatchObject({
      rule_id: 'test-rule',
      rule_version: 3,
      severity: 'high',
      entity: { kind: 'session' },
      starts_at: '2026-11-20T10:00:00.123456789Z',
      evidence: [{ trace_id: TRACE, note: 'seen here' }],
      threat: [{ framework: 'OWASP LLM' }],
      assignee: null,
    });
    const { id } = body.items[0];
    expect((await analyst('POST', `/api/v1/alerts/${id}/acknowledge`)).body.status).toBe('acknowledged');
    expect((await analyst('POST', `/api/v1/alerts/${id}/acknowledge`)).body.code).toBe('CONFLICT');
    expect((await analyst('POST', `/api/v1/alerts/${id}/assign`, { assignee: 'ana' })).body.assignee).toBe('ana');
    expect((await analyst('POST', `/api/v1/alerts/${id}/close`, { reason: 'nonsense' })).status).toBe(400);
    expect((await analyst('POST', `/api/v1/alerts/${id}/close`, { reason: 'benign' })).body.status).toBe('closed');
    const detail = (await analyst('GET', `/api/v1/alerts/${id}`)).body;
    expect(detail.log.map((entry: { type: string }) => entry.type)).toEqual([
      'opened',
      'acknowledged',
      'assigned',
      'closed',
    ]);
    expect(detail.log[1].actor).toMatch(/^analyst of default \(/);

    const text = await heard;
    stop.abort();
    expect(text).toMatch(/id: \S+\nevent: opened\ndata: {"alert_id":"/);
    const pages = await analyst('GET', '/api/v1/alerts?limit=1');
    const next = await analyst('GET', `/api/v1/alerts?limit=1&cursor=${pages.body.next_cursor}`);
    expect(next.body.items[0].id).not.toBe(pages.body.items[0].id);
    expect(next.body.next_cursor).toBeNull();
  });
});

async function readUntil(response: Response, end: string): Promise<string> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body!) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    if (text.includes(end)) return text;
  }
  return text;
}

describe('rules', () => {
  it('are listed with what they say about themselves, and shown with their query', async () => {
    expect((await analyst('GET', '/api/v1/rules')).body.items).toEqual([
      expect.objectContaining({ id: 'test-rule', risk_score: 60 }),
    ]);
    expect((await analyst('GET', '/api/v1/rules/test-rule')).body).toMatchObject({
      id: 'test-rule',
      query: 'SELECT 1',
    });
    expect((await analyst('GET', '/api/v1/rules/test-rule/runs')).body).toEqual({ items: [], next_cursor: null });
    expect((await analyst('GET', '/api/v1/rules/none')).status).toBe(404);
  });
});

describe('traces and figures', () => {
  it('shows sessions in figures', async () => {
    const { items } = (await analyst('GET', '/api/v1/sessions')).body;
    expect(items).toEqual([
      expect.objectContaining({
        id: 's1',
        spans: 20,
        traces: 1,
        llm_calls: 10,
        tool_calls: 10,
        errors: 1,
        agents: ['agent-a'],
        cost_usd: 10,
      }),
    ]);
    expect(items[0].started_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/);
  });

  it('shows a session with its spans and no summary yet', async () => {
    const { body } = await admin('GET', '/api/v1/sessions/s1');
    expect(body).toMatchObject({ id: 's1', summary: null, spans_truncated: false, content: 'hidden', opened: [] });
    expect(body.spans).toHaveLength(20);
    expect(body.spans[0]).toMatchObject({
      trace_id: TRACE,
      agent: { id: 'agent-a', name: 'Agent A' },
      prompt: { text: null, length: 0 },
    });
    expect((await admin('GET', '/api/v1/sessions/none')).status).toBe(404);
  });

  it('keeps content from everybody who did not break the glass for it', async () => {
    expect((await admin('GET', '/api/v1/sessions/s1')).body.spans[0].prompt.text).toBeNull();
    const opening = { session_id: 's1', reason: 'the tests look into it' };
    expect((await admin('POST', '/api/v1/break-glass', opening)).status).toBe(201);
    expect((await analyst('POST', '/api/v1/break-glass', opening)).status).toBe(403);
    for (const url of ['/api/v1/sessions/s1', `/api/v1/traces/${TRACE}`]) {
      const whole = (await admin('GET', url)).body.spans[0];
      const bare = (await analyst('GET', url)).body.spans[0];
      expect([whole.prompt.text, whole.attributes['gen_ai.prompt.preview']]).toEqual(['hello', 'said']);
      expect([bare.prompt.text, bare.attributes['gen_ai.prompt.preview']]).toEqual([null, undefined]);
      expect(bare.attributes['tracectrl.agent.id']).toBe('agent-a');
    }
    const query = { query: 'SELECT PromptPreview FROM otel_traces' };
    expect((await analyst('POST', '/api/v1/sql', query)).body.code).toBe('QUERY_REFUSED');
    expect((await admin('POST', '/api/v1/sql', query)).body.rows[0]).toEqual(['hello']);
  });

  it.each([
    ['/api/v1/agents', { id: 'agent-a', name: 'Agent A', spans: 20, sessions: 1, tools: ['search'] }],
    ['/api/v1/tools', { name: 'search', calls: 10, agents: ['agent-a'] }],
    ['/api/v1/usage?group_by=model', { key: 'model-x', llm_calls: 10, input_tokens: 200, cost_usd: 10 }],
    ['/api/v1/usage?group_by=day', { sessions: 1, tool_calls: 10 }],
  ])('answers %s', async (url, item) => {
    const { body } = await analyst('GET', url);
    expect(body).toEqual({ items: [expect.objectContaining(item)], next_cursor: null });
  });

  it('limits figures to the time asked for', async () => {
    for (const route of ['agents', 'tools', 'usage', 'sessions']) {
      const { body } = await analyst('GET', `/api/v1/${route}?from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z`);
      expect(body.items, route).toEqual([]);
    }
  });

  it('pages lists without loss or repetition', async () => {
    await store.command(
      `INSERT INTO org_default.otel_traces (Timestamp, TraceId, SpanId, SessionId, AgentId, Kind, IngestedAt)
       SELECT now64(9) - number % 3, hex(number), hex(number), concat('page-', toString(number)), concat('pager-', leftPad(toString(number), 2, '0')), 'agent', now64(6) FROM numbers(25)`,
    );
    for (const [route, key] of [
      ['sessions', 'id'],
      ['agents', 'id'],
    ] as const) {
      const seen: string[] = [];
      let cursor = '';
      do {
        const { body } = await analyst('GET', `/api/v1/${route}?limit=4${cursor}`);
        seen.push(...body.items.map((item: Record<string, string>) => item[key]));
        cursor = body.next_cursor === null ? '' : `&cursor=${body.next_cursor}`;
      } while (cursor !== '');
      expect(seen).toHaveLength(26);
      expect(new Set(seen).size).toBe(26);
    }
  });
});

describe('sql', () => {
  it('answers a table, and files with their types', async () => {
    const ask = {
      query: 'SELECT {a: String} AS a, count() AS n FROM otel_traces WHERE SessionId = {s: String}',
      params: { a: 'x', s: 's1' },
    };
    expect((await analyst('POST', '/api/v1/sql', ask)).body).toEqual({
      columns: [
        { name: 'a', type: 'String' },
        { name: 'n', type: 'UInt64' },
      ],
      rows: [['x', '20']],
      rows_read: expect.any(Number),
      elapsed_ms: expect.any(Number),
      truncated: false,
    });
    const csv = await analyst('POST', '/api/v1/sql', { ...ask, format: 'csv' });
    expect([csv.headers['content-type'], csv.text]).toEqual([
      'text/csv; charset=utf-8; header=present',
      '"a","n"\n"x",20\n',
    ]);
    const parquet = await analyst('POST', '/api/v1/sql', { ...ask, format: 'parquet' });
    expect(parquet.text.slice(0, 4)).toBe('PAR1');
  });

  it('refuses more queries than it has places for, with Retry-After', async () => {
    const small = await testApi(store, { querySlots: { running: 1, waiting: 0, deadlineMs: 10_000 } });
    const call = small.as(small.tokens.admin);
    const answers = await Promise.all(
      Array.from({ length: 4 }, () =>
        call('POST', '/api/v1/sql', { query: 'SELECT sum(cityHash64(number)) FROM numbers(20000000)' }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 429, 429, 429]);
    expect(answers.find(({ status }) => status === 429)?.headers['retry-after']).toBe('1');
  });
});

describe('administration', () => {
  it('makes an org and its tokens, shows a secret once, and keeps the orgs apart', async () => {
    const made = await admin('POST', '/api/v1/orgs', { slug: 'acme', name: 'Acme' });
    expect([made.status, made.body.slug]).toEqual([201, 'acme']);
    expect((await admin('POST', '/api/v1/orgs', { slug: 'acme', name: 'Acme' })).status).toBe(409);
    expect((await admin('POST', '/api/v1/orgs', { slug: '../x', name: 'x' })).status).toBe(400);
    const issued = (await admin('POST', '/api/v1/tokens', { org: 'acme', role: 'admin', name: 'boss' })).body;
    expect(issued).toMatchObject({
      id: expect.any(String),
      token: expect.stringMatching(/^spw_[0-9A-Za-z]{43}$/),
      org: 'acme',
    });
    expect((await admin('GET', '/api/v1/tokens')).text).not.toContain(issued.token);

    const acme = api.as(issued.token);
    expect((await acme('GET', '/api/v1/sessions')).body.items).toEqual([]);
    expect((await acme('GET', `/api/v1/traces/${TRACE}`)).status).toBe(404);
    expect((await acme('GET', '/api/v1/alerts')).body.items).toEqual([]);
    expect((await acme('POST', '/api/v1/sql', { query: 'SELECT count() FROM org_default.otel_traces' })).status).toBe(
      400,
    );
    expect((await acme('POST', '/api/v1/sql', { query: 'SELECT count() FROM otel_traces' })).body.rows).toEqual([
      ['0'],
    ]);
    expect((await acme('POST', '/api/v1/orgs', { slug: 'more', name: 'x' })).status).toBe(403);
    expect((await acme('POST', '/api/v1/tokens', { org: 'default', role: 'admin', name: 'x' })).status).toBe(403);
    expect((await acme('GET', '/api/v1/orgs')).body.items.map((org: { slug: string }) => org.slug)).toEqual(['acme']);
    const tokens = (await acme('GET', '/api/v1/tokens')).body.items;
    expect(tokens.every((token: { org: string }) => token.org === 'acme')).toBe(true);
  });

  it('revokes a token at once', async () => {
    const issued = (await admin('POST', '/api/v1/tokens', { role: 'analyst', name: 'short' })).body;
    const short = api.as(issued.token);
    expect((await short('GET', '/api/v1/rules')).status).toBe(200);
    expect((await admin('DELETE', `/api/v1/tokens/${issued.id}`)).status).toBe(204);
    expect((await short('GET', '/api/v1/rules')).status).toBe(401);
    expect((await admin('DELETE', `/api/v1/tokens/${issued.id}`)).status).toBe(404);
    const again = await testApi(store);
    expect((await again.as(issued.token)('GET', '/api/v1/rules')).status).toBe(401);
  });

  it('keeps destinations without showing secrets, and records who did what', async () => {
    const made = await admin('POST', '/api/v1/destinations', {
      kind: 'webhook',
      name: 'hook',
      url: 'http://127.0.0.1:9/x',
      secret: MARKER,
    });
    expect(made.status).toBe(201);
    const listed = await admin('GET', '/api/v1/destinations');
    expect(listed.body.items.map((item: { id: string }) => item.id)).toContain(made.body.id);
    expect(made.text).not.toContain(MARKER);
    expect((await admin('DELETE', `/api/v1/destinations/${made.body.id}`)).status).toBe(204);
    const audit = (await admin('GET', '/api/v1/audit?limit=2')).body;
    expect(audit.items).toMatchObject([
      { action: 'destination.delete', subject: made.body.id, actor: expect.stringMatching(/^admin of default/) },
      { action: 'destination.create', subject: made.body.id },
    ]);
    const older = (await admin('GET', `/api/v1/audit?cursor=${audit.next_cursor}`)).body.items;
    expect(older.map((entry: { action: string }) => entry.action)).toContain('token.revoke');
  });

  it('records deployments', async () => {
    const made = await analyst('POST', '/api/v1/deployments', {
      agent_id: 'agent-a',
      version: '2',
      deployed_at: '2026-11-20T10:00:00Z',
    });
    expect(made.body).toMatchObject({
      agent_id: 'agent-a',
      version: '2',
      deployed_at: '2026-11-20T10:00:00.000Z',
      note: '',
    });
    expect((await ingest('POST', '/api/v1/deployments', { agent_id: 'x', version: '1' })).status).toBe(403);
    expect((await analyst('GET', '/api/v1/deployments?agent_id=agent-a')).body.items).toEqual([made.body]);
    expect((await analyst('GET', '/api/v1/deployments?agent_id=other')).body.items).toEqual([]);
  });

  it('answers the policy once and 304 from then on', async () => {
    const first = await ingest('GET', '/api/v1/policy');
    expect(first.body).toMatchObject({ version: 0, refresh_seconds: expect.any(Number) });
    const etag = String(first.headers['etag']);
    expect((await ingest('GET', '/api/v1/policy', undefined, { 'if-none-match': etag })).status).toBe(304);
    expect((await ingest('GET', '/api/v1/policy', undefined, { 'if-none-match': '"other"' })).status).toBe(200);
  });

  it('lets administrators alone change the policy, and answers the new one under a new tag', async () => {
    const before = await ingest('GET', '/api/v1/policy');
    const change = { capture: { prompts: 'off' }, ignore: { folders: ['**/secret/**'] } };
    expect((await ingest('POST', '/api/v1/policy', change)).status).toBe(403);
    expect((await admin('POST', '/api/v1/policy', { capture: { prompts: 'some' } })).status).toBe(400);
    const set = await admin('POST', '/api/v1/policy', change);
    const capture = { level: 'full', prompts: 'off', tool_arguments: 'redacted', edits: 'redacted' };
    expect(set.body).toMatchObject({ version: 1, disabled: false, capture, ignore: { gitignore: true } });
    const after = await ingest('GET', '/api/v1/policy', undefined, { 'if-none-match': String(before.headers['etag']) });
    expect(after.body).toEqual(set.body);
    const { body } = await admin('GET', '/api/v1/audit');
    expect(body.items).toContainEqual(expect.objectContaining({ action: 'client-policy.set', detail: 'version 1' }));
  });
});
