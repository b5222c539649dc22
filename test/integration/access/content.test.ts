import { beforeAll, describe, expect, it } from 'vitest';
import { createRedactor } from '../../../engine/redaction/redactor.ts';
import { temporaryStore } from '../../temporary-store.ts';
import { testApi } from '../api/test-api.ts';

const PASSWORD = 'correct horse battery';
const CSRF = { 'x-spanwarden-csrf': '1' };
const SAID = 'what-was-said-7f3a';

const DAY = 86_400_000;
/** Noon, so that the hours which the tests let pass stay within the day. */
const NOON = Math.floor(Date.now() / DAY) * DAY + DAY / 2;

const { store } = await temporaryStore();
let now = NOON;
let api: Awaited<ReturnType<typeof testApi>>;
beforeAll(async () => {
  api = await testApi(store, {}, [], { clock: () => now });
});

/** The same key as the API's. */
const redactor = createRedactor({ key: new Uint8Array(32).fill(1) });
let spans = 0;

/** A span of a session with something said in it, under a user id as senders write it ('' none). */
async function span(session: string, user: string, trace = session.padStart(32, '0').replaceAll(/[^0-9a-f]/g, 'e')) {
  spans += 1;
  const { text, findings } = redactor.redactText(user);
  const span = spans.toString(16).padStart(16, '0');
  await store.command(
    `INSERT INTO otel_traces (Timestamp, TraceId, SpanId, SessionId, UserId, Kind, AgentId, PromptPreview, StatusMessage, SpanAttributes,
       Redactions.Class, Redactions.Kind, Redactions.Rule, Redactions.Path, Redactions.Start, Redactions.Fingerprint, IngestedAt)
     SELECT now64(9), {trace: String}, {span: String}, {session: String}, {user: String}, 'llm', 'agent', {said: String}, {said: String},
       map('gen_ai.prompt', {said: String}, 'tracectrl.agent.id', 'agent'),
       arrayMap(x -> 'pii', {prints: Array(String)}), arrayMap(x -> 'EMAIL', {prints: Array(String)}),
       arrayMap(x -> 'email', {prints: Array(String)}), arrayMap(x -> 'SpanAttributes.user.id', {prints: Array(String)}),
       arrayMap(x -> 0, {prints: Array(String)}), {prints: Array(String)}, now64(6)`,
    { trace, span, session, user: text, said: SAID, prints: findings.map(({ fingerprint }) => fingerprint) },
    { database: 'org_default' },
  );
  return { trace, span };
}

let people = 0;
function newAddress(): string {
  people += 1;
  return `p${people}@example.org`;
}

/** Somebody signed in, as a function that asks with their cookie. */
async function person(role: string, email = newAddress(), user_ids: string[] = []) {
  const body = { email, role, password: PASSWORD, user_ids };
  const made = await api.as(api.tokens.admin)('POST', '/api/v1/users', body);
  expect(made.status, made.text).toBe(201);
  const answer = await api.app.inject({
    method: 'POST',
    url: '/api/v1/session',
    payload: { email, password: PASSWORD },
    headers: CSRF,
  });
  const cookie = String(answer.headers['set-cookie']).split(';')[0]!;
  return async (method: 'GET' | 'POST', path: string, payload?: object) => {
    const { statusCode, body } = await api.app.inject({
      method,
      url: `/api/v1${path}`,
      headers: { cookie, ...CSRF },
      ...(payload && { payload }),
    });
    return { status: statusCode, text: body, body: JSON.parse(body || 'null') };
  };
}
type Person = Awaited<ReturnType<typeof person>>;

/** Every way to look at a session. */
const waysTo = (session: string, { trace, span }: { trace: string; span: string }) => [
  `/sessions/${session}`,
  `/sessions/${session}/outline`,
  `/traces/${trace}`,
  `/traces/${trace}/spans/${span}`,
];

async function sees(who: Person, session: string, place: { trace: string; span: string }) {
  const answers = await Promise.all(waysTo(session, place).map((path) => who('GET', path)));
  return answers.map(({ status, text }) => (status === 200 ? (text.includes(SAID) ? 'content' : 'structure') : status));
}
const all = (what: string | number) => [what, what, what, what];

