import type { Alert, AlertEvent, AlertLogEntry, AlertPosition, AlertSearch, AlertState } from '../core/alert.ts';
import type { StoredPolicy } from '../core/alert-policy.ts';
import type {
  Announcement,
  Delivery,
  DeliveryAttempt,
  RecentEvent,
  SummaryGroup,
  Told,
  WaitingDelivery,
} from '../core/delivery.ts';
import type { Destination } from '../core/destination.ts';
import type { Finding } from '../core/finding.ts';
import type { IncidentPosition, IncidentSearch } from '../core/incident.ts';

/**
 * Every query that alerting makes, bound to one org's database. engine/clickhouse/tables holds them. Times are DateTime64 text,
 * UTC, but in Alert and AlertLogEntry, which are as the API shows them.
 */
export interface AlertStore {
  insertFindings(findings: readonly Finding[], foundAt: string): Promise<void>;
  insertAlertEvents(events: readonly AlertEvent[]): Promise<void>;
  readAlertStates(groupKeys: readonly string[], matches: readonly string[]): Promise<AlertState[]>;
  readAlertLog(alertId: string, limit: number): Promise<AlertLogEntry[]>;
  readRecentEvents(
    since: string,
    after: { at: string; event_id: string } | undefined,
    limit: number,
  ): Promise<RecentEvent[]>;
  readAnnouncements(alertIds: readonly string[]): Promise<Announcement[]>;
  findAlerts(search: AlertSearch): Promise<AlertPosition[]>;
  readAlerts(ids: readonly string[]): Promise<Alert[]>;
  findIncidents(search: IncidentSearch): Promise<IncidentPosition[]>;
  readSessionAlertIds(sessionIds: readonly string[], limit: number): Promise<string[]>;
  readStanding(sessionIds: readonly string[], entityValues: readonly string[]): Promise<Alert[]>;
  readParticipants(sessionIds: readonly string[]): Promise<{ session_id: string; agents: string[]; users: string[] }[]>;
  readAcceptedAt(traceIds: readonly string[]): Promise<{ trace_id: string; span_id: string; at: number }[]>;
  savePolicy(policy: StoredPolicy, at: string, deleted: boolean): Promise<void>;
  listPolicies(): Promise<StoredPolicy[]>;
  insertDestination(destination: Destination): Promise<void>;
  deleteDestination(destination: Destination, at: string): Promise<void>;
  listDestinations(): Promise<Destination[]>;
  saveDeliveries(deliveries: readonly Delivery[]): Promise<void>;
  readPlanned(eventIds: readonly string[]): Promise<string[]>;
  readTold(alertIds: readonly string[]): Promise<Told[]>;
  readBundles(now: number): Promise<Map<string, number>>;
  readBundle(destinationId: string, bundle: string, limit: number): Promise<Delivery[]>;
  readReceipts(destinationId: string, alertIds: readonly string[]): Promise<Map<string, string>>;
  readSummary(summaryId: string): Promise<SummaryGroup[]>;
  readQueues(): Promise<{ destination_id: string; pending: number; dead: number }[]>;
  readHeldBack(): Promise<{ reason: string; events: number; alerts: number }[]>;
  findDeliveries(search: { state: string; destinationId: string; limit: number }): Promise<Delivery[]>;
  readDelivery(deliveryId: string): Promise<Delivery | undefined>;
  readWaiting(destinationId: string, limit: number): Promise<WaitingDelivery[]>;
  readAlertDeliveries(alertId: string): Promise<Delivery[]>;
  insertAttempts(attempts: readonly DeliveryAttempt[]): Promise<void>;
  readAttempts(deliveryIds: readonly string[]): Promise<DeliveryAttempt[]>;
}
