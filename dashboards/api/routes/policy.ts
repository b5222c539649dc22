import { createHash } from 'node:crypto';
import { z } from 'zod';
import { findClientPolicy, insertClientPolicy } from '../../../engine/clickhouse/tables/client-policies.ts';
import {
  CLIENT_POLICY_LIMITS,
  type ClientPolicy,
  DEFAULT_CLIENT_POLICY,
  parseClientPolicy,
} from '../../../engine/core/client-policy.ts';
import { audit } from '../audit.ts';
import { principalOf } from '../guard-access.ts';
import type { Routes } from '../route-group.ts';

const { globs, globLength, refreshSeconds } = CLIENT_POLICY_LIMITS;
const DEFAULT = DEFAULT_CLIENT_POLICY;
const globList = z.array(z.string().min(1).max(globLength)).max(globs).default([]);
const content = z.enum(['redacted', 'off']).default('redacted');

const captureSchema = z.strictObject({
  level: z.enum(['full', 'metadata', 'minimal']).default('full'),
  prompts: content,
  tool_arguments: content,
  edits: content,
  identity: z.enum(['redacted', 'email']).default('redacted'),
});
const ignoreSchema = z.strictObject({
  repositories: globList,
  folders: globList,
  files: globList,
  gitignore: z.boolean().default(true),
});

const bodySchema = z.strictObject({
  /** Seconds until the client asks again. */
  refresh_seconds: z.number().int().min(refreshSeconds[0]).max(refreshSeconds[1]).default(DEFAULT.refresh_seconds),
  /** Reduces every event to minimal metadata. */
  disabled: z.boolean().default(false),
  capture: captureSchema.prefault({}),
  ignore: ignoreSchema.prefault({}),
});
const policySchema = bodySchema.extend({ version: z.number() });

/** What the client on a developer's machine may record. A change reaches a machine when its forwarder asks the next time. */
export const policyRoutes: Routes = (app, services) => {
  const { store } = services;

  const current = async (org: string): Promise<ClientPolicy> => {
    const record = await findClientPolicy(store, org);
    return parseClientPolicy(JSON.parse(record?.policy ?? 'null')) ?? DEFAULT;
  };

  app.get(
    '/api/v1/policy',
    { config: { permission: 'policy:read' }, schema: { response: { 200: policySchema, 304: z.null() } } },
    async (request, reply) => {
      const policy = await current(principalOf(request).org);
      const etag = `"${createHash('sha256').update(JSON.stringify(policy)).digest('hex').slice(0, 32)}"`;
      reply.header('etag', etag).header('cache-control', 'private, no-cache');
      const known = (request.headers['if-none-match'] ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
      if (known.includes(etag) || known.includes('*')) return reply.code(304).send(null);
      return reply.code(200).send(answerOf(policy));
    },
  );

  app.post(
    '/api/v1/policy',
    {
      config: { permission: 'orgs:manage' },
      schema: { body: bodySchema, response: { 200: policySchema } },
    },
    async (request) => {
      const { org } = principalOf(request);
      const version = ((await findClientPolicy(store, org))?.version ?? 0) + 1;
      const policy = { version, ...request.body };
      await insertClientPolicy(store, { org, version, policy: JSON.stringify(policy) });
      await audit(services, request, 'client-policy.set', org, `version ${version}`);
      return answerOf(policy);
    },
  );
};

function answerOf(policy: ClientPolicy): z.infer<typeof policySchema> {
  const { repositories, folders, files, gitignore } = policy.ignore;
  return {
    ...policy,
    capture: { ...policy.capture },
    ignore: { repositories: [...repositories], folders: [...folders], files: [...files], gitignore },
  };
}
