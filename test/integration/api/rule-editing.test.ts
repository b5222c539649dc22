import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { migrateOrg } from '../../../engine/clickhouse/migrate.ts';
import { insertOrg } from '../../../engine/clickhouse/tables/orgs.ts';
import { systemClock } from '../../../engine/core/clock.ts';
import { ruleTestSchema } from '../../../engine/core/rule-test.ts';
import { loadRules } from '../../../engine/detection/load-rules.ts';
import { toOtlpSpans } from '../../../engine/detection/test-spans.ts';
import { createEngine } from '../../../engine/engine.ts';
import { createOrgRuleBook } from '../../../engine/org-rule-book.ts';
import { ruleTestBench } from '../../../ingest/rule-test-bench.ts';
import { until } from '../../running-server.ts';
import { temporaryStore } from '../../temporary-store.ts';
import { testApi } from './test-api.ts';

const FIXTURES = new URL('../../fixtures/rules', import.meta.url).pathname;
const { rules: all } = await loadRules([FIXTURES]);
const rules = all.filter(({ id }) => id === 'many-denials');
const fixture = (name: string) => readFileSync(`${FIXTURES}/${name}`, 'utf8');
const TEXT = fixture('many-denials.sql');
const TESTS = fixture('many-denials.test.yaml');
const raised = TEXT.replace('version: 1', 'version: 2');

const { store } = await temporaryStore();
const api = await testApi(store, {}, rules);
const admin = api.as(api.tokens.admin);
const analyst = api.as(api.tokens.analyst);
await insertOrg(store, { slug: 'other', name: 'Other', now: Date.now() });
await migrateOrg(store, 'org_other');
const elsewhere = api.as(await api.token('admin', 'other'));
const PATH = '/api/v1/rules/many-denials';

describe('a draft', () => {
  it('that is in order passes its linter and its tests, in a process of its own', async () => {
    const { status, body } = await admin('POST', `${PATH}/check`, { format: 'sql', text: raised, tests: TESTS });
    expect(status, JSON.stringify(body)).toBe(200);
    expect(body).toMatchObject({ ok: true, problems: [] });
    expect(body.tests.length).toBeGreaterThan(1);
  });

  it('whose test fails says which, and what came instead', async () => {
    const tests = TESTS.replace(/expect: \[\]/, 'expect: [{ title: nothing like it }]');
    const { body } = await admin('POST', `${PATH}/check`, { format: 'sql', text: raised, tests });
    expect(body.ok).toBe(false);
    const failing = body.tests.find((test: { passed: boolean }) => !test.passed);
    expect(failing?.problem ?? body.problems[0]?.text).toMatch(/expected|needs at least one/);
  });

  it.each([
    [
      'that reads another org',
      TEXT.replace("Kind = 'tool'", 'SessionId IN (SELECT SessionId FROM org_other.otel_traces)'),
    ],
    ['that reads a file of the host', TEXT.replace("Kind = 'tool'", "Kind = file('/etc/passwd')")],
    ['that closes the parenthesis of the statement around it', TEXT.replace("Kind = 'tool'", '1) UNION ALL SELECT (1')],
    ['with an unknown key', TEXT.replace('severity:', 'sevrity:')],
    ['that is no YAML', TEXT.replace('name:', '{name:')],
  ])('%s is a problem with its line, and runs nowhere', async (_what, text) => {
    const { status, body } = await admin('POST', `${PATH}/check`, { format: 'sql', text, tests: TESTS });
    expect(status, JSON.stringify(body)).toBe(200);
    expect(body).toMatchObject({ ok: false, tests: [] });
    expect(body.problems[0].line).toBeGreaterThan(0);
    const saved = await admin('PUT', PATH, { format: 'sql', text, tests: TESTS, revision: 0 });
    expect(saved.status).toBe(400);
  });

  it('needs a higher version than the one that runs', async () => {
    const text = TEXT.replace('at_least: 3', 'at_least: 4');
    const { body } = await admin('POST', `${PATH}/check`, { format: 'sql', text, tests: TESTS });
    expect(body.ok).toBe(false);
    expect(body.problems.at(-1).text).toMatch(/raise it above 1/);
  });

  it('is for those who manage rules', async () => {
    const draft = { format: 'sql', text: raised, tests: TESTS };
    expect((await analyst('POST', `${PATH}/check`, draft)).status).toBe(403);
    expect((await analyst('PUT', PATH, { ...draft, revision: 0 })).status).toBe(403);
    expect((await analyst('POST', `${PATH}/disable`, {})).status).toBe(403);
    expect((await analyst('GET', `${PATH}/source`)).body).toMatchObject({ origin: 'file', text: TEXT, tests: TESTS });
  });
});

