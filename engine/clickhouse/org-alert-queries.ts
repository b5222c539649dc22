import type { Store } from './store.ts';
import {
  insertAlertEvents,
  readAlertLog,
  readAlertStates,
  readAnnouncements,
  readRecentEvents,
} from './tables/alert-events.ts';
import { listPolicies, savePolicy } from './tables/alert-policies.ts';
import { findAlerts, readAlerts, readStanding } from './tables/alerts.ts';
import {
  findDeliveries,
  insertAttempts,
  readAlertDeliveries,
  readAttempts,
  readBundle,
  readBundles,
  readDelivery,
  readHeldBack,
  readPlanned,
  readQueues,
  readReceipts,
  readSummary,
  readTold,
  readWaiting,
  saveDeliveries,
} from './tables/deliveries.ts';
import { deleteDestination, insertDestination, listDestinations } from './tables/destinations.ts';
import { insertFindings } from './tables/findings.ts';
import { findIncidents, readAcceptedAt, readParticipants, readSessionAlertIds } from './tables/incidents.ts';

const QUERIES = {
  insertFindings,
  insertAlertEvents,
  readAlertStates,
  readAlertLog,
  readRecentEvents,
  readAnnouncements,
  findAlerts,
  readAlerts,
  findIncidents,
  readSessionAlertIds,
  readStanding,
  readParticipants,
  readAcceptedAt,
  savePolicy,
  listPolicies,
  insertDestination,
  deleteDestination,
  listDestinations,
  saveDeliveries,
  readPlanned,
  readTold,
  readBundles,
  readBundle,
  readReceipts,
  readSummary,
  readQueues,
  readHeldBack,
  findDeliveries,
  readDelivery,
  readWaiting,
  readAlertDeliveries,
  insertAttempts,
  readAttempts,
};

type Bound<Query> = Query extends (store: Store, database: string, ...rest: infer Rest) => infer Result
  ? (...rest: Rest) => Result
  : never;

/** The queries that alerting takes, bound to one org's database. */
export type OrgAlertQueries = { [Name in keyof typeof QUERIES]: Bound<(typeof QUERIES)[Name]> };

export function orgAlertQueries(store: Store, database: string): OrgAlertQueries {
  return Object.fromEntries(
    Object.entries(QUERIES).map(([name, query]) => [
      name,
      (...rest: unknown[]) => (query as (...all: unknown[]) => unknown)(store, database, ...rest),
    ]),
  ) as OrgAlertQueries;
}