describe('the author', () => {
  it('sees what was said in their own sessions, and developers nothing of others', async () => {
    const place = await span('own-1', 'dev@example.org');
    await span('own-1', '', place.trace);
    const other = await span('others-1', 'other@example.org');
    const dev = await person('developer', 'dev@example.org');
    expect(await sees(dev, 'own-1', place)).toEqual(all('content'));
    expect(await sees(dev, 'others-1', other)).toEqual(all(404));
    expect((await dev('GET', '/sessions/others-1/provenance')).status).toBe(404);
    expect((await dev('GET', '/sessions/own-1/provenance')).status).toBe(200);
    expect((await dev('GET', '/sessions')).body.items.map(({ id }: { id: string }) => id)).toEqual(['own-1']);
    const missing = await dev('GET', '/sessions/never-there');
    const foreign = await dev('GET', '/sessions/others-1');
    expect({ ...foreign.body, request_id: '' }).toEqual({ ...missing.body, request_id: '' });
  });

  it('is known by the ids that an administrator set, and by the whole fingerprint of an address', async () => {
    const place = await span('own-2', 'install-42');
    const dev = await person('developer', undefined, ['install-42']);
    expect(await sees(dev, 'own-2', place)).toEqual(all('content'));
    expect(await sees(await person('developer', undefined, ['install-4']), 'own-2', place)).toEqual(all(404));
    // Another person's address whose token of four characters is the same by chance.
    const forged = await span('own-3', 'twin@example.org');
    const token = redactor.redactText('twin@example.org').text;
    await store.command(
      `INSERT INTO org_default.otel_traces (Timestamp, TraceId, SpanId, SessionId, UserId, Kind, PromptPreview, IngestedAt)
       SELECT now64(9), repeat('d', 32), repeat('d', 16), 'collides', {token: String}, 'llm', {said: String}, now64(6)`,
      { token, said: SAID },
    );
    const twin = await person('developer', 'twin@example.org');
    expect(await sees(twin, 'own-3', forged)).toEqual(all('content'));
    const collision = { trace: 'd'.repeat(32), span: 'd'.repeat(16) };
    expect(await sees(twin, 'collides', collision)).toEqual(all(404));
  });

  it('is nobody where several people or none are named, by spans of the session or of the trace', async () => {
    const dev = await person('developer', 'mixed@example.org');
    const place = await span('mixed-1', 'mixed@example.org');
    expect(await sees(dev, 'mixed-1', place)).toEqual(all('content'));
    await span('mixed-1', 'second@example.org');
    expect(await sees(dev, 'mixed-1', place)).toEqual(all(404));
    const nameless = await span('mixed-2', '');
    expect(await sees(dev, 'mixed-2', nameless)).toEqual(all(404));
    // A trace that leads into somebody else's session.
    const shared = await span('mixed-3', 'mixed@example.org');
    await span('mixed-4', 'second@example.org', shared.trace);
    expect((await dev('GET', `/traces/${shared.trace}`)).status).toBe(404);
    expect((await dev('GET', '/sessions')).text).not.toMatch(/mixed-[124]/);
  });

  it('sees their own as a manager, an analyst or an administrator too', async () => {
    for (const role of ['manager', 'analyst', 'security', 'admin']) {
      const email = `author-${role}@example.org`;
      const place = await span(`by-${role}`, email);
      expect(await sees(await person(role, email), `by-${role}`, place)).toEqual(all('content'));
    }
  });

  it('can ask for their own alone', async () => {
    await span('mine-1', 'lister@example.org');
    const analyst = await person('analyst', 'lister@example.org');
    expect((await analyst('GET', '/sessions?own=true')).body.items).toEqual([
      expect.objectContaining({ id: 'mine-1' }),
    ]);
    expect((await analyst('GET', '/sessions?limit=500')).body.items.length).toBeGreaterThan(1);
  });
});

describe('everybody else', () => {
  it.each(['admin', 'security', 'analyst'])('%s sees the structure', async (role) => {
    const place = await span(`seen-by-${role}`, 'somebody@example.org');
    expect(await sees(await person(role), `seen-by-${role}`, place)).toEqual(all('structure'));
  });

  it('sees the structure with a token of an admin', async () => {
    const place = await span('seen-by-token', 'somebody@example.org');
    const token = api.as(api.tokens.admin);
    for (const path of waysTo('seen-by-token', place)) {
      const { status, text } = await token('GET', `/api/v1${path}`);
      expect([status, text.includes(SAID)], path).toEqual([200, false]);
    }
  });

  it('finds nothing said by searching', async () => {
    await span('searched', 'somebody@example.org');
    for (const q of [SAID, 'searched']) {
      const { text } = await (await person('security'))('GET', `/search?q=${q}`);
      expect(text).not.toContain(SAID);
    }
  });
});

