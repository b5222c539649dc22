import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance } from 'fastify';
import { CodedError } from '../../engine/core/errors.ts';

/** A hundred a second: far above what pages and scripts need, far below what holds up colleagues. */
const DEFAULT_A_MINUTE = 6_000;
const WINDOW_MS = 60_000;

/**
 * A bound on the requests of each token or person, counted in this process, so that one runaway script does not slow down everybody else.
 * Every answer says how much is left; beyond it 429 with Retry-After. Requests without a token are refused before they count here.
 */
export async function limitRequests(app: FastifyInstance, aMinute = DEFAULT_A_MINUTE): Promise<void> {
  await app.register(rateLimit, {
    max: aMinute,
    timeWindow: WINDOW_MS,
    // Who asks is known only after the first hook.
    hook: 'preHandler',
    keyGenerator: ({ principal }) => principal?.id ?? '',
    allowList: ({ principal }) => principal === undefined,
    enableDraftSpec: true,
    errorResponseBuilder: (_request, { max }) =>
      new CodedError('RATE_LIMITED', `At most ${max} requests a minute for each token or person`),
  });
}
