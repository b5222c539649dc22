import { Readable } from 'node:stream';
import { z } from 'zod';
import { CodedError } from '../../../engine/core/errors.ts';
import { orgDatabase } from '../../../engine/core/org.ts';
import { timeSchema } from '../../../engine/core/time-schema.ts';
import type { OrgSummaries } from '../../../engine/org-summaries.ts';
import { audit } from '../audit.ts';
import { createContentAccess } from '../content-access.ts';
import { principalOf } from '../guard-access.ts';
import { progressLines } from '../progress-lines.ts';
import { readSessionSummary, sessionSummarySchema } from '../queries/session-summary.ts';
import type { Routes } from '../route-group.ts';

const modelName = z.string().min(1).max(200);
const since = timeSchema.optional();
const sessionId = z.string().min(1).max(300);

const runBody = z.strictObject({
  since: since.describe('Sessions with spans received since then; of the last day when left out'),
  sessions: z.array(sessionId).min(1).max(1_000).optional().describe('These alone'),
  force: z.boolean().default(false).describe('Also those whose summary is up to date'),
  model: modelName.optional(),
});

const side = z
  .strictObject({
    model: z.string().max(200).optional().describe('The configured one when left out; "" asks none'),
    instructions: z.string().min(20).max(20_000).optional().describe('The built-in ones when left out'),
  })
  .default({});

const compareBody = z.strictObject({
  a: side,
  b: side,
  since,
  sessions: z.number().int().min(1).max(500).default(20).describe('The latest so many'),
});

const spend = z.object({ tokens: z.number(), usd: z.number() });
const period = z.object({ period: z.string(), spent: spend, reserved: spend });

const budgetSchema = z.object({
  provider: z.string(),
  model: z.string(),
  limits: z.object({ session: spend, day: spend, month: spend }),
  day: period,
  month: period,
  stopped: z.enum(['', 'day', 'month']).describe('Whose limit stops calls at this moment'),
  paused: z.boolean().describe('The provider failed several times in a row and is left alone for a while'),
  notice: z.string().describe('The same in words; empty when calls are made'),
});

/** The default of `since`. */
const DAY_MICROS = 86_400_000_000;

/** Summaries by wish, comparisons of prompts and models, and what language models cost. */
export const summaryRoutes: Routes = (app, services) => {
  const config = { permission: 'orgs:manage' } as const;
  const content = createContentAccess(services);

  async function summariesOf(org: string): Promise<OrgSummaries> {
    const summaries = await services.summaries(org);
    if (summaries === undefined)
      throw new CodedError('CONFLICT', 'This server runs no engine that summarises sessions');
    return summaries;
  }

  const from = (text: string | undefined) =>
    text === undefined ? services.clock() * 1_000 - DAY_MICROS : Date.parse(text) * 1_000;

  app.post(
    '/api/v1/summaries/runs',
    {
      config,
      schema: { body: runBody, response: { 200: z.string().describe('NDJSON: progress, at last the result') } },
    },
    async (request, reply) => {
      const { org } = principalOf(request);
      const { since, sessions: ids, force, model } = request.body;
      const summaries = await summariesOf(org);
      const gone = new AbortController();
      reply.raw.once('close', () => gone.abort());
      await audit(services, request, 'summaries.run', org, `${force ? 'forced, ' : ''}${model ?? 'configured model'}`);
      const lines = progressLines<object>(
        (onProgress) =>
          summaries
            .run({ since: from(since), ids, force, model }, (done) => onProgress(inSnakeCase(done)), gone.signal)
            .then(inSnakeCase),
        'The run failed',
      );
      return reply.type('application/x-ndjson').send(Readable.from(lines) as never);
    },
  );

  app.post(
    '/api/v1/summaries/comparisons',
    {
      config,
      schema: { body: compareBody, response: { 200: z.string().describe('NDJSON: progress, at last the result') } },
    },
    async (request, reply) => {
      const { org } = principalOf(request);
      const { a, b, since, sessions: limit } = request.body;
      const summaries = await summariesOf(org);
      const gone = new AbortController();
      reply.raw.once('close', () => gone.abort());
      await audit(services, request, 'summaries.compare', org, `${limit} sessions`);
      const lines = progressLines<object>(
        (onProgress) =>
          summaries.compare(
            { a, b },
            { since: from(since), limit },
            { signal: gone.signal, onProgress: (done, sessions) => onProgress({ done, sessions }) },
          ),
        'The comparison failed',
      );
      return reply.type('application/x-ndjson').send(Readable.from(lines) as never);
    },
  );

  app.get(
    '/api/v1/sessions/:id/summary',
    {
      config: { permission: 'traces:own' },
      schema: {
        params: z.object({ id: sessionId }),
        response: { 200: z.object({ summary: sessionSummarySchema.nullable().describe('Null until it is made') }) },
      },
    },
    async (request) => {
      const principal = principalOf(request);
      const { id } = request.params;
      const reason = await content.to(principal, { session: id });
      const mayReadContent = reason !== 'hidden' || (await content.inSql(principal));
      return { summary: await readSessionSummary(services.store, orgDatabase(principal.org), id, mayReadContent) };
    },
  );

  app.get('/api/v1/summaries/budget', { config, schema: { response: { 200: budgetSchema } } }, async (request) => {
    const { org } = principalOf(request);
    const summaries = await summariesOf(org);
    const [{ limits, day, month, stopped, paused }, model] = await Promise.all([
      summaries.status(),
      services.models.show(org),
    ]);
    return {
      provider: model.provider,
      model: model.model,
      limits: { session: { ...limits.subject }, day: { ...limits.day }, month: { ...limits.month } },
      day: shownPeriod(day),
      month: shownPeriod(month),
      stopped,
      paused,
      notice: noticeOf(stopped, paused),
    };
  });
};

type Usage = Awaited<ReturnType<OrgSummaries['status']>>['day'];

function shownPeriod({ period: name, settled, reserved }: Usage): z.output<typeof period> {
  const shown = ({ tokens, nanoUsd }: Usage['settled']) => ({ tokens, usd: nanoUsd / 1e9 });
  return { period: name, spent: shown(settled), reserved: shown(reserved) };
}

function noticeOf(stopped: '' | 'day' | 'month', paused: boolean): string {
  if (stopped !== '') {
    return `The budget of the ${stopped} for language models is spent; sessions are summarised without a model until the next`;
  }
  return paused ? 'The provider of language models fails; calls are held back and tried again' : '';
}

function inSnakeCase(record: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).map(([key, value]) => [
      key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  );
}
