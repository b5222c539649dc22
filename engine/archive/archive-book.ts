import { join } from 'node:path';
import type { Store } from '../clickhouse/store.ts';
import {
  type ArchiveProgress,
  findArchiveProgress,
  findArchiveTarget,
  saveArchiveTarget,
} from '../clickhouse/tables/archive.ts';
import type { Clock } from '../core/clock.ts';
import { CodedError } from '../core/errors.ts';
import { type ArchiveTarget, archiveTargetSchema, targetId } from './archive-target.ts';
import { folderStore } from './folder-store.ts';
import type { ObjectStore } from './object-store.ts';
import { type S3Options, s3Store } from './s3-store.ts';

/** Encrypts what is secret, bound to its place. */
export interface SecretSeal {
  close(secret: string, place: string): string;
  open(sealed: string, place: string): string;
}

export interface ArchiveBookOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** Where orgs archive that chose nothing. */
  readonly byDefault: 'folder' | 'off';
  /** The folder of all orgs that archive to one. */
  readonly folder: string;
  readonly sealFor: (org: string) => SecretSeal;
  readonly s3: S3Options;
}

export interface ArchiveBook {
  targetOf(org: string): Promise<ArchiveTarget>;
  progressOf(org: string, target: ArchiveTarget): Promise<ArchiveProgress | undefined>;
  /** Tries the target, then keeps it. The secret access key that is kept stays when none is given. Throws ARCHIVE_UNAVAILABLE. */
  choose(org: string, target: ArchiveTarget, secretAccessKey: string | undefined): Promise<void>;
  /** The org's archive; undefined when it has none. To be closed. */
  open(org: string): Promise<ObjectStore | undefined>;
}

const TRIAL = 'spanwarden-trial';

/** Which org archives where. */
export function createArchiveBook({ store, clock, byDefault, folder, sealFor, s3 }: ArchiveBookOptions): ArchiveBook {
  const placeOf = (target: ArchiveTarget) => `archive ${targetId(target)}`;

  async function targetOf(org: string): Promise<ArchiveTarget> {
    const record = await findArchiveTarget(store, org);
    return record === undefined ? { kind: byDefault } : archiveTargetSchema.parse(JSON.parse(record.settings));
  }

  /** '' when none is kept for this target. */
  async function secretOf(org: string, target: ArchiveTarget): Promise<string> {
    const record = await findArchiveTarget(store, org);
    const sealed = record && (JSON.parse(record.secrets) as { secret_access_key?: string }).secret_access_key;
    if (record === undefined || !sealed) return '';
    const kept = archiveTargetSchema.parse(JSON.parse(record.settings));
    // A secret goes to the place that it was given for and to no other.
    return targetId(kept) === targetId(target) ? sealFor(org).open(sealed, placeOf(target)) : '';
  }

  function openTarget(target: ArchiveTarget, secretAccessKey: string): ObjectStore | undefined {
    if (target.kind === 'off') return undefined;
    if (target.kind === 'folder') return folderStore(folder);
    const { bucket, prefix, region, endpoint, kms_key, access_key_id } = target;
    const credentials = access_key_id === undefined ? undefined : { accessKeyId: access_key_id, secretAccessKey };
    return s3Store({ bucket, prefix, region, endpoint, kmsKey: kms_key, credentials }, s3);
  }

  return {
    targetOf,
    progressOf: (org, target) => findArchiveProgress(store, org, targetId(target)),
    choose: async (org, target, given) => {
      const secret = given ?? (await secretOf(org, target));
      if (target.kind === 's3' && target.access_key_id !== undefined && secret === '')
        throw new CodedError('BAD_REQUEST', 'An access_key_id needs its secret_access_key', {
          extra: { field: 'secret_access_key' },
        });
      const opened = openTarget(target, secret);
      if (opened !== undefined) {
        const key = join(org, TRIAL);
        try {
          await opened.put(key, Buffer.from('spanwarden'));
          if ((await opened.get(key)) === undefined)
            throw new CodedError('ARCHIVE_UNAVAILABLE', `${opened.place} does not keep what is written to it`);
          await opened.remove(key);
        } finally {
          opened.close();
        }
      }
      const secrets = secret === '' ? {} : { secret_access_key: sealFor(org).close(secret, placeOf(target)) };
      const record = { org, settings: JSON.stringify(target), secrets: JSON.stringify(secrets) };
      await saveArchiveTarget(store, record, clock());
    },
    open: async (org) => {
      const target = await targetOf(org);
      return openTarget(target, await secretOf(org, target));
    },
  };
}
