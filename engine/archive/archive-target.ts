import { z } from 'zod';
import { hash } from '../core/finding.ts';

/** Where an org's archive goes, without what is secret. */
export const archiveTargetSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('off') }),
  z.strictObject({ kind: z.literal('folder') }),
  z.strictObject({
    kind: z.literal('s3'),
    bucket: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'the name of a bucket'),
    prefix: z
      .string()
      .max(500)
      .regex(/^(?:[\w=-][\w.=-]{0,99}\/){0,9}$/, 'path segments that each end with /')
      .default(''),
    region: z
      .string()
      .regex(/^[a-z0-9-]{2,30}$/)
      .default('us-east-1'),
    /** Of any S3-compatible store; Amazon's when left out. */
    endpoint: z.url({ protocol: /^https?$/ }).optional(),
    /** Key of the bucket's owner under which the store encrypts. */
    kms_key: z.string().min(1).max(500).optional(),
    access_key_id: z.string().min(1).max(200).optional(),
  }),
]);
export type ArchiveTarget = z.output<typeof archiveTargetSchema>;

/** Names the place, so that progress at one is never taken for progress at another. */
export function targetId(target: ArchiveTarget): string {
  return target.kind === 's3' ? hash('s3', target.endpoint ?? '', target.bucket, target.prefix) : hash(target.kind);
}
