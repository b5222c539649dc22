import { open, stat } from 'node:fs/promises';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  ListPartsCommand,
  type Part,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
  S3ServiceException,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { CodedError } from '../core/errors.ts';
import type { ObjectStore, StoredObject } from './object-store.ts';

export interface S3Place {
  readonly bucket: string;
  /** Ends with `/`, or is empty. */
  readonly prefix: string;
  /** Amazon's own when undefined. */
  readonly endpoint?: string | undefined;
  readonly region: string;
  /** Objects are encrypted under this key of the bucket owner's; under the bucket's default when undefined. */
  readonly kmsKey?: string | undefined;
  /** The server's own, as the SDK finds them, when undefined. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
}

export interface S3Options {
  /** The checked address of a host. Throws when it may not be reached. */
  readonly addressOf?: (host: string) => Promise<{ readonly address: string; readonly family: number }>;
  /** PEM of authorities to trust instead of the built-in ones. */
  readonly ca?: string | undefined;
  /** The least that S3 takes is the default. */
  readonly partBytes?: number;
}

/** S3's smallest part. */
const PART_BYTES = 8 * 1024 * 1024;
const CONNECT_MS = 10_000;
const REQUEST_MS = 120_000;

/** A bucket as an archive: any S3-compatible store. Throws ARCHIVE_UNAVAILABLE, with the store's own word for what is wrong. */
export function s3Store(place: S3Place, { addressOf, ca, partBytes = PART_BYTES }: S3Options = {}): ObjectStore {
  const { bucket, prefix } = place;
  const lookup = addressOf && guardedLookup(addressOf);
  const client = new S3Client({
    region: place.region,
    ...(place.endpoint !== undefined && { endpoint: place.endpoint, forcePathStyle: true }),
    ...(place.credentials && { credentials: place.credentials }),
    requestHandler: {
      httpAgent: new HttpAgent({ keepAlive: true, ...(lookup && { lookup }) }),
      httpsAgent: new HttpsAgent({
        keepAlive: true,
        minVersion: 'TLSv1.2',
        ...(lookup && { lookup }),
        ...(ca && { ca }),
      }),
      connectionTimeout: CONNECT_MS,
      requestTimeout: REQUEST_MS,
    },
    // Stores that are S3 in all but checksums of the newest kind take it too.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  const at = (key: string) => ({ Bucket: bucket, Key: `${prefix}${key}` });
  const encryption =
    place.kmsKey === undefined ? {} : ({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: place.kmsKey } as const);

  async function asked<T>(work: () => Promise<T>): Promise<T> {
    // Addresses in the endpoint itself never pass the name service.
    const host = place.endpoint === undefined ? '' : new URL(place.endpoint).hostname.replace(/^\[|\]$/g, '');
    try {
      if (addressOf && isIP(host) !== 0) await addressOf(host);
      return await work();
    } catch (error) {
      throw unavailable(error, bucket);
    }
  }

  /** The upload of this key that was begun last and not ended, with the parts that arrived. */
  async function unfinished(key: string): Promise<{ id: string; parts: Map<number, Part> } | undefined> {
    const { Uploads = [] } = await client.send(
      new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: at(key).Key }),
    );
    const own = Uploads.filter((upload) => upload.Key === at(key).Key && upload.UploadId !== undefined);
    const upload = own.sort((a, b) => (b.Initiated?.getTime() ?? 0) - (a.Initiated?.getTime() ?? 0))[0];
    if (upload === undefined) return undefined;
    const parts = new Map<number, Part>();
    for (let marker: string | undefined, more = true; more; ) {
      const page = await client.send(
        new ListPartsCommand({ ...at(key), UploadId: upload.UploadId!, ...(marker && { PartNumberMarker: marker }) }),
      );
      for (const part of page.Parts ?? []) parts.set(part.PartNumber!, part);
      more = page.IsTruncated === true && page.NextPartNumberMarker !== undefined;
      marker = page.NextPartNumberMarker;
    }
    return { id: upload.UploadId!, parts };
  }

  async function putParts(key: string, path: string, size: number, sha256: string): Promise<void> {
    const begun = await unfinished(key);
    const id =
      begun?.id ??
      (await client.send(new CreateMultipartUploadCommand({ ...at(key), ...encryption, Metadata: { sha256 } })))
        .UploadId!;
    const file = await open(path, 'r');
    try {
      const parts: { PartNumber: number; ETag: string }[] = [];
      for (let number = 1, from = 0; from < size; number += 1, from += partBytes) {
        const length = Math.min(partBytes, size - from);
        const there = begun?.parts.get(number);
        if (there?.Size === length && there.ETag !== undefined) {
          parts.push({ PartNumber: number, ETag: there.ETag });
          continue;
        }
        const { buffer } = await file.read(Buffer.alloc(length), 0, length, from);
        const { ETag } = await client.send(
          new UploadPartCommand({ ...at(key), UploadId: id, PartNumber: number, Body: buffer }),
        );
        parts.push({ PartNumber: number, ETag: ETag! });
      }
      await client.send(
        new CompleteMultipartUploadCommand({ ...at(key), UploadId: id, MultipartUpload: { Parts: parts } }),
      );
    } finally {
      await file.close();
    }
  }

  async function head(key: string): Promise<{ bytes: number; sha256: string | undefined } | undefined> {
    try {
      const { ContentLength, Metadata } = await client.send(new HeadObjectCommand(at(key)));
      return { bytes: ContentLength ?? 0, sha256: Metadata?.['sha256'] };
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  }

  return {
    place: `s3://${bucket}/${prefix}`,
    put: (key, bytes) =>
      asked(async () => {
        await client.send(new PutObjectCommand({ ...at(key), ...encryption, Body: bytes }));
      }),
    putFile: (key, path, sha256) =>
      asked(async () => {
        const { size } = await stat(path);
        const there = await head(key);
        if (there?.bytes === size && there.sha256 === sha256) return;
        if (size > partBytes) return putParts(key, path, size, sha256);
        const file = await open(path, 'r');
        const Body = await file.readFile().finally(() => file.close());
        await client.send(new PutObjectCommand({ ...at(key), ...encryption, Body, Metadata: { sha256 } }));
      }),
    get: (key) =>
      asked(async () => {
        try {
          const { Body } = await client.send(new GetObjectCommand(at(key)));
          return Buffer.from(await Body!.transformToByteArray());
        } catch (error) {
          if (isAbsent(error)) return undefined;
          throw error;
        }
      }),
    async *list(under): AsyncGenerator<StoredObject> {
      try {
        const pages = paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: `${prefix}${under}` });
        for await (const { Contents = [] } of pages)
          for (const { Key, Size } of Contents)
            if (Key !== undefined) yield { key: Key.slice(prefix.length), bytes: Size ?? 0 };
      } catch (error) {
        throw unavailable(error, bucket);
      }
    },
    remove: (key) =>
      asked(async () => {
        const target = at(key);
        await client.send(new DeleteObjectCommand(target));
        for (const VersionId of await versionsOf(client, target))
          await client.send(new DeleteObjectCommand({ ...target, VersionId }));
      }),
    dropUnfinished: (under) =>
      asked(async () => {
        for (;;) {
          const { Uploads = [], IsTruncated } = await client.send(
            new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: `${prefix}${under}` }),
          );
          for (const { Key, UploadId } of Uploads)
            await client.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId }));
          if (IsTruncated !== true || Uploads.length === 0) return;
        }
      }),
    close: () => client.destroy(),
  };
}

