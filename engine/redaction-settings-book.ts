import type { Store } from './clickhouse/store.ts';
import { findRedactionPolicy } from './clickhouse/tables/redaction-policies.ts';
import type { Clock } from './core/clock.ts';
import type { KeyFor } from './master-key.ts';
import type { RedactionPolicy } from './redaction/redaction-policy.ts';
import type { RedactionSettings } from './redaction/redaction-settings.ts';

export interface RedactionSettingsBook {
  /** Throws what the store throws: without the policy nothing may be redacted by guess. */
  of(org: string): Promise<RedactionSettings>;
  /** After a change in this process. */
  forget(org: string): void;
}

/** A change made by another process is seen after this time. */
const KNOWN_FOR_MS = 2_000;

export function createRedactionSettingsBook(store: Store, clock: Clock, keyFor: KeyFor): RedactionSettingsBook {
  const known = new Map<string, { readonly until: number; readonly settings: Promise<RedactionSettings> }>();

  async function read(org: string): Promise<RedactionSettings> {
    const record = await findRedactionPolicy(store, org);
    if (record === undefined) {
      return { revision: '0', policy: {}, key: keyFor(org, 'redaction'), formerKeys: [] };
    }
    const { version, key_version, former_key_until } = record;
    const former = key_version > 1 && former_key_until > clock();
    return {
      revision: `${version}${former ? ' with the key before' : ''}`,
      policy: JSON.parse(record.policy) as RedactionPolicy,
      key: keyFor(org, 'redaction', key_version),
      formerKeys: former ? [keyFor(org, 'redaction', key_version - 1)] : [],
    };
  }

  return {
    of(org) {
      const now = clock();
      const kept = known.get(org);
      if (kept !== undefined && kept.until > now) return kept.settings;
      const settings = read(org);
      known.set(org, { until: now + KNOWN_FOR_MS, settings });
      // a failure is not remembered
      settings.catch(() => known.delete(org));
      return settings;
    },
    forget: (org) => {
      known.delete(org);
    },
  };
}
