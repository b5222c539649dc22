import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createGuardedNetwork } from './alerts/destinations/guarded-network.ts';
import type { Diagnostics } from './alerts/diagnostics.ts';
import { createSeal } from './alerts/seal.ts';
import { createArchiveBook } from './archive/archive-book.ts';
import type { Store } from './clickhouse/store.ts';
import { closeOrg } from './clickhouse/tables/close-org.ts';
import { listOrgs } from './clickhouse/tables/orgs.ts';
import type { Clock } from './core/clock.ts';
import { CodedError } from './core/errors.ts';
import { createErasureBook } from './erasure/erasure-book.ts';
import { erasureRound } from './erasure/erasure-round.ts';
import { keepStored } from './keep-stored.ts';
import type { KeyFor } from './master-key.ts';

export interface StoredDataOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Diagnostics;
  readonly keyFor: KeyFor;
  /** Objects in folders are sealed. */
  readonly sealed: boolean;
  readonly settings: {
    readonly data: string;
    readonly archive: 'folder' | 'off';
    readonly archive_folder?: string | undefined;
    readonly archive_ca?: string | undefined;
    readonly allow_private_destinations: boolean;
  };
}

/** The archive and the erasures of all orgs, and what keeps them going. Throws CONFIG_INVALID for an authority that can't be read. */
export function openStoredData({ store, clock, log, keyFor, sealed, settings }: StoredDataOptions) {
  const network = createGuardedNetwork({
    allowPrivate: settings.allow_private_destinations,
    connections: 1,
    connectTimeout: 10_000,
  });
  const archives = createArchiveBook({
    store,
    clock,
    byDefault: settings.archive,
    folder: settings.archive_folder ?? join(settings.data, 'archive'),
    sealFor: (org) => createSeal(keyFor(org, 'archive secrets')),
    s3: { addressOf: network.addressOf, ca: authority(settings.archive_ca) },
  });
  const sealFor = (org: string) => createSeal(keyFor(org, 'erasure'));
  const erasures = createErasureBook({ store, clock, sealFor });
  const spool = join(settings.data, 'archive-spool');
  const erasing = {
    store,
    clock,
    archives,
    spool,
    sealFor,
    archiveKeyOf: (org: string) => keyFor(org, 'archive'),
    saltOf: (org: string) => Buffer.from(keyFor(org, 'erasure', 2)).toString('hex'),
    closeOrg: (org: string) => closeOrg(store, org, clock()),
  };
  return {
    archives,
    erasures,
    /** Looks after the orgs that `held` names from now on; `lowWater` is in microseconds since 1970. */
    keep: (held: () => readonly string[], lowWater: () => Promise<number>) => {
      const kept = keepStored({
        store,
        clock,
        log,
        book: archives,
        spool,
        keyOf: (org) => (sealed ? keyFor(org, 'archive') : undefined),
        // Of an embedded store there is one process, which holds them all from the start.
        orgs: async () =>
          (await listOrgs(store)).filter(({ slug }) => store.kind === 'embedded' || held().includes(slug)),
        lowWater,
        erase: (org, settled) => erasureRound(erasing, org, settled),
      });
      erasures.onRequest(kept.wake);
      return kept;
    },
    close: () => network.close(),
  };
}

function authority(file: string | undefined): string | undefined {
  try {
    return file === undefined ? undefined : readFileSync(file, 'utf8');
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? 'not valid';
    throw new CodedError('CONFIG_INVALID', `archive_ca ${file} can't be read (${reason})`, { cause });
  }
}
