import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createGuardedNetwork } from './alerts/destinations/guarded-network.ts';
import type { Diagnostics } from './alerts/diagnostics.ts';
import { createSeal } from './alerts/seal.ts';
import { createArchiveBook } from './archive/archive-book.ts';
import { keepArchive } from './archive/keep-archive.ts';
import type { Store } from './clickhouse/store.ts';
import { listOrgs } from './clickhouse/tables/orgs.ts';
import type { Clock } from './core/clock.ts';
import { CodedError } from './core/errors.ts';
import type { KeyFor } from './master-key.ts';

export interface ArchiveSettings {
  readonly data: string;
  readonly archive: 'folder' | 'off';
  readonly archive_folder?: string | undefined;
  readonly archive_ca?: string | undefined;
  readonly allow_private_destinations: boolean;
}

export interface StartArchiveOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Diagnostics;
  readonly keyFor: KeyFor;
  /** Objects in folders are sealed. */
  readonly sealed: boolean;
  readonly settings: ArchiveSettings;
}

/** Where archives lie and what they are made with. Throws CONFIG_INVALID for an authority that can't be read. */
export function openArchives({ store, clock, log, keyFor, sealed, settings }: StartArchiveOptions) {
  const network = createGuardedNetwork({
    allowPrivate: settings.allow_private_destinations,
    connections: 1,
    connectTimeout: 10_000,
  });
  const book = createArchiveBook({
    store,
    clock,
    byDefault: settings.archive,
    folder: settings.archive_folder ?? join(settings.data, 'archive'),
    sealFor: (org) => createSeal(keyFor(org, 'archive secrets')),
    s3: { addressOf: network.addressOf, ca: authority(settings.archive_ca) },
  });
  return {
    book,
    /** Archives what `orgs` names as its hours end; `lowWater` is in microseconds since 1970. */
    keep: (orgs: () => readonly string[], lowWater: () => Promise<number>) =>
      keepArchive({
        store,
        clock,
        book,
        spool: join(settings.data, 'archive-spool'),
        keyOf: (org) => (sealed ? keyFor(org, 'archive') : undefined),
        orgs: async () => {
          const held = orgs();
          return (await listOrgs(store)).filter(({ slug }) => held.includes(slug));
        },
        lowWater,
        log,
      }),
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
