import { z } from 'zod';
import type { ApiClient } from './api-client.ts';
import { printAnswer } from './print-answer.ts';

const archiveSchema = z.object({
  target: z.looseObject({ kind: z.string() }),
  archived_to: z.string().nullable(),
  rows: z.number(),
  bytes: z.number(),
  error: z.string(),
});

export interface ArchiveWish {
  bucket?: string;
  prefix?: string;
  region?: string;
  endpoint?: string;
  kmsKey?: string;
  accessKeyId?: string;
  json?: boolean;
}

export async function showArchive(server: ApiClient, { json }: { json?: boolean }): Promise<void> {
  printAnswer(await server.call(archiveSchema, 'GET', '/archive'), json, inWords);
}

/** `secret` is the access key's secret; the one that is kept stays when it is undefined. */
export async function setArchive(
  server: ApiClient,
  kind: string,
  wish: ArchiveWish,
  secret: string | undefined,
): Promise<void> {
  const { bucket, prefix, region, endpoint, kmsKey, accessKeyId, json } = wish;
  const place = { bucket, prefix, region, endpoint, kms_key: kmsKey, access_key_id: accessKeyId };
  const body = { target: kind === 's3' ? { kind, ...place } : { kind }, secret_access_key: secret };
  printAnswer(await server.call(archiveSchema, 'POST', '/archive', body), json, inWords);
}

function inWords({ target, archived_to, rows, bytes, error }: z.infer<typeof archiveSchema>): string[] {
  const { kind, bucket, prefix } = target;
  const place = kind === 's3' ? `s3://${bucket}/${prefix}` : kind;
  return [
    `archive: ${place}; ${archived_to === null ? 'nothing archived yet' : `archived to ${archived_to}, ${rows} rows, ${bytes} bytes`}`,
    ...(error === '' ? [] : [`the last round failed: ${error}`]),
  ];
}
