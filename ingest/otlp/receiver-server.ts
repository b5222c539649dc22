import type { Server } from 'node:http';
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { refuse } from './answer.ts';
import { answerBrokenRequest } from './broken-request.ts';
import { otlpEncodingOf } from './negotiate.ts';
import type { ReceiverLimits } from './receiver-limits.ts';

/** How often the server looks for requests that are past their time. */
const TIMEOUT_CHECK_MS = 1_000;

const CLOSING_SWEEP_MS = 50;

/** PEM. */
export interface TlsFiles {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** Authorities of client certificates: nobody else gets in. */
  readonly ca?: Buffer;
  readonly requestCert?: true;
  readonly rejectUnauthorized?: true;
}

/** A server with the limits of a receiver, whose own complaints are answered as OTLP wants it; without routes. */
export function newReceiverServer(limits: ReceiverLimits, tls: TlsFiles | undefined): FastifyInstance {
  const timeouts = { headersTimeout: limits.headersTimeoutMs, connectionsCheckingInterval: TIMEOUT_CHECK_MS };
  const app = fastify({
    ...(tls ? { https: { ...tls, ...timeouts, minVersion: 'TLSv1.2' } } : { http: timeouts }),
    logger: false,
    // Answered by the routes, in the encoding of the request.
    return503OnClosing: false,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: (error, request, reply) => refuseHead(error, request as FastifyRequest, reply),
  });
  app.server.maxConnections = limits.maxConnections;
  // Bodies are read by the handler, after authentication and within the budget.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _body, done) => done(null));
  app.setErrorHandler(refuseHead);
  return app;
}

/**
 * A server that is closing waits for its connections, but no longer looks after them itself: close those that fall idle, and at
 * last those of senders that would never finish.
 */
export function closeConnections(server: Server, graceMs: number): void {
  if (!server.listening) return;
  const sweep = setInterval(() => server.closeIdleConnections(), CLOSING_SWEEP_MS);
  const deadline = setTimeout(() => server.closeAllConnections(), graceMs);
  server.once('close', () => {
    clearInterval(sweep);
    clearTimeout(deadline);
  });
}

/** Answers Fastify's own complaints, which are about the head of a request. */
function refuseHead(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const refusal = { status: error.statusCode ?? 500, message: 'the head of the request is not valid' };
  return refuse(reply, otlpEncodingOf(request.headers) ?? 'json', refusal);
}
