import { randomUUID } from 'node:crypto';
import type { StoredPolicy } from '../../core/alert-policy.ts';
import type { Clock } from '../../core/clock.ts';
import { CodedError } from '../../core/errors.ts';
import { rfc3339, timestampText } from '../../core/timestamp.ts';
import type { AlertStore } from '../alert-store.ts';
import { parseInput } from '../destinations/parse-input.ts';
import { POLICY_SCHEMAS, type Policy, type PolicyKind, toPolicy } from './policy.ts';

/** Policies of one kind; each is asked for each alert. */
const MOST_OF_A_KIND = 500;

/** What other processes change is seen after this time. */
const FRESH_MS = 5_000;

/** A policy as the API shows it. */
export interface ShownPolicy {
  id: string;
  created_at: string;
  created_by: string;
  [field: string]: unknown;
}

export interface PolicyBook {
  list(kind: PolicyKind): Promise<ShownPolicy[]>;
  /** Throws BAD_REQUEST that names the field, or CONFLICT when there are too many. */
  create(kind: PolicyKind, input: unknown, actor: string): Promise<ShownPolicy>;
  /** Another body under the same id. Throws BAD_REQUEST or NOT_FOUND. */
  replace(kind: PolicyKind, id: string, input: unknown): Promise<ShownPolicy>;
  /** Throws NOT_FOUND. */
  remove(kind: PolicyKind, id: string): Promise<void>;
  /** What holds now. */
  current(): Promise<Policy>;
}

export function createPolicyBook(
  store: Pick<AlertStore, 'savePolicy' | 'listPolicies' | 'listDestinations'>,
  clock: Clock,
): PolicyBook {
  let known: { at: number; policy: Promise<Policy> } | undefined;

  async function ofKind(kind: PolicyKind): Promise<StoredPolicy[]> {
    return (await store.listPolicies()).filter((policy) => policy.kind === kind);
  }

  async function find(kind: PolicyKind, id: string): Promise<StoredPolicy> {
    const policy = (await ofKind(kind)).find((candidate) => candidate.id === id);
    if (policy === undefined) throw new CodedError('NOT_FOUND', `There is no such ${kind}`);
    return policy;
  }

  async function parse(kind: PolicyKind, input: unknown): Promise<unknown> {
    const body = parseInput(POLICY_SCHEMAS[kind], input);
    if ('destinations' in body) await checkDestinations([...body.destinations, ...(body.escalate?.destinations ?? [])]);
    return body;
  }

  async function checkDestinations(ids: readonly string[]): Promise<void> {
    const there = new Set((await store.listDestinations()).map((destination) => destination.id));
    if (ids.every((id) => there.has(id))) return;
    throw new CodedError('BAD_REQUEST', 'The field "destinations" names a destination that is not there', {
      extra: { field: 'destinations' },
    });
  }

  async function save(policy: StoredPolicy, deleted: boolean): Promise<void> {
    await store.savePolicy(policy, timestampText(clock() * 1000), deleted);
    known = undefined;
  }

  return {
    list: async (kind) => (await ofKind(kind)).map(show),
    create: async (kind, input, actor) => {
      const body = await parse(kind, input);
      if ((await ofKind(kind)).length >= MOST_OF_A_KIND)
        throw new CodedError('CONFLICT', `There are ${MOST_OF_A_KIND} of them, which is the most; remove one first`);
      const policy = { id: randomUUID(), kind, body, created_at: timestampText(clock() * 1000), created_by: actor };
      await save(policy, false);
      return show(policy);
    },
    replace: async (kind, id, input) => {
      const policy = { ...(await find(kind, id)), body: await parse(kind, input) };
      await save(policy, false);
      return show(policy);
    },
    remove: async (kind, id) => save(await find(kind, id), true),
    current: async () => {
      if (known === undefined || Math.abs(clock() - known.at) >= FRESH_MS) {
        const policy = store.listPolicies().then(toPolicy);
        known = { at: clock(), policy };
        policy.catch(() => {
          known = undefined;
        });
      }
      return known.policy;
    },
  };
}

function show({ id, body, created_at, created_by }: StoredPolicy): ShownPolicy {
  return { ...(body as object), id, created_at: rfc3339(created_at), created_by };
}
