import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DestinationDetails, DestinationKind } from '../../../engine/alerts/destinations/destination-kind.ts';
import { createGuardedNetwork, type GuardedNetwork } from '../../../engine/alerts/destinations/guarded-network.ts';
import { jira } from '../../../engine/alerts/destinations/jira.ts';
import { opsgenie } from '../../../engine/alerts/destinations/opsgenie.ts';
import { pagerduty } from '../../../engine/alerts/destinations/pagerduty.ts';
import { slack } from '../../../engine/alerts/destinations/slack.ts';
import { splunk } from '../../../engine/alerts/destinations/splunk.ts';
import { teams } from '../../../engine/alerts/destinations/teams.ts';
import type { DeliveryEvent } from '../../../engine/core/delivery.ts';
import type { Notification } from '../../../engine/core/notification.ts';
import { type FakeApi, startFakeApi } from './fake-api.ts';
import {
  JIRA_DOCUMENT,
  JIRA_ISSUE,
  OCSF_FINDING,
  OPSGENIE_ACTION,
  OPSGENIE_ALERT,
  PAGERDUTY_EVENT,
  SLACK_MESSAGE,
  SPLUNK_EVENT,
  TEAMS_MESSAGE,
} from './published-schemas.ts';
import { hostileAlert, sampleAlert, sampleNotification, sampleSummary } from './sample-notification.ts';

const NOW = Date.parse('2026-11-20T10:03:00Z');

let api: FakeApi;
let network: GuardedNetwork;
beforeAll(async () => {
  api = await startFakeApi();
  network = createGuardedNetwork({ allowPrivate: true, connections: 4, connectTimeout: 5_000 });
});
afterAll(async () => {
  await network.close();
  await api.close();
});

const ajv = new Ajv({ strict: false, allErrors: true });
addFormats.default(ajv);

function problems(schema: object, value: unknown): unknown[] {
  const validate = ajv.compile(schema);
  validate(value);
  return (validate.errors ?? []).map(({ instancePath, message, params }) => ({ instancePath, message, params }));
}

async function deliver(kind: DestinationKind, details: DestinationDetails, notification: Notification) {
  const context = { network, clock: () => NOW, userAgent: 'spanwarden/0.1.0', timeoutMs: 5_000 };
  api.requests.length = 0;
  const result = await kind.deliver(details, notification, context);
  return { result, requests: [...api.requests] };
}

const SUBJECTS: readonly [string, Notification][] = [
  ['an alert', sampleNotification()],
  ['a hostile alert', sampleNotification({}, hostileAlert())],
  ['a hostile alert without links', sampleNotification({ publicUrl: '' }, hostileAlert())],
  [
    'an alert without much in it',
    sampleNotification(
      {},
      sampleAlert({ session_id: '', evidence: [], values: {}, threat: [], runbook: '', tags: [] }),
    ),
  ],
  [
    'a closed alert',
    sampleNotification({ event: 'closed' }, sampleAlert({ status: 'closed', close_reason: 'benign' })),
  ],
  ['a summary', sampleNotification({ event: 'summary', subject: { kind: 'summary', summary: sampleSummary() } })],
  [
    'a notice',
    sampleNotification({
      event: 'notice',
      subject: { kind: 'notice', notice: { id: 'n', title: 'A silence ends', lines: ['x'] } },
    }),
  ],
];

/** Every string in a value, names of members included. */
function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(strings);
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([key, item]) => [key, ...strings(item)]);
  return [];
}

/** No character that steers, no text that a client makes a link of, but our own. */
function expectHarmless(body: unknown): void {
  for (const text of strings(body)) {
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}|\p{Cf}/u);
    if (text === 'http://adaptivecards.io/schemas/adaptive-card.json') continue;
    const foreign = text.replace(/https:\/\/spanwarden\.example\/[\w%/.~-]*/g, '');
    expect(foreign).not.toMatch(/https?:\/\/|www\.|evil\.example|javascript:/i);
  }
}

const events: DeliveryEvent[] = ['opened', 'updated', 'acknowledged', 'closed', 'escalated', 'repeated'];

