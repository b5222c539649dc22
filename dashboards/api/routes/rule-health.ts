import { listRuleHealth, ruleHealthSchema } from '../../../engine/clickhouse/tables/rule-health.ts';
import { principalOf } from '../guard-access.ts';
import { pageOf } from '../page.ts';
import type { Routes } from '../route-group.ts';

const DAY_MS = 86_400_000;

/** How the evaluations of each rule went during the last day. */
export const ruleHealthRoutes: Routes = (app, { store, clock }) => {
  app.get(
    '/api/v1/rule-health',
    { config: { permission: 'rules:read' }, schema: { response: { 200: pageOf(ruleHealthSchema) } } },
    async (request) => ({
      items: await listRuleHealth(store, principalOf(request).org, clock() - DAY_MS),
      next_cursor: null,
    }),
  );
};
