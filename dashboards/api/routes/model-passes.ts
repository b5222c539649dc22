import { z } from 'zod';
import { readModelPasses, saveModelPasses } from '../../../engine/clickhouse/tables/model-passes.ts';
import { CodedError } from '../../../engine/core/errors.ts';
import { orgDatabase } from '../../../engine/core/org.ts';
import { PERSONAL_DATA_MODES } from '../../../engine/core/personal-data-mode.ts';
import { audit } from '../audit.ts';
import { principalOf } from '../guard-access.ts';
import type { Routes } from '../route-group.ts';

const passesSchema = z.strictObject({
  triage: z.boolean().describe('Alerts get a first look'),
  personal_data: z
    .enum(PERSONAL_DATA_MODES)
    .describe('Names and addresses are masked before text goes to a provider; required: else nothing is sent'),
});

/** What an org lets models do besides summaries. */
export const modelPassRoutes: Routes = (app, services) => {
  const { store, clock } = services;
  const config = { permission: 'orgs:manage' } as const;

  app.get('/api/v1/model-passes', { config, schema: { response: { 200: passesSchema } } }, (request) =>
    readModelPasses(store, orgDatabase(principalOf(request).org)),
  );

  app.post(
    '/api/v1/model-passes',
    { config, schema: { body: passesSchema, response: { 200: passesSchema } } },
    async (request) => {
      const { org } = principalOf(request);
      const passes = request.body;
      if (passes.personal_data !== 'off' && !services.tagsPersonalData) {
        throw new CodedError('CONFLICT', 'This server has no model that tags personal data (llm_personal_data_model)');
      }
      await saveModelPasses(store, orgDatabase(org), passes, clock());
      const detail = `triage ${passes.triage ? 'on' : 'off'}, personal data ${passes.personal_data}`;
      await audit(services, request, 'model-passes.set', org, detail);
      return passes;
    },
  );
};