describe('Slack', () => {
  const make = async (more = {}) =>
    slack.validate(
      {
        kind: 'slack',
        name: 'soc',
        bot_token: 'xoxb-1',
        channel: 'C0123456789',
        signing_secret: 's'.repeat(32),
        api_url: `${api.url}/slack`,
        ...more,
      },
      network,
    );

  test.each(SUBJECTS)('%s is a message as chat.postMessage wants it', async (_, notification) => {
    api.answer = { body: { ok: true, ts: '1763632980.000100' } };
    const { result, requests } = await deliver(slack, await make(), notification);
    expect(result).toMatchObject({ error: '', receipt: '1763632980.000100' });
    expect(requests[0]).toMatchObject({ path: '/slack/chat.postMessage', headers: { authorization: 'Bearer xoxb-1' } });
    expect(problems(SLACK_MESSAGE, requests[0]!.json)).toEqual([]);
    expectHarmless(requests[0]!.json);
  });

  test('later messages on the alert are its thread and have no buttons', async () => {
    api.answer = { body: { ok: true, ts: '2.2' } };
    const { requests } = await deliver(
      slack,
      await make(),
      sampleNotification({ event: 'acknowledged', receipt: '1.1' }),
    );
    const { thread_ts, blocks } = requests[0]!.json as { thread_ts: string; blocks: { type: string }[] };
    expect(thread_ts).toBe('1.1');
    expect(blocks.map(({ type }) => type)).not.toContain('actions');
  });

  test('markup in content stays text: only plain_text and rich_text hold it, and the fallback text is escaped', async () => {
    api.answer = { body: { ok: true, ts: '1.1' } };
    const { requests } = await deliver(slack, await make(), sampleNotification({}, hostileAlert()));
    const { text, parse, mrkdwn, link_names, blocks } = requests[0]!.json as Record<string, unknown>;
    expect(text).toContain('&lt;!channel&gt;');
    expect(text).not.toMatch(/[<>]/);
    expect({ parse, mrkdwn, link_names }).toEqual({ parse: 'none', mrkdwn: false, link_names: false });
    expect(JSON.stringify(blocks)).not.toContain('"mrkdwn"');
    const links = JSON.stringify(blocks).match(/"url":"[^"]*"/g) ?? [];
    expect(links.every((link) => link.startsWith('"url":"https://spanwarden.example/'))).toBe(true);
  });

  test.each([
    [{ status: 200, body: { ok: false, error: 'channel_not_found' } }, { error: 'Slack says channel_not_found' }],
    [
      { status: 429, headers: { 'retry-after': '30' }, body: {} },
      { status: 429, retryAfterMs: 30_000 },
    ],
    [{ status: 200, text: 'not json' }, { error: 'answer is not Slack’s' }],
    [{ status: 200, body: { ok: false, error: '<script>' } }, { error: 'answer is not Slack’s' }],
  ])('an answer of %j is a failure', async (answer, expected) => {
    api.answer = answer;
    expect((await deliver(slack, await make(), sampleNotification())).result).toMatchObject(expected);
  });
});

describe('Microsoft Teams', () => {
  test.each(SUBJECTS)('%s is an adaptive card whose text reads no markup', async (_, notification) => {
    api.answer = { status: 202 };
    const details = await teams.validate(
      { kind: 'teams', name: 'soc', url: `${api.url}/workflows/1?sig=secret` },
      network,
    );
    expect(details.settings).toEqual({ host: new URL(api.url).host });
    const { result, requests } = await deliver(teams, details, notification);
    expect(result.error).toBe('');
    expect(problems(TEAMS_MESSAGE, requests[0]!.json)).toEqual([]);
    expectHarmless(requests[0]!.json);
  });
});

describe('PagerDuty', () => {
  const make = () =>
    pagerduty.validate(
      { kind: 'pagerduty', name: 'pd', routing_key: 'R'.repeat(32), api_url: `${api.url}/pd` },
      network,
    );

  test.each(SUBJECTS.slice(0, -1))('%s is an event of the Events API v2', async (_, notification) => {
    api.answer = { status: 202, body: { status: 'success' } };
    const { result, requests } = await deliver(pagerduty, await make(), notification);
    expect(result.error).toBe('');
    expect(requests[0]!.path).toBe('/pd/v2/enqueue');
    expect(problems(PAGERDUTY_EVENT, requests[0]!.json)).toEqual([]);
    expectHarmless(requests[0]!.json);
  });

  test('all events of an alert share its id as dedup_key', async () => {
    api.answer = { status: 202 };
    const told = [];
    for (const event of events) {
      const { requests } = await deliver(pagerduty, await make(), sampleNotification({ event }));
      const { event_action, dedup_key } = requests[0]!.json as Record<string, unknown>;
      told.push([event, event_action, dedup_key === sampleAlert().id]);
    }
    expect(told).toEqual([
      ['opened', 'trigger', true],
      ['updated', 'trigger', true],
      ['acknowledged', 'acknowledge', true],
      ['closed', 'resolve', true],
      ['escalated', 'trigger', true],
      ['repeated', 'trigger', true],
    ]);
  });

  test('a notice pages nobody', async () => {
    const { result, requests } = await deliver(pagerduty, await make(), SUBJECTS.at(-1)![1]);
    expect([result.error, requests]).toEqual(['', []]);
  });
});

