import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../engine/core/clock.ts';
import { createRedactionSettingsBook } from '../../../engine/redaction-settings-book.ts';
import { createIngestServer } from '../../../ingest/ingest-server.ts';
import { temporaryStore } from '../../temporary-store.ts';
import { testApi } from './test-api.ts';

const PATH = '/api/v1/redaction-policy';
const ALICE = 'Alice.Miller@example.org';

let store: Awaited<ReturnType<typeof temporaryStore>>['store'];
let api: Awaited<ReturnType<typeof testApi>>;
let admin: ReturnType<typeof api.as>;
let ingest: ReturnType<typeof createIngestServer>;
let otlp: string;
/** Seconds ahead of the real clock: what ingest remembers of a policy runs out at once. */
let ahead = 0;

beforeAll(async () => {
  ({ store } = await temporaryStore());
  api = await testApi(store);
  admin = api.as(api.tokens.admin);
  const book = createRedactionSettingsBook(
    store,
    () => systemClock() + ahead,
    (org, purpose, version = 1) => new Uint8Array(32).fill(org.length + purpose.length + version),
  );
  ingest = createIngestServer({
    store,
    clock: systemClock,
    floor: 0,
    redaction: book.of,
    authenticate: async () => ({ org: 'default' }),
    metrics: new Registry(),
    reportFault: () => {},
  });
  otlp = await ingest.listen('127.0.0.1', 0);
});
afterAll(() => ingest.stop());

let spans = 0;

/** Sends a call of a tool and answers its arguments as they are stored. */
async function stored(args: unknown, toolName = 'lookup'): Promise<string> {
  ahead += 60_000;
  const spanId = (++spans).toString(16).padStart(16, '0');
  const attribute = (key: string, value: string) => ({ key, value: { stringValue: value } });
  const span = {
    traceId: '5b8efff798038103d269b633813fc60c',
    spanId,
    name: 'execute_tool',
    startTimeUnixNano: `${Date.now()}000000`,
    endTimeUnixNano: `${Date.now()}000000`,
    attributes: [
      attribute('gen_ai.operation.name', 'execute_tool'),
      attribute('gen_ai.tool.name', toolName),
      attribute('gen_ai.tool.call.arguments', JSON.stringify(args)),
    ],
  };
  const sent = await fetch(`${otlp}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }),
  });
  expect(sent.status).toBe(200);
  const [row] = await store.query<{ args: string }>(
    "SELECT SpanAttributes['gen_ai.tool.call.arguments'] AS args FROM otel_traces WHERE SpanId = {spanId: String}",
    { spanId },
    { database: 'org_default' },
  );
  return row!.args;
}

describe('an org’s redaction policy', () => {
  it('is what is built in until somebody changes it, and only admins see it', async () => {
    const shown = await admin('GET', PATH);
    expect(shown.body).toMatchObject({ version: 0, key_version: 1, former_key_until: null });
    expect(shown.body.policy).toMatchObject({ suffix_length: 4, actions: {}, allowed: [] });
    for (const token of [api.tokens.analyst, api.tokens.ingest]) {
      expect((await api.as(token)('GET', PATH)).status).toBe(403);
      expect((await api.as(token)('POST', PATH, {})).status).toBe(403);
    }
    expect(await stored({ from: '203.0.113.9', mail: ALICE })).toMatch(/"203\.0\.113\.9".*\[EMAIL:\w{4}\]/);
  });

  it('reaches running ingest: kinds kept, followed and dropped, kinds of its own, arguments by tool', async () => {
    const set = await admin('POST', PATH, {
      suffix_length: 8,
      actions: { IP_ADDRESS: 'token', EMAIL: 'drop', PHONE: 'keep' },
      own_kinds: [{ kind: 'BADGE', class: 'pii', keywords: ['acme-'], pattern: 'acme-\\d{6}' }],
      tools: { refund: ['order'] },
    });
    expect([set.status, set.body.version]).toEqual([200, 1]);
    const args = await stored({ from: '203.0.113.9', mail: ALICE, call: '+14155550123', who: 'acme-123456' });
    expect(JSON.parse(args)).toEqual({
      from: expect.stringMatching(/^\[IP_ADDRESS:\w{8}\]$/),
      mail: '[EMAIL:00000000]',
      call: '+14155550123',
      who: expect.stringMatching(/^\[BADGE:\w{8}\]$/),
    });
    const refund = await stored({ order: 'A-1001', ship_to: { street: '12 Elm Street', city: 'Salem' } }, 'refund');
    expect(JSON.parse(refund)).toEqual({
      order: 'A-1001',
      ship_to: {
        street: expect.stringMatching(/^\[UNCLASSIFIED:\w{8}\]$/),
        city: expect.stringMatching(/^\[UNCLASSIFIED:\w{8}\]$/),
      },
    });
    expect((await admin('GET', '/api/v1/audit?limit=1')).body.items).toMatchObject([
      { action: 'redaction-policy.set', detail: 'version 1' },
    ]);
  });

  it('lets single values stay by their fingerprint, which the API tells without keeping the value', async () => {
    const known = await admin('POST', `${PATH}/identities`, { value: ALICE });
    const lower = await admin('POST', `${PATH}/identities`, { value: ALICE.toLowerCase() });
    expect(known.body.items).toEqual([{ key: 'current', fingerprint: expect.any(String), suffix: expect.any(String) }]);
    expect(lower.body).toEqual(known.body);
    const log = await admin('GET', '/api/v1/audit?limit=20');
    expect(log.text).toContain('redaction-policy.identities');
    expect(log.text).not.toContain(ALICE);
  });

  it('keeps values known under the key of before for a time', async () => {
    const before = (await admin('POST', `${PATH}/identities`, { value: ALICE })).body.items[0];
    const rotated = await admin('POST', `${PATH}/keys`, { grace_days: 30 });
    expect(rotated.body).toMatchObject({ key_version: 2, former_key_until: expect.any(String) });
    const after = (await admin('POST', `${PATH}/identities`, { value: ALICE })).body.items;
    expect(after.map((item: { key: string }) => item.key)).toEqual(['current', 'former']);
    // the test's keys do not differ by version, its ingest's do
    expect(after[1].fingerprint).toBe(before.fingerprint);
  });

  it.each([
    [{ suffix_length: 3 }, 'suffix_length'],
    [{ actions: { secret: 'keep' } }, 'never kept'],
    [{ own_kinds: [{ kind: 'BADGE', class: 'pii', keywords: ['acme'], pattern: '(a+)+' }] }, 'not allowed'],
    [{ own_kinds: [{ kind: 'EMAIL', class: 'pii', keywords: ['acme'], pattern: 'acme' }] }, 'built in'],
    [{ allowed: ['hunter2'] }, '32 hex digits'],
    [{ nonsense: true }, 'nonsense'],
  ])('refuses %j', async (policy, reason) => {
    const refused = await admin('POST', PATH, policy);
    expect(refused.status).toBe(400);
    expect(refused.text).toContain(reason);
  });
});
