import { randomUUID } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import type { Destination } from '../core/destination.ts';
import { CodedError } from '../core/errors.ts';
import { rfc3339, timestampText } from '../core/timestamp.ts';
import type { AlertStore } from './alert-store.ts';
import type { DestinationDetails, DestinationKind } from './destinations/destination-kind.ts';
import type { GuardedNetwork } from './destinations/guarded-network.ts';
import { webhook } from './destinations/webhook.ts';
import type { Seal } from './seal.ts';

const KINDS: readonly DestinationKind[] = [webhook];

/** Every alert goes to every destination, so their number is bounded. */
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
  /** What waits for it is not delivered any more. Throws NOT_FOUND. */
  remove(id: string): Promise<void>;
}

export interface BookDeps {
  readonly store: Pick<AlertStore, 'insertDestination' | 'deleteDestination' | 'listDestinations'>;
  readonly network: GuardedNetwork;
  readonly seal: Seal;
  readonly clock: Clock;
}

export function createDestinationBook({ store, network, seal, clock }: BookDeps): DestinationBook {
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
