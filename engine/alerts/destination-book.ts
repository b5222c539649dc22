import { randomUUID } from 'node:crypto';
import type { Alert } from '../core/alert.ts';
import type { Destination } from '../core/destination.ts';
import { CodedError } from '../core/errors.ts';
import { rfc3339, timestampText } from '../core/timestamp.ts';
import type { AlertStore } from './alert-store.ts';
import type {
  AttemptResult,
  DeliveryContext,
  DestinationDetails,
  DestinationKind,
} from './destinations/destination-kind.ts';
import { email } from './destinations/email.ts';
import { jira } from './destinations/jira.ts';
import { opsgenie } from './destinations/opsgenie.ts';
import { pagerduty } from './destinations/pagerduty.ts';
import { slack } from './destinations/slack.ts';
import { splunk } from './destinations/splunk.ts';
import { syslog } from './destinations/syslog.ts';
import { teams } from './destinations/teams.ts';
import { webhook } from './destinations/webhook.ts';
import type { Seal } from './seal.ts';

const KINDS: readonly DestinationKind[] = [webhook, slack, teams, pagerduty, opsgenie, email, jira, syslog, splunk];

/** Without routes every alert goes to every destination, so their number is bounded. */
const MOST_DESTINATIONS = 100;

/** A destination as the API shows it: its settings (a webhook's `url`) beside its name, never a secret. */
export interface ShownDestination {
  id: string;
  kind: string;
  name: string;
  created_at: string;
  created_by: string;
  [setting: string]: string;
}

export interface DestinationBook {
  /** `input` is `{kind, name, ...}` as posted. Throws BAD_REQUEST, DESTINATION_REFUSED or CONFLICT. */
  create(input: unknown, actor: string): Promise<ShownDestination>;
  list(): Promise<ShownDestination[]>;
  /** Throws NOT_FOUND. */
  get(id: string): Promise<ShownDestination>;
  /** It ready for use, its secrets in clear. Throws NOT_FOUND, or CONFIG_INVALID under another master key. */
  open(id: string): Promise<DestinationDetails & { readonly kind: string }>;
  /** Sends an alert that says it is a test, opened and closed. Throws NOT_FOUND; what the receiver does is the answer. */
  test(id: string): Promise<AttemptResult>;
  /** What waits for it is not delivered any more. Throws NOT_FOUND. */
  remove(id: string): Promise<void>;
}

export interface BookDeps {
  readonly store: Pick<AlertStore, 'insertDestination' | 'deleteDestination' | 'listDestinations'>;
  readonly context: DeliveryContext;
  readonly seal: Seal;
  readonly publicUrl: string;
}

export function createDestinationBook({ store, context, seal, publicUrl }: BookDeps): DestinationBook {
  const { network, clock } = context;

  async function find(id: string): Promise<Destination> {
    const destination = (await store.listDestinations()).find((candidate) => candidate.id === id);
    if (destination === undefined) throw new CodedError('NOT_FOUND', 'There is no such destination');
    return destination;
  }

  return {
    create: async (input, actor) => {
      const kind = kindOf(Object(input)['kind']);
      if (kind === undefined) {
        const known = KINDS.map((candidate) => candidate.kind).join(', ');
        throw new CodedError('BAD_REQUEST', `The field "kind" must be one of: ${known}`, { extra: { field: 'kind' } });
      }
      const details = await kind.validate(input, network);
      if ((await store.listDestinations()).length >= MOST_DESTINATIONS) {
        throw new CodedError(
          'CONFLICT',
          `There are ${MOST_DESTINATIONS} destinations, which is the most; remove one first`,
        );
      }
      const id = randomUUID();
      const destination = {
        id,
        kind: kind.kind,
        name: details.name,
        settings: details.settings,
        secrets: mapValues(details.secrets, (secret, name) => seal.close(secret, placeOf(id, name))),
        created_at: timestampText(clock() * 1000),
        created_by: actor,
      };
      await store.insertDestination(destination);
      return show(destination);
    },
    list: async () => (await store.listDestinations()).map(show),
    get: async (id) => show(await find(id)),
    open: async (id) => {
      const destination = await find(id);
      return { ...openDestination(destination, seal), kind: destination.kind };
    },
    test: async (id) => {
      const destination = await find(id);
      const kind = kindOf(destination.kind);
      if (kind === undefined) throw new CodedError('CONFLICT', 'This version does not know the kind of destination');
      const details = openDestination(destination, seal);
      const alert = testAlert(randomUUID(), clock());
      const tell = (event: 'opened' | 'closed', receipt: string) => {
        const status = event === 'opened' ? 'open' : 'closed';
        const subject = { kind: 'alert' as const, alert: { ...alert, status } as Alert };
        return kind.deliver(details, { event, delivery_id: randomUUID(), subject, receipt, publicUrl }, context);
      };
      const opened = await tell('opened', '');
      if (opened.error !== '') return opened;
      const closed = await tell('closed', opened.receipt ?? '');
      return closed;
    },
    remove: async (id) => {
      await store.deleteDestination(await find(id), timestampText(clock() * 1000));
    },
  };
}

/** Undefined for a kind that only another version knows. */
export function kindOf(kind: unknown): DestinationKind | undefined {
  return KINDS.find((candidate) => candidate.kind === kind);
}

/** A destination ready for use, its secrets in clear. Throws CONFIG_INVALID under another master key. */
export function openDestination({ id, name, settings, secrets }: Destination, seal: Seal): DestinationDetails {
  return { name, settings, secrets: mapValues(secrets, (sealed, field) => seal.open(sealed, placeOf(id, field))) };
}

/** Messages a minute that may go to a destination. */
export function ratePerMinute({ kind, settings }: Destination): number {
  return Number(settings['rate_per_minute'] ?? kindOf(kind)?.ratePerMinute ?? 30);
}

function testAlert(id: string, now: number): Alert {
  const at = new Date(now).toISOString();
  return {
    id,
    rule_id: 'spanwarden-test',
    rule_version: 1,
    rule_status: 'stable',
    title: 'This is a test of Spanwarden',
    severity: 'low',
    risk_score: 1,
    status: 'open',
    close_reason: null,
    entity: { kind: 'org', value: 'test' },
    session_id: '',
    fingerprint: id,
    episode: 1,
    starts_at: at,
    ends_at: at,
    count: 1,
    evidence: [],
    evidence_total: 0,
    values: {},
    threat: [],
    runbook: 'Nothing has to be done.',
    tags: ['test'],
    assignee: null,
    filled_in: false,
    opened_at: at,
    updated_at: at,
  };
}

function show({ id, kind, name, settings, created_at, created_by }: Destination): ShownDestination {
  return { ...settings, id, kind, name, created_at: rfc3339(created_at), created_by };
}

function placeOf(id: string, field: string): string {
  return `destination/${id}/${field}`;
}

function mapValues(
  record: Readonly<Record<string, string>>,
  change: (value: string, name: string) => string,
): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value, name)]));
}
