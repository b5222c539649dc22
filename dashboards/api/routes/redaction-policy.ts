import { z } from 'zod';
import {
  findRedactionPolicy,
  insertRedactionPolicy,
  type RedactionPolicyRecord,
} from '../../../engine/clickhouse/tables/redaction-policies.ts';
import { CodedError } from '../../../engine/core/errors.ts';
import { problemOf, type RedactionPolicy } from '../../../engine/redaction/redaction-policy.ts';
import { suffixOf } from '../../../engine/redaction/redaction-token.ts';
import { createRedactor } from '../../../engine/redaction/redactor.ts';
import { audit } from '../audit.ts';
import { principalOf } from '../guard-access.ts';
import type { Routes } from '../route-group.ts';

const kindName = z.string().regex(/^[A-Z][A-Z0-9_]{1,39}$/, 'a kind in capitals, as in its tokens');
const action = z.enum(['keep', 'token', 'drop']);
const keys = z.array(z.string().min(1).max(200)).max(1_000);

const policySchema = z.strictObject({
  /** Characters of a token's suffix. */
  suffix_length: z.number().int().min(4).max(24).default(4),
  /** By kind, or `pii` and `secret` for the rest of a class. Only personal data can be kept. */
  actions: z.record(z.union([kindName, z.enum(['pii', 'secret'])]), action).default({}),
  own_kinds: z
    .array(
      z.strictObject({
        kind: kindName,
        class: z.enum(['secret', 'pii']),
        keywords: z.array(z.string()).min(1).max(32),
        pattern: z.string(),
      }),
    )
    .max(200)
    .default([]),
  /** Fingerprints of values that may stay. */
  allowed: z
    .array(z.string().regex(/^[0-9a-f]{32}$/, '32 hex digits'))
    .max(10_000)
    .default([]),
  /** By tool: the arguments whose values stay. */
  tools: z.record(z.string().min(1).max(200), z.array(z.string().max(200)).max(200)).default({}),
  /** Attribute keys beyond the built-in ones; `name.*` stands for all below. */
  attributes: z
    .strictObject({ structural: keys.default([]), content: keys.default([]) })
    .default({ structural: [], content: [] }),
});
type PolicyBody = z.infer<typeof policySchema>;

const answerSchema = z.object({
  version: z.number(),
  key_version: z.number(),
  /** Until then values are also known by the key before; null when there is none. */
  former_key_until: z.string().nullable(),
  policy: policySchema,
});

const identitySchema = z.object({
  items: z.array(z.object({ key: z.enum(['current', 'former']), fingerprint: z.string(), suffix: z.string() })),
});

const MOST_GRACE_DAYS = 400;
const DAY_MS = 86_400_000;

/** What an org decides about its redaction. Ingest goes by a change within seconds. */
export const redactionPolicyRoutes: Routes = (app, services) => {
  const { store, clock, redaction } = services;
  const config = { permission: 'orgs:manage' } as const;

  const current = async (org: string): Promise<RedactionPolicyRecord> =>
    (await findRedactionPolicy(store, org)) ?? { org, version: 0, policy: '{}', key_version: 1, former_key_until: 0 };

  const change = async (record: RedactionPolicyRecord): Promise<z.infer<typeof answerSchema>> => {
    await insertRedactionPolicy(store, record);
    redaction.forget(record.org);
    return answerOf(record);
  };

  app.get('/api/v1/redaction-policy', { config, schema: { response: { 200: answerSchema } } }, async (request) =>
    answerOf(await current(principalOf(request).org)),
  );

  app.post(
    '/api/v1/redaction-policy',
    { config, schema: { body: policySchema, response: { 200: answerSchema } } },
    async (request) => {
      const { org } = principalOf(request);
      const before = await current(org);
      const policy = policyOf(request.body, JSON.parse(before.policy) as RedactionPolicy);
      const changed = await change({ ...before, version: before.version + 1, policy: JSON.stringify(policy) });
      await audit(services, request, 'redaction-policy.set', org, `version ${changed.version}`);
      return changed;
    },
  );

  app.post(
    '/api/v1/redaction-policy/keys',
    {
      config,
      schema: {
        body: z.strictObject({ grace_days: z.number().int().min(0).max(MOST_GRACE_DAYS).default(90) }),
        response: { 200: answerSchema },
      },
    },
    async (request) => {
      const { org } = principalOf(request);
      const before = await current(org);
      const changed = await change({
        ...before,
        version: before.version + 1,
        key_version: before.key_version + 1,
        former_key_until: clock() + request.body.grace_days * DAY_MS,
      });
      await audit(services, request, 'redaction-policy.rotate-key', org, `key ${changed.key_version}`);
      return changed;
    },
  );

  app.post(
    '/api/v1/redaction-policy/identities',
    {
      config,
      schema: { body: z.strictObject({ value: z.string().min(1).max(65_536) }), response: { 200: identitySchema } },
    },
    async (request) => {
      const { org } = principalOf(request);
      const { key, formerKeys, policy } = await redaction.of(org);
      // whoever may ask can test guesses, so each question is on record; the value is not
      await audit(services, request, 'redaction-policy.identities', org, 'a value was looked up');
      const length = policy.suffixLength ?? 4;
      return {
        items: [key, ...formerKeys].map((one, index) => {
          const fingerprint = fingerprintOf(request.body.value, one);
          const name = index === 0 ? ('current' as const) : ('former' as const);
          return { key: name, fingerprint, suffix: suffixOf(fingerprint, length) };
        }),
      };
    },
  );
};

function policyOf(body: PolicyBody, before: RedactionPolicy): RedactionPolicy {
  const kept = Object.entries(body.actions).find(([kind, does]) => kind === 'secret' && does === 'keep');
  if (kept !== undefined) throw new CodedError('BAD_REQUEST', 'secrets are never kept; allow single values instead');
  const problem = body.own_kinds.map(problemOf).find((found) => found !== undefined);
  if (problem !== undefined) throw new CodedError('BAD_REQUEST', `own_kinds: ${problem}`);
  const lengths = [before.suffixLength ?? 4, ...(before.formerSuffixLengths ?? [])];
  return {
    suffixLength: body.suffix_length,
    formerSuffixLengths: [...new Set(lengths)].filter((length) => length !== body.suffix_length),
    actions: body.actions,
    ownKinds: body.own_kinds,
    allowed: body.allowed,
    tools: body.tools,
    ...body.attributes,
  };
}

function answerOf(record: RedactionPolicyRecord): z.infer<typeof answerSchema> {
  const policy = JSON.parse(record.policy) as RedactionPolicy;
  return {
    version: record.version,
    key_version: record.key_version,
    former_key_until: record.former_key_until === 0 ? null : new Date(record.former_key_until).toISOString(),
    policy: {
      suffix_length: policy.suffixLength ?? 4,
      actions: { ...policy.actions },
      own_kinds: (policy.ownKinds ?? []).map((own) => ({ ...own, keywords: [...own.keywords] })),
      allowed: [...(policy.allowed ?? [])],
      tools: Object.fromEntries(Object.entries(policy.tools ?? {}).map(([tool, names]) => [tool, [...names]])),
      attributes: { structural: [...(policy.structural ?? [])], content: [...(policy.content ?? [])] },
    },
  };
}

/** What the value is known by: in the spelling of the rule that takes it as a whole, as it is written where none does. */
function fingerprintOf(value: string, key: Uint8Array): string {
  const redactor = createRedactor({ key });
  const whole = redactor.redactText(value).findings.find(({ start, end }) => start === 0 && end === value.length);
  return whole?.fingerprint ?? redactor.mint.fingerprint(value);
}
