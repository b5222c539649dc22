import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { checkRuleDraft, type DraftCheck } from '../../../engine/check-rule-draft.ts';
import {
  insertOrgRule,
  listOrgRuleRevisions,
  type OrgRuleRevision,
} from '../../../engine/clickhouse/tables/org-rules.ts';
import { CodedError } from '../../../engine/core/errors.ts';
import { orgDatabase } from '../../../engine/core/org.ts';
import { ENTITY_KINDS, type Rule } from '../../../engine/core/rule.ts';
import { RULE_KINDS } from '../../../engine/core/rule-form.ts';
import { SEVERITIES } from '../../../engine/core/severity.ts';
import { ruleTemplate } from '../../../engine/detection/rule-template.ts';
import { ruleTestFile } from '../../../engine/detection/rule-test-file.ts';
import { may } from '../../auth/permissions.ts';
import type { Principal } from '../../auth/principal.ts';
import { actorOf, audit } from '../audit.ts';
import { principalOf } from '../guard-access.ts';
import { pageOf } from '../page.ts';
import type { Routes } from '../route-group.ts';
import { createStructuralKeys } from '../structural-key.ts';

const ruleId = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'lower-case words joined by hyphens')
  .max(100)
  .refine((id) => id !== 'health' && id !== 'template', 'this name is taken by a route');
const byId = z.object({ id: ruleId });
const note = z.string().max(500).default('').describe('Why, for those who come later');

const draftSchema = z.strictObject({
  format: z.enum(['sql', 'yaml']),
  text: z.string().min(1).max(200_000),
  tests: z.string().max(200_000).default(''),
});

const checkSchema = z.object({
  ok: z.boolean().describe('Nothing is wrong and every test passed'),
  problems: z.array(z.object({ file: z.enum(['rule', 'tests']), line: z.number(), text: z.string() })),
  tests: z.array(z.object({ test: z.string(), passed: z.boolean(), problem: z.string(), seconds: z.number() })),
});

const revisionSchema = z.object({
  rule_id: z.string(),
  revision: z.number(),
  action: z.string(),
  format: z.string(),
  text: z.string(),
  tests: z.string(),
  enabled: z.boolean().nullable(),
  note: z.string(),
  edited_at: z.string(),
  edited_by: z.string(),
});

const sourceSchema = z.object({
  rule_id: z.string(),
  format: z.enum(['sql', 'yaml', 'ts']),
  text: z.string(),
  tests: z.string(),
  origin: z.enum(['file', 'org', 'edited']).describe('edited: the org has a text of its own for a rule of the files'),
  editable: z.boolean(),
  revision: z.number().describe('0 while the org changed nothing of it'),
  problem: z.string().describe("Why the org's own text does not run; empty when it does or there is none"),
  file: z
    .object({ format: z.enum(['sql', 'yaml', 'ts']), text: z.string(), tests: z.string(), version: z.number() })
    .nullable()
    .describe('The rule as the files have it'),
});