describe("an org's own rule", () => {
  it('takes the place of the one of the files, in this org alone, keeps its history and can be taken back', async () => {
    const saved = await admin('PUT', PATH, { format: 'sql', text: raised, tests: TESTS, revision: 0, note: 'tuned' });
    expect(saved.status, saved.text).toBe(200);
    expect(saved.body).toMatchObject({ revision: 1, action: 'edit', note: 'tuned' });
    expect((await admin('GET', PATH)).body).toMatchObject({ version: 2, changed: true, problem: '' });
    expect((await elsewhere('GET', PATH)).body).toMatchObject({ version: 1, changed: false });
    const again = await admin('PUT', PATH, { format: 'sql', text: raised, tests: TESTS, revision: 0 });
    expect(again.status).toBe(409);

    expect((await admin('POST', `${PATH}/disable`, { note: 'too loud' })).status).toBe(200);
    expect((await admin('GET', PATH)).body).toMatchObject({ version: 2, enabled: false });
    expect((await admin('POST', `${PATH}/enable`, {})).status).toBe(200);
    expect((await admin('DELETE', PATH)).status).toBe(204);
    expect((await admin('GET', PATH)).body).toMatchObject({ version: 1, enabled: true, changed: false });
    const { body } = await admin('GET', `${PATH}/revisions`);
    expect(body.items.map(({ action }: { action: string }) => action)).toEqual([
      'restore',
      'enable',
      'disable',
      'edit',
    ]);
    const audit = await admin('GET', '/api/v1/audit');
    expect(audit.body.items.map(({ action }: { action: string }) => action)).toEqual(
      expect.arrayContaining(['rule.edit', 'rule.disable', 'rule.enable', 'rule.restore']),
    );
  });

  it('that is new runs in the engine and alerts, from what the template and its author wrote', async () => {
    const asked = 'id=own-denials&kind=threshold&name=Own%20denials&severity=high';
    const { body: template } = await admin('GET', `/api/v1/rules/template?${asked}`);
    expect(template).toMatchObject({ format: 'yaml' });
    const text = template.text
      .replace('experimental', 'stable')
      .replace(/at_least: \d+/, 'at_least: 2')
      .replace(/group_by:\n\s+- ToolName/, 'group_by: [ToolName]');
    const tests = `- name: fires
  spans: [{ id: cause, kind: tool, tool: rm, repeat: 2 }]
  expect: [{ title: rm }]
- name: quiet
  spans: [{ kind: tool, tool: rm }]
  expect: []
`;
    const saved = await admin('PUT', '/api/v1/rules/own-denials', { format: 'yaml', text, tests, revision: 0 });
    expect(saved.status, saved.text).toBe(200);

    const orgRules = createOrgRuleBook({ store, clock: systemClock, fromFiles: () => rules });
    const engine = createEngine({
      store,
      clock: systemClock,
      rules,
      rulesOf: async (org) => (await orgRules.of(org)).rules,
      orgs: async () => ['default', 'other'].map((slug) => ({ slug, createdAt: Date.now() - 3_600_000 })),
      lowWater: async () => Date.now() * 1_000,
      keyFor: () => new Uint8Array(32).fill(1),
      allowPrivateDestinations: false,
      version: '0.0.0',
      log: { warn: () => {}, error: () => {} },
      onAlertEvent: () => {},
    });
    const bench = ruleTestBench(store);
    const test = ruleTestSchema.parse({
      name: 'live',
      spans: [{ id: 'call', kind: 'tool', tool: 'rm', repeat: 3 }],
      expect: [],
    });
    const spans = toOtlpSpans('live', test.spans, Date.now() - 60_000).map(({ span }) => span);
    await bench.ingest(spans, Date.now() * 1_000);
    const alerts = await until(
      async () => {
        const { items } = await (await engine.alerting('default')).list({ status: 'open', limit: 10 });
        return items.length > 0 && items;
      },
      60_000,
      'the alert of the own rule',
    );
    await engine.stop();
    expect(alerts[0]).toMatchObject({ rule_id: 'own-denials', severity: 'high' });
    expect((await elsewhere('GET', '/api/v1/rules/own-denials')).status).toBe(404);
  });
});