describe('Opsgenie', () => {
  const make = () =>
    opsgenie.validate({ kind: 'opsgenie', name: 'og', api_key: 'key', api_url: `${api.url}/og` }, network);

  test.each(SUBJECTS.filter(([, { event }]) => event === 'opened' || event === 'summary'))(
    '%s is an alert of the Alert API, its description free of foreign HTML',
    async (_, notification) => {
      api.answer = { status: 202, body: { result: 'Request will be processed' } };
      const { result, requests } = await deliver(opsgenie, await make(), notification);
      expect(result.error).toBe('');
      expect(requests[0]).toMatchObject({ path: '/og/v2/alerts', headers: { authorization: 'GenieKey key' } });
      expect(problems(OPSGENIE_ALERT, requests[0]!.json)).toEqual([]);
      expectHarmless(requests[0]!.json);
      const { description } = requests[0]!.json as { description: string };
      expect([...description.matchAll(/<(\/?\w+)/g)].map(([, tag]) => tag)).toSatisfy((tags: string[]) =>
        tags.every((tag) => ['b', '/b', 'br', 'a', '/a'].includes(tag)),
      );
    },
  );

  test.each([
    ['acknowledged', 'acknowledge'],
    ['closed', 'close'],
  ] as const)('%s is an action on the alias', async (event, action) => {
    api.answer = { status: 202 };
    const { requests } = await deliver(opsgenie, await make(), sampleNotification({ event }));
    expect(requests[0]!.path).toBe(`/og/v2/alerts/${sampleAlert().id}/${action}?identifierType=alias`);
    expect(problems(OPSGENIE_ACTION, requests[0]!.json)).toEqual([]);
  });
});