describe('breaking the glass', () => {
  const reason = 'Incident 7: which key leaked?';

  it('opens one session to one person for a while, on record, and its author sees it', async () => {
    const place = await span('opened-1', 'victim@example.org');
    const beside = await span('opened-2', 'victim@example.org');
    const [security, colleague, author, stranger] = [
      await person('security', 'sec@example.org'),
      await person('security'),
      await person('developer', 'victim@example.org'),
      await person('developer'),
    ];
    const { status, body } = await security('POST', '/break-glass', { session_id: 'opened-1', reason, minutes: 30 });
    expect([status, Date.parse(body.expires_at) - now]).toEqual([201, 30 * 60_000]);
    expect(await sees(security, 'opened-1', place)).toEqual(all('content'));
    expect(await sees(security, 'opened-2', beside)).toEqual(all('structure'));
    expect(await sees(colleague, 'opened-1', place)).toEqual(all('structure'));

    const opening = expect.objectContaining({ by: expect.stringMatching(/^sec@/), reason, subject: 'opened-1' });
    expect((await author('GET', '/sessions/opened-1')).body.opened).toEqual([opening]);
    expect((await author('GET', '/break-glass')).body.items).toEqual([opening]);
    expect((await stranger('GET', '/break-glass')).body.items).toEqual([]);
    expect((await colleague('GET', '/break-glass')).body.items).toEqual([opening]);

    const log = (await security('GET', '/audit?subject=session%20opened-1')).body.items;
    expect(log.map(({ action }: { action: string }) => action).sort()).toEqual([
      'content.break-glass',
      'content.read',
      'content.read',
    ]);
    expect(log).toContainEqual(expect.objectContaining({ action: 'content.break-glass', detail: `30 min: ${reason}` }));
    now += 30 * 60_000;
    expect(await sees(security, 'opened-1', place)).toEqual(all('structure'));
  });

  it('opens a trace, and in SQL the org', async () => {
    const place = await span('opened-3', 'victim@example.org');
    const security = await person('security');
    await security('POST', '/break-glass', { trace_id: place.trace, reason });
    expect(await sees(security, 'opened-3', place)).toEqual(['structure', 'structure', 'content', 'content']);

    const ask = { query: `SELECT PromptPreview FROM otel_traces WHERE SessionId = 'opened-3'` };
    expect((await security('POST', '/sql', ask)).body.code).toBe('QUERY_REFUSED');
    await security('POST', '/break-glass', { sql: true, reason });
    expect((await security('POST', '/sql', ask)).body.rows).toEqual([[SAID]]);
    const csv = await api.app.inject({ url: '/api/v1/audit?action=content.sql&limit=1', headers: bearer() });
    expect(csv.json().items).toEqual([expect.objectContaining({ detail: 'PromptPreview' })]);
    // Whoever is written about in the org hears of it.
    const developer = await person('developer');
    expect((await developer('GET', '/break-glass')).body.items).toEqual([expect.objectContaining({ scope: 'sql' })]);
    now += 61 * 60_000;
    expect((await security('POST', '/sql', ask)).body.code).toBe('QUERY_REFUSED');
  });

  it('does not open SQL to an administrator who is a person, but on record to their token', async () => {
    const ask = { query: 'SELECT PromptPreview FROM otel_traces LIMIT 1' };
    expect((await (await person('admin'))('POST', '/sql', ask)).body.code).toBe('QUERY_REFUSED');
    expect((await api.as(api.tokens.admin)('POST', '/api/v1/sql', ask)).body.rows).toEqual([[SAID]]);
    expect((await api.as(api.tokens.analyst)('POST', '/api/v1/sql', ask)).body.code).toBe('QUERY_REFUSED');
  });

  it.each([
    ['without a reason', { session_id: 'opened-1' }, 400],
    ['with a reason that is none', { session_id: 'opened-1', reason: ' because      ' }, 400],
    ['for ever', { session_id: 'opened-1', reason, minutes: 100_000 }, 400],
    ['for nothing', { reason }, 400],
    ['for two things', { session_id: 'opened-1', sql: true, reason }, 400],
    ['for what is not there', { session_id: 'none', reason }, 404],
  ])('is refused %s', async (_, body, status) => {
    expect((await (await person('security'))('POST', '/break-glass', body)).status).toBe(status);
  });

  it.each(['analyst', 'manager', 'developer'])('is not for a %s', async (role) => {
    expect((await (await person(role))('POST', '/break-glass', { session_id: 'opened-1', reason })).status).toBe(403);
  });
});

function bearer() {
  return { authorization: `Bearer ${api.tokens.admin}` };
}

