import { z } from 'zod';
import { CodedError } from '../../../engine/core/errors.ts';
import { orgDatabase } from '../../../engine/core/org.ts';
import { timeSchema } from '../../../engine/core/time-schema.ts';
import { principalOf } from '../guard-access.ts';
import { alertCountsSchema, countAlerts } from '../queries/alert-counts.ts';
import { leastPeople, wholeDays } from '../queries/cohort.ts';
import { overviewSchema, readOverview } from '../queries/overview.ts';
import type { Routes } from '../route-group.ts';

const DAY_MS = 86_400_000;
const MOST_DAYS = 400;

/** The leaders' page in one answer, and how many alerts there are of each kind. */
export const overviewRoutes: Routes = (app, { store, clock }) => {
  app.get(
    '/api/v1/overview',
    {
      config: { permission: 'usage:read' },
      schema: {
        querystring: z.strictObject({ from: timeSchema.optional(), to: timeSchema.optional() }),
        response: { 200: overviewSchema },
      },
    },
    async (request) => {
      const principal = principalOf(request);
      const to = request.query.to === undefined ? clock() : Date.parse(request.query.to);
      const from = request.query.from === undefined ? to - DAY_MS : Date.parse(request.query.from);
      if (from >= to || to - from > MOST_DAYS * DAY_MS)
        throw new CodedError('BAD_REQUEST', `A period has at most ${MOST_DAYS} days and begins before it ends`);
      const database = orgDatabase(principal.org);
      const least = await leastPeople(store, principal);
      if (least === undefined) return readOverview(store, database, { from, to });
      const days = wholeDays({ from: new Date(from).toISOString(), to: new Date(to).toISOString() }, clock());
      return readOverview(store, database, { from: Date.parse(days.from), to: Date.parse(days.to) }, least);
    },
  );

  app.get(
    '/api/v1/alert-counts',
    {
      config: { permission: 'alerts:read' },
      schema: {
        querystring: z.strictObject({ since: timeSchema.optional() }),
        response: { 200: alertCountsSchema },
      },
    },
    (request) =>
      countAlerts(
        store,
        orgDatabase(principalOf(request).org),
        Date.parse(request.query.since ?? '1970-01-01T00:00:00Z'),
      ),
  );
};