describe('Jira', () => {
  const make = (more = {}) =>
    jira.validate(
      {
        kind: 'jira',
        name: 'jira',
        url: `${api.url}/`,
        project: 'SEC',
        email: 'bot@corp.example',
        api_token: 't',
        close_transition: '31',
        ...more,
      },
      network,
    );
  const created = { status: 201, body: { id: '1', key: 'SEC-7' } };

  test.each(SUBJECTS.slice(0, -1))('%s is an issue whose description is a valid document', async (_, notification) => {
    api.script = [{ body: { issues: [] } }, created];
    const { result, requests } = await deliver(jira, await make(), notification);
    expect(result).toMatchObject({ error: '', receipt: 'SEC-7' });
    expect(requests.map(({ method, path }) => `${method} ${path.split('?')[0]}`)).toEqual([
      'GET /rest/api/3/search/jql',
      'POST /rest/api/3/issue',
    ]);
    const { json } = requests[1]!;
    expect(problems(JIRA_ISSUE, json)).toEqual([]);
    expect(problems(JIRA_DOCUMENT, (json as { fields: { description: unknown } }).fields.description)).toEqual([]);
    expectHarmless(json);
  });

  test('an issue whose making was not answered is found by its label and not made twice', async () => {
    api.script = [{ body: { issues: [{ id: '1', key: 'SEC-7' }] } }];
    const { result, requests } = await deliver(jira, await make(), sampleNotification());
    expect(result).toMatchObject({ error: '', receipt: 'SEC-7' });
    expect(requests).toHaveLength(1);
  });

  test('later events are comments, and the close takes the transition', async () => {
    api.script = [{ status: 201, body: {} }, { status: 204 }];
    const { requests } = await deliver(jira, await make(), sampleNotification({ event: 'closed', receipt: 'SEC-7' }));
    expect(requests.map(({ path }) => path)).toEqual([
      '/rest/api/3/issue/SEC-7/comment',
      '/rest/api/3/issue/SEC-7/transitions',
    ]);
    expect(problems(JIRA_DOCUMENT, (requests[0]!.json as { body: unknown }).body)).toEqual([]);
    expect(requests[1]!.json).toEqual({ transition: { id: '31' } });
  });

  test('in the wiki markup of Jira Data Center no character of the content means anything', async () => {
    api.script = [{ body: { issues: [] } }, created];
    const details = await make({ email: undefined });
    const { requests } = await deliver(jira, details, sampleNotification({}, hostileAlert()));
    expect(requests[1]).toMatchObject({ path: '/rest/api/2/issue', headers: { authorization: 'Bearer t' } });
    const { description } = (requests[1]!.json as { fields: { description: string } }).fields;
    const ours = /^\* \[(Alert|Session)\|https:\/\/spanwarden\.example\/[\w%/.~-]*\]$/;
    for (const line of description.split('\n').filter((text) => !ours.test(text)))
      expect(line.replace(/^\* (\*[^*]*\*: )?/, '').replace(/&#\d+;/g, '')).not.toMatch(/[{}[\]|!~*_?^<>@\\]/);
  });
});

describe('Splunk HTTP Event Collector', () => {
  test.each(SUBJECTS.slice(0, -1))('%s is an event with an OCSF detection finding', async (_, notification) => {
    api.answer = { body: { text: 'Success', code: 0 } };
    const details = await splunk.validate(
      { kind: 'splunk', name: 'siem', url: api.url, token: 'tok', index: 'sec' },
      network,
    );
    const { result, requests } = await deliver(splunk, details, notification);
    expect(result.error).toBe('');
    expect(requests[0]).toMatchObject({ path: '/services/collector/event', headers: { authorization: 'Splunk tok' } });
    const json = requests[0]!.json as { event: object };
    expect(problems(SPLUNK_EVENT, json)).toEqual([]);
    expect(problems(OCSF_FINDING, json.event)).toEqual([]);
  });

  test('a 200 that is no collector’s is a failure', async () => {
    api.answer = { text: '<html>welcome</html>' };
    const details = await splunk.validate({ kind: 'splunk', name: 'siem', url: api.url, token: 'tok' }, network);
    expect((await deliver(splunk, details, sampleNotification())).result.error).toContain('not an event collector');
  });
});

describe('every destination over HTTP', () => {
  const INPUTS: [DestinationKind, Record<string, unknown>, string][] = [
    [slack, { kind: 'slack', bot_token: 'x', channel: 'C0123456789' }, 'api_url'],
    [teams, { kind: 'teams' }, 'url'],
    [pagerduty, { kind: 'pagerduty', routing_key: 'R'.repeat(32) }, 'api_url'],
    [opsgenie, { kind: 'opsgenie', api_key: 'k' }, 'api_url'],
    [jira, { kind: 'jira', project: 'SEC', api_token: 't' }, 'url'],
    [splunk, { kind: 'splunk', token: 't' }, 'url'],
  ];

  test.each(INPUTS)('$kind is refused on private and metadata addresses', async (kind, input, field) => {
    const strict = createGuardedNetwork({ allowPrivate: false, connections: 1, connectTimeout: 1_000 });
    for (const url of ['http://169.254.169.254/', 'http://127.0.0.1:9/', 'http://[::1]/', 'ftp://8.8.8.8/'])
      await expect(kind.validate({ ...input, name: 'x', [field]: url }, strict)).rejects.toMatchObject({
        code: 'DESTINATION_REFUSED',
      });
    await strict.close();
  });

  test.each(INPUTS)('$kind follows no redirect', async (kind, input, field) => {
    api.script = [{ status: 307, headers: { location: '/elsewhere' } }];
    const details = await kind.validate({ ...input, name: 'x', [field]: api.url }, network);
    const { result, requests } = await deliver(kind, details, sampleNotification());
    expect([result.error, requests.length]).toEqual(['redirects are not followed', 1]);
  });

  test.each(INPUTS)('$kind keeps its secrets apart from what is shown', async (kind, input, field) => {
    const secret = 'S3CR3T'.padEnd(32, 'x');
    const secrets = ['bot_token', 'routing_key', 'api_key', 'api_token', 'token'].filter((name) => name in input);
    const given = { ...input, ...Object.fromEntries(secrets.map((name) => [name, secret])) };
    const details = await kind.validate({ ...given, name: 'x', [field]: `${api.url}/?sig=1` }, network);
    expect(JSON.stringify(details.settings)).not.toContain(secret);
    expect(Object.keys(details.secrets).length).toBeGreaterThan(0);
  });
});