/** In a bucket with versioning, deleting only hides: every version has to be named. */
async function versionsOf(client: S3Client, { Bucket, Key }: { Bucket: string; Key: string }): Promise<string[]> {
  try {
    const { Versions = [], DeleteMarkers = [] } = await client.send(
      new ListObjectVersionsCommand({ Bucket, Prefix: Key }),
    );
    return [...Versions, ...DeleteMarkers].flatMap((version) =>
      version.Key === Key && version.VersionId !== undefined && version.VersionId !== 'null' ? [version.VersionId] : [],
    );
  } catch (error) {
    // Stores without versioning need not know the question.
    if (error instanceof S3ServiceException && (error.$metadata.httpStatusCode ?? 500) === 501) return [];
    throw error;
  }
}

function guardedLookup(addressOf: NonNullable<S3Options['addressOf']>): LookupFunction {
  return (host, { all }, callback) => {
    addressOf(host).then(
      ({ address, family }) => (all ? callback(null, [{ address, family }]) : callback(null, address, family)),
      (error) => callback(error, '', 0),
    );
  };
}

function isAbsent(error: unknown): boolean {
  return error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404 && error.name !== 'NoSuchBucket';
}

/** Names of S3's errors say what is wrong and hold no content; messages can quote keys. */
function unavailable(error: unknown, bucket: string): CodedError {
  if (error instanceof CodedError) return error;
  const { name, code } = error as NodeJS.ErrnoException;
  return new CodedError('ARCHIVE_UNAVAILABLE', `the bucket ${bucket} can't be used (${code ?? name ?? 'unknown'})`, {
    cause: error,
  });
}
