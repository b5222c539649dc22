import { existsSync } from 'node:fs';
import { CodedError } from '../core/errors.ts';
import { folderStore } from './folder-store.ts';
import type { ObjectStore } from './object-store.ts';
import { s3Store } from './s3-store.ts';

/**
 * An archive by what people call it: a folder, or `s3://bucket/prefix` with the credentials of the environment. Throws USAGE when there is
 * no such folder.
 */
export function openPlace(
  place: string,
  { endpoint, region }: { endpoint?: string | undefined; region: string },
): ObjectStore {
  const [, bucket, path = ''] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(place) ?? [];
  if (bucket !== undefined) {
    const prefix = path === '' || path.endsWith('/') ? path : `${path}/`;
    return s3Store({ bucket, prefix, endpoint, region });
  }
  if (!existsSync(place)) throw new CodedError('USAGE', `${place} does not exist`);
  return folderStore(place);
}
