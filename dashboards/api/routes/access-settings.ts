import { z } from 'zod';
import { readAccessSettings, saveAccessSettings } from '../../../engine/clickhouse/tables/access-settings.ts';
import { audit } from '../audit.ts';
import { principalOf } from '../guard-access.ts';
import type { Routes } from '../route-group.ts';

const settingsSchema = z.strictObject({
  minimum_cohort: z.number().int().min(2).max(1_000).describe('People that a figure for managers is about, at least'),
});

/** What an org decides about access. */
export const accessSettingsRoutes: Routes = (app, services) => {
  const { store, clock } = services;
  const config = { permission: 'orgs:manage' } as const;

  app.get('/api/v1/access-settings', { config, schema: { response: { 200: settingsSchema } } }, (request) =>
    readAccessSettings(store, principalOf(request).org),
  );

  app.post(
    '/api/v1/access-settings',
    { config, schema: { body: settingsSchema, response: { 200: settingsSchema } } },
    async (request) => {
      const { org } = principalOf(request);
      const before = await readAccessSettings(store, org);
      await saveAccessSettings(store, org, request.body, clock());
      const detail = `minimum cohort ${before.minimum_cohort} to ${request.body.minimum_cohort}`;
      await audit(services, request, 'access-settings.set', org, detail);
      return request.body;
    },
  );
};