/** What an org changes of its rules: texts of its own for SQL and YAML, and whether a rule runs. */
export const ruleEditingRoutes: Routes = (app, services) => {
  const { store, clock, orgRules, ruleFiles, testRule } = services;
  const read = { permission: 'rules:read' } as const;
  const manage = { permission: 'rules:manage' } as const;
  const isStructuralKey = createStructuralKeys();

  const fileRule = (id: string) => ruleFiles().find((rule) => rule.id === id);
  const stateOf = async (org: string, id: string) => {
    const { rules, changed, problems } = await orgRules.of(org);
    return { rule: rules.find((one) => one.id === id), last: changed.get(id), problem: problems.get(id) ?? '', rules };
  };

  /** Adds a revision and lets the engine know. */
  async function change(
    request: Parameters<typeof audit>[1],
    revision: Omit<OrgRuleRevision, 'edited_at' | 'edited_by'>,
  ) {
    const { org } = principalOf(request);
    const whole = { ...revision, edited_at: new Date(clock()).toISOString(), edited_by: actorOf(request) };
    await insertOrgRule(store, orgDatabase(org), whole);
    orgRules.forget(org);
    await audit(services, request, `rule.${revision.action}`, revision.rule_id, `revision ${revision.revision}`);
    return whole;
  }

  async function check(principal: Principal, id: string, draft: z.infer<typeof draftSchema>): Promise<DraftCheck> {
    const { rule: running, last, rules } = await stateOf(principal.org, id);
    refuseDetector(running);
    const checked = await checkRuleDraft(
      { id, ...draft },
      {
        store,
        database: orgDatabase(principal.org),
        // What a rule finds is shown to everybody who reads alerts: content goes in by tokens that may read it alone.
        mayReadContent: principal.kind === 'token' && may(principal.role, 'content:read'),
        isStructuralKey,
        known: new Set([...rules.map((one) => one.id), id]),
        runTests: testRule,
      },
    );
    const before = last?.text || (running === undefined ? '' : await readFile(running.file, 'utf8').catch(() => ''));
    const version = running?.metadata.version ?? 0;
    if (checked.rule === undefined || draft.text === before || checked.rule.metadata.version > version) return checked;
    const line = draft.text.split('\n').findIndex((one) => /^version\s*:/.test(one)) + 1;
    const text = `version: raise it above ${version}, the version that runs: alerts name the version that found them`;
    return { ...checked, problems: [...checked.problems, { file: 'rule', line: Math.max(line, 1), text }] };
  }

  app.get(
    '/api/v1/rules/template',
    {
      config: read,
      schema: {
        querystring: z.strictObject({
          id: ruleId,
          kind: z.enum(RULE_KINDS).exclude(['detector']),
          name: z.string().min(3).max(200),
          severity: z.enum(SEVERITIES).default('medium'),
          entity: z.enum(ENTITY_KINDS).default('session'),
        }),
        response: { 200: draftSchema },
      },
    },
    async (request) => {
      const { '.test.yaml': tests = '', ...rule } = ruleTemplate(request.query);
      const [ending, text] = Object.entries(rule)[0]!;
      return { format: ending === '.sql' ? ('sql' as const) : ('yaml' as const), text, tests };
    },
  );

  app.get(
    '/api/v1/rules/:id/source',
    { config: read, schema: { params: byId, response: { 200: sourceSchema } } },
    async (request) => {
      const { id } = request.params;
      const { rule, last, problem } = await stateOf(principalOf(request).org, id);
      const deployed = fileRule(id);
      if (rule === undefined && !last?.text) throw new CodedError('NOT_FOUND', 'There is no such rule');
      const file = deployed ? await filesOf(deployed) : null;
      const own = last?.text
        ? { format: last.format || ('sql' as const), text: last.text, tests: last.tests }
        : undefined;
      return {
        rule_id: id,
        ...(own ?? { format: file!.format, text: file!.text, tests: file!.tests }),
        origin: own === undefined ? ('file' as const) : deployed ? ('edited' as const) : ('org' as const),
        editable: file?.format !== 'ts',
        revision: last?.revision ?? 0,
        problem,
        file,
      };
    },
  );

  app.get(
    '/api/v1/rules/:id/revisions',
    { config: read, schema: { params: byId, response: { 200: pageOf(revisionSchema) } } },
    async (request) => {
      const database = orgDatabase(principalOf(request).org);
      return { items: await listOrgRuleRevisions(store, database, request.params.id), next_cursor: null };
    },
  );

  app.post(
    '/api/v1/rules/:id/check',
    { config: manage, schema: { params: byId, body: draftSchema, response: { 200: checkSchema } } },
    async (request) => answerOf(await check(principalOf(request), request.params.id, request.body)),
  );

  app.put(
    '/api/v1/rules/:id',
    {
      config: manage,
      schema: {
        params: byId,
        body: draftSchema.extend({
          note,
          revision: z.int().min(0).describe('The revision that was edited; another one since is a conflict'),
        }),
        response: { 200: revisionSchema },
      },
    },
    async (request) => {
      const { id } = request.params;
      const { note: why, revision, ...draft } = request.body;
      const { last } = await stateOf(principalOf(request).org, id);
      if ((last?.revision ?? 0) !== revision)
        throw new CodedError('CONFLICT', 'Somebody changed this rule in the meantime; load it again');
      const checked = answerOf(await check(principalOf(request), id, draft));
      if (!checked.ok) {
        throw new CodedError('RULE_INVALID', 'The rule has problems or a test fails; nothing was saved', {
          extra: { problems: checked.problems, tests: checked.tests },
        });
      }
      const enabled = last?.enabled ?? null;
      return change(request, { rule_id: id, revision: revision + 1, action: 'edit', ...draft, enabled, note: why });
    },
  );

  for (const [action, enabled] of [
    ['enable', true],
    ['disable', false],
  ] as const) {
    app.post(
      `/api/v1/rules/:id/${action}`,
      {
        config: manage,
        schema: { params: byId, body: z.strictObject({ note }), response: { 200: revisionSchema } },
      },
      async (request) => {
        const { id } = request.params;
        const { rule, last } = await stateOf(principalOf(request).org, id);
        if (rule === undefined) throw new CodedError('NOT_FOUND', 'There is no such rule');
        const { format = '', text = '', tests = '', revision = 0 } = last ?? {};
        const kept = { rule_id: id, revision: revision + 1, format, text, tests } as const;
        return change(request, { ...kept, action, enabled, note: request.body.note });
      },
    );
  }

  app.delete(
    '/api/v1/rules/:id',
    { config: manage, schema: { params: byId, response: { 204: z.null() } } },
    async (request, reply) => {
      const { id } = request.params;
      const { last } = await stateOf(principalOf(request).org, id);
      if (last === undefined || (last.text === '' && last.enabled === null))
        throw new CodedError('NOT_FOUND', 'The org changed nothing of this rule');
      const nothing = { format: '', text: '', tests: '', enabled: null, note: '' } as const;
      await change(request, { rule_id: id, revision: last.revision + 1, action: 'restore', ...nothing });
      return reply.code(204).send(null);
    },
  );
};

/** Code of a detector runs with the rights of the server: it comes by the server's files, never by the API. */
function refuseDetector(rule: Rule | undefined): void {
  if (rule?.kind === 'detector')
    throw new CodedError('BAD_REQUEST', 'A detector in TypeScript is changed in its file: its code runs in the server');
}

async function filesOf(rule: Rule) {
  const format = rule.file.endsWith('.ts')
    ? ('ts' as const)
    : rule.file.endsWith('.sql')
      ? ('sql' as const)
      : ('yaml' as const);
  const tests = ruleTestFile(rule);
  const [text, written, inCode] = await Promise.all(
    [rule.file, tests, tests.replace(/\.yaml$/, '.ts')].map((file) => readFile(file, 'utf8').catch(() => '')),
  );
  return { format, text: text!, tests: written || inCode!, version: rule.metadata.version };
}

function answerOf({ problems, results }: DraftCheck): z.infer<typeof checkSchema> {
  const tests = results.map(({ test, passed, problem, seconds }) => ({ test, passed, problem, seconds }));
  const ok = problems.length === 0 && tests.length > 0 && tests.every(({ passed }) => passed);
  return { ok, problems: [...problems], tests };
}
