import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { temporaryStore } from '../../temporary-store.ts';
import { sampleFinding, sampleRule } from '../../unit/alerts/sample-finding.ts';
import { testApi } from './test-api.ts';

const { store } = await temporaryStore();
const { app, as, tokens, alerting } = await testApi(store);
const admin = as(tokens.admin);
const analyst = as(tokens.analyst);
const SIGNING = 'slack-signing-secret-of-the-app';

const slackInput = {
  kind: 'slack',
  name: 'soc',
  bot_token: 'xoxb-1',
  channel: 'C0123456789',
  api_url: 'http://127.0.0.1:9',
};

test('routes, silences and inhibitions are listed, changed and removed; analysts may silence and not route', async () => {
  const created = await admin('POST', '/api/v1/destinations', { ...slackInput, signing_secret: SIGNING });
  expect(created.status).toBe(201);
  expect(created.text).not.toContain(SIGNING);
  const bodies = {
    routes: { name: 'all', destinations: [created.body.id] },
    silences: {
      match: { rule: ['x'] },
      starts_at: '2026-11-20T10:00:00Z',
      ends_at: '2030-11-20T10:00:00Z',
      reason: 'r',
    },
    inhibitions: { name: 'i', source: { rule: ['a'] }, target: { rule: ['b'] }, equal: ['session'] },
  };
  for (const [path, body] of Object.entries(bodies)) {
    const made = await admin('POST', `/api/v1/${path}`, body);
    expect(made).toMatchObject({ status: 201, body: { ...body, created_by: expect.stringContaining('admin') } });
    expect((await analyst('POST', `/api/v1/${path}`, body)).status).toBe(path === 'silences' ? 201 : 403);
    expect((await admin('POST', `/api/v1/${path}/${made.body.id}`, body)).status).toBe(200);
    expect((await admin('POST', `/api/v1/${path}`, { ...body, surprise: 1 })).status).toBe(400);
    const { items } = (await analyst('GET', `/api/v1/${path}`)).body;
    expect(items.length).toBe(path === 'silences' ? 2 : 1);
    if (path === 'silences') expect(items[0]).toMatchObject({ hits: 0, alerts_held: 0 });
    expect((await admin('DELETE', `/api/v1/${path}/${made.body.id}`)).status).toBe(204);
    expect((await admin('DELETE', `/api/v1/${path}/${made.body.id}`)).status).toBe(404);
  }
});

test('a dry run answers where an alert would go', async () => {
  const answer = await analyst('POST', '/api/v1/routes/test', { severity: 'high', rule_id: 'leaked-secret' });
  expect(answer).toMatchObject({
    status: 200,
    body: { explanation: 'no route is configured: every destination', destinations: [{ name: 'soc', kind: 'slack' }] },
  });
});

test('destinations show how they do, deliveries and incidents are listed', async () => {
  const { items } = (await admin('GET', '/api/v1/destinations')).body;
  expect(items[0].health).toEqual({ queued: 0, dead: 0, failures_in_a_row: 0, paused_until: null });
  expect((await admin('POST', `/api/v1/destinations/${items[0].id}/test`)).body).toMatchObject({
    delivered: false,
    status: 0,
  });
  expect((await admin('GET', '/api/v1/deliveries?state=dead')).body).toEqual({ items: [], next_cursor: null });
  expect((await admin('POST', '/api/v1/deliveries/nowhere/replay')).status).toBe(404);
  expect((await analyst('GET', '/api/v1/incidents')).status).toBe(200);
  expect((await analyst('GET', '/api/v1/incidents/nowhere')).status).toBe(404);
});

async function openAlert(session: string): Promise<string> {
  const rule = sampleRule();
  const alerts = await alerting('default');
  await alerts.applyFindings(rule, [sampleFinding(rule, session, ['a'])]);
  return (await alerts.list({})).items.find((alert) => alert.session_id === session)!.id;
}

/** A press of a button as Slack sends it. */
async function press(action: object, { secret = SIGNING, at = Date.now() / 1000, path = '' } = {}) {
  const [destination] = (await admin('GET', '/api/v1/destinations')).body.items;
  const payload = JSON.stringify({ type: 'block_actions', user: { id: 'U1', username: 'kim' }, actions: [action] });
  const body = `payload=${encodeURIComponent(payload)}`;
  const time = String(Math.floor(at));
  const signature = `v0=${createHmac('sha256', secret).update(`v0:${time}:${body}`).digest('hex')}`;
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'x-slack-request-timestamp': time,
    'x-slack-signature': signature,
  };
  const url = path || `/api/v1/callbacks/slack/default/${destination.id}`;
  return (await app.inject({ method: 'POST', url, headers, payload: body })).statusCode;
}

test('a button in Slack acknowledges and closes under the name of who pressed it; pressing twice changes nothing', async () => {
  const id = await openAlert('pressed');
  const acknowledge = { action_id: 'spanwarden_acknowledge', value: id };
  expect(await press(acknowledge)).toBe(200);
  expect(await press(acknowledge)).toBe(200);
  const close = { action_id: 'spanwarden_close', selected_option: { value: `${id}:false_positive` } };
  expect(await press(close)).toBe(200);
  const { body } = await admin('GET', `/api/v1/alerts/${id}`);
  expect(body).toMatchObject({ status: 'closed', close_reason: 'false_positive' });
  expect(body.log.map(({ type, actor }: Record<string, string>) => [type, actor])).toEqual([
    ['opened', 'engine'],
    ['acknowledged', 'slack:kim (U1)'],
    ['closed', 'slack:kim (U1)'],
  ]);
});

test('what Slack did not sign just now does nothing and learns nothing', async () => {
  const id = await openAlert('untouched');
  const action = { action_id: 'spanwarden_acknowledge', value: id };
  expect(await press(action, { secret: 'another-signing-secret' })).toBe(401);
  expect(await press(action, { at: Date.now() / 1000 - 600 })).toBe(401);
  expect(await press(action, { at: Date.now() / 1000 + 600 })).toBe(401);
  expect(await press(action, { path: '/api/v1/callbacks/slack/default/nowhere' })).toBe(401);
  expect(await press(action, { path: '/api/v1/callbacks/slack/No-Org/nowhere' })).toBe(401);
  expect((await admin('GET', `/api/v1/alerts/${id}`)).body.status).toBe('open');
  expect(await press({ action_id: 'other', value: id })).toBe(400);
});

test('forms are taken by the callback alone', async () => {
  const headers = { authorization: `Bearer ${tokens.admin}`, 'content-type': 'application/x-www-form-urlencoded' };
  const answer = await app.inject({ method: 'POST', url: '/api/v1/silences', headers, payload: 'reason=x' });
  expect(answer.statusCode).toBe(415);
});
