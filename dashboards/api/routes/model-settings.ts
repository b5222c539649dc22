import { z } from 'zod';
import { OWN_PROVIDERS } from '../../../engine/model-settings-book.ts';
import { actorOf, audit } from '../audit.ts';
import { principalOf } from '../guard-access.ts';
import type { Routes } from '../route-group.ts';

const shownSchema = z.object({
  provider: z.string(),
  model: z.string(),
  resource: z.string(),
  region: z.string(),
  own: z.boolean().describe("Whether it is the org's own; else the server's"),
  changed_at: z.string().nullable(),
  changed_by: z.string().nullable(),
});

const ownSchema = z.strictObject({
  provider: z.enum(OWN_PROVIDERS),
  model: z.string().min(1).max(200).describe('Of Azure OpenAI the deployment'),
  key: z
    .string()
    .min(8)
    .max(1_000)
    .regex(/^[\x21-\x7e]+$/, 'printable characters without spaces')
    .describe('Stored encrypted, never answered. Of Bedrock an API key, or <access key id>:<secret access key>'),
  resource: z
    .string()
    .regex(/^[a-zA-Z0-9][a-zA-Z0-9-]{0,62}$/, 'the first part of <resource>.openai.azure.com')
    .optional(),
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]{1,12}){1,3}-\d{1,2}$/, 'an AWS region such as eu-central-1')
    .optional(),
});

/** A provider of language models of an org's own. */
export const modelSettingsRoutes: Routes = (app, services) => {
  const { models } = services;
  const config = { permission: 'orgs:manage' } as const;

  app.get('/api/v1/model-settings', { config, schema: { response: { 200: shownSchema } } }, (request) =>
    models.show(principalOf(request).org),
  );

  app.post(
    '/api/v1/model-settings',
    { config, schema: { body: ownSchema, response: { 200: shownSchema } } },
    async (request) => {
      const { org } = principalOf(request);
      const { resource = '', region = '', ...own } = request.body;
      const shown = await models.set(org, { ...own, resource, region }, actorOf(request));
      await audit(services, request, 'model-settings.set', org, `${own.provider} ${own.model}`);
      return shown;
    },
  );

  app.delete('/api/v1/model-settings', { config, schema: { response: { 200: shownSchema } } }, async (request) => {
    const { org } = principalOf(request);
    const shown = await models.remove(org, actorOf(request));
    await audit(services, request, 'model-settings.delete', org);
    return shown;
  });
};
