import { z } from 'zod';
import { archiveTargetSchema } from '../../../engine/archive/archive-target.ts';
import { audit } from '../audit.ts';
import { principalOf } from '../guard-access.ts';
import type { Routes } from '../route-group.ts';

const shownSchema = z.object({
  target: archiveTargetSchema,
  /** Every hour before is archived; null before the first. */
  archived_to: z.string().nullable(),
  rows: z.number(),
  bytes: z.number(),
  /** Why the last round failed; empty when it went well. */
  error: z.string(),
});

/** Where the own org's events are archived, and how far that is. */
export const archiveRoutes: Routes = (app, services) => {
  const { archives } = services;
  const config = { permission: 'orgs:manage' } as const;

  async function archiveOf(org: string): Promise<z.output<typeof shownSchema>> {
    const target = await archives.targetOf(org);
    const progress = await archives.progressOf(org, target);
    return {
      target,
      archived_to: progress === undefined ? null : new Date(progress.archivedTo).toISOString(),
      rows: progress?.rows ?? 0,
      bytes: progress?.bytes ?? 0,
      error: progress?.error ?? '',
    };
  }

  app.get('/api/v1/archive', { config, schema: { response: { 200: shownSchema } } }, (request) =>
    archiveOf(principalOf(request).org),
  );

  app.post(
    '/api/v1/archive',
    {
      config,
      schema: {
        body: z.strictObject({
          target: archiveTargetSchema,
          /** Kept sealed and never shown; the one that is kept stays when left out. */
          secret_access_key: z.string().min(1).max(500).optional(),
        }),
        response: { 200: shownSchema },
      },
    },
    async (request) => {
      const { org } = principalOf(request);
      const { target, secret_access_key } = request.body;
      await archives.choose(org, target, secret_access_key);
      const place = target.kind === 's3' ? `s3://${target.bucket}/${target.prefix}` : target.kind;
      await audit(services, request, 'archive.choose', org, place);
      return archiveOf(org);
    },
  );
};