describe('a manager', () => {
  const day = (back: number) => new Date(NOON - back * DAY).toISOString().slice(0, 10);

  /** Calls of an agent by people on a day. */
  async function calls(agent: string, on: string, ...who: string[]) {
    for (const user of who) {
      spans += 1;
      await store.command(
        `INSERT INTO org_default.otel_traces (Timestamp, TraceId, SpanId, SessionId, UserId, Kind, AgentId, AgentName, ToolName, ToolCategory, CostUsd, IngestedAt)
         SELECT toDateTime64({on: String}, 9, 'UTC') + INTERVAL 9 HOUR, leftPad({n: String}, 32, '0'), leftPad({n: String}, 16, '0'), {n: String},
           {user: String}, 'tool', {agent: String}, {agent: String}, concat('tool-', {agent: String}), {agent: String}, 1, now64(6)`,
        { on: `${on} 00:00:00`, n: `c${spans.toString(16)}`, user, agent },
      );
    }
  }
  const five = ['a', 'b', 'c', 'd', 'e'];
  let manager: Person;
  const usage = async (group: string, window = '') =>
    Object.fromEntries(
      (await manager('GET', `/usage?group_by=${group}${window}`)).body.items.map(
        ({ key, cost_usd }: { key: string; cost_usd: number }) => [key, cost_usd],
      ),
    );

  beforeAll(async () => {
    manager = await person('manager');
    await calls('large', day(3), ...five);
    await calls('larger', day(3), ...five, 'f', 'g');
    await calls('small', day(3), 'a', 'h');
    await calls('large', day(4), ...five, 'z');
    await calls('small', day(5), 'a', 'b', 'c', 'd');
    await calls('large', day(0), ...five);
  });

  it('sees whole days of enough people, today not among them', async () => {
    expect(await usage('day')).toEqual({ [day(3)]: 14, [day(4)]: 6 });
  });

  it('sees groups of enough people; those of fewer go with the smallest that is large enough', async () => {
    expect(await usage('agent')).toEqual({ larger: 7, large: 6, '(others)': 7 });
    for (const route of ['agents', 'tools']) {
      const { body } = await manager('GET', `/${route}`);
      expect(body.items.map((item: Record<string, string>) => item['id'] ?? item['name'])).toEqual(
        route === 'agents' ? ['large', 'larger'] : ['tool-large', 'tool-larger'],
      );
    }
  });

  it('gets the same for windows that differ by less than a day', async () => {
    const whole = await usage('agent', `&from=${day(4)}T00:00:00Z&to=${day(3)}T00:00:00Z`);
    expect(whole).toEqual({ large: 6 });
    expect(await usage('agent', `&from=${day(4)}T08:59:00Z&to=${day(4)}T09:00:00.001Z`)).toEqual(whole);
  });

  it('gets no figures by person, and nothing of single sessions', async () => {
    expect((await manager('GET', '/usage?group_by=user')).status).toBe(403);
    expect((await manager('GET', '/sessions')).body.items).toEqual([]);
    for (const path of ['/alerts', '/search?q=large', '/rules', '/prompt-versions?agent_id=large', '/incidents'])
      expect((await manager('GET', path)).status, path).toBe(403);
  });

  it('sees an overview of the same days', async () => {
    const { body } = await manager('GET', `/overview?from=${day(6)}T00:00:00Z`);
    expect(body.now).toMatchObject({ cost_usd: 20, tool_calls: 20 });
    expect(body.timeline.map(({ cost_usd }: { cost_usd: number }) => cost_usd)).toEqual([6, 14]);
    expect(body.bucket_seconds).toBeGreaterThanOrEqual(86_400);
    expect(body.work.map(({ category }: { category: string }) => category).sort()).toEqual([
      '(others)',
      'large',
      'larger',
    ]);
  });

  it('sees groups as large as an administrator says', async () => {
    const set = (minimum_cohort: number) =>
      api.as(api.tokens.admin)('POST', '/api/v1/access-settings', { minimum_cohort });
    await set(7);
    expect(await usage('day')).toEqual({ [day(3)]: 14 });
    expect(await usage('agent')).toEqual({ '(others)': 14 });
    await set(2);
    expect(await usage('day')).toEqual({ [day(3)]: 14, [day(4)]: 6, [day(5)]: 4 });
    expect((await set(1)).status).toBe(400);
    await set(5);
  });

  it('is not who sees everything: analysts see every group, and people', async () => {
    const analyst = await person('analyst');
    const { items } = (await analyst('GET', '/usage?group_by=agent')).body;
    expect(items.map(({ key }: { key: string }) => key)).toEqual(expect.arrayContaining(['small', 'large', 'larger']));
    expect((await analyst('GET', '/usage?group_by=user')).status).toBe(200);
  });
});

describe('a stream of alerts', () => {
  it('ends when its reader is signed out, disabled or of another role', async () => {
    const short = await testApi(store, { heartbeatMs: 20 }, [], { clock: () => now });
    const url = await short.app.listen({ port: 0, host: '127.0.0.1' });
    const admin = short.as(short.tokens.admin);
    const issued = (await admin('POST', '/api/v1/tokens', { role: 'analyst', name: 'reader' })).body;
    const response = await fetch(`${url}/api/v1/alerts/stream`, {
      headers: { authorization: `Bearer ${issued.token}` },
    });
    const reader = response.body!.getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toContain('retry');
    await admin('DELETE', `/api/v1/tokens/${issued.id}`);
    const ends = (async () => {
      for (;;) if ((await reader.read()).done) return 'closed';
    })().catch(() => 'cut off');
    expect(await ends).toMatch(/closed|cut off/);
    await short.app.close();
  });
});
