import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { CodedError, ERRORS, type ErrorCode, isCoded } from '../../engine/core/errors.ts';

/** Fastify's own refusals, by status. */
const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: 'BAD_REQUEST',
  404: 'NOT_FOUND',
  413: 'TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
};

/** Codes whose messages and extras are meant for whoever asked. Of others only the title is told. */
const PRIVATE: ReadonlySet<ErrorCode> = new Set([
  'INTERNAL',
  'CONFIG_INVALID',
  'MIGRATION_FAILED',
  'STORE_REFUSED',
  'STORE_UNAVAILABLE',
  'DATA_FOLDER_LOCKED',
  'RULE_FAILED',
]);

/** Every error answers as a problem document (RFC 9457) out of the one catalogue. */
export function answerProblems(app: FastifyInstance, logError: (error: unknown, requestId: string) => void): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const coded = toCoded(error);
    if (coded.status >= 500) logError(error, request.id);
    return sendProblem(request, reply, coded);
  });
  app.setNotFoundHandler((request, reply) =>
    sendProblem(request, reply, new CodedError('NOT_FOUND', 'There is no such route')),
  );
}

function sendProblem(request: FastifyRequest, reply: FastifyReply, error: CodedError): FastifyReply {
  const { status, title, retryable } = ERRORS[error.code];
  const isPrivate = PRIVATE.has(error.code);
  if (status === 401) reply.header('www-authenticate', 'Bearer realm="spanwarden"');
  if (retryable && !reply.hasHeader('retry-after'))
    reply.header('retry-after', String(error.extra['retry_after_seconds'] ?? 1));
  // Serialised here: the route's own schema describes its answers, not its problems.
  const body = JSON.stringify({
    ...(isPrivate ? {} : error.extra),
    type: `urn:spanwarden:problem:${error.code.toLowerCase().replaceAll('_', '-')}`,
    title,
    status,
    ...(isPrivate ? {} : { detail: error.message }),
    code: error.code,
    request_id: request.id,
  });
  return reply.code(status).header('content-type', 'application/problem+json').serializer(String).send(body);
}

function toCoded(error: FastifyError): CodedError {
  if (isCoded(error)) return error;
  if (hasZodFastifySchemaValidationErrors(error)) {
    const errors = error.validation.map(({ instancePath, message }) => ({ path: instancePath, message }));
    const [first] = errors;
    const where = `${error.validationContext ?? 'request'}${first?.path ?? ''}`;
    return new CodedError('BAD_REQUEST', `${where}: ${first?.message ?? 'not valid'}`, { extra: { errors } });
  }
  const code = BY_STATUS[error.statusCode ?? 500];
  // Fastify's own messages about requests name limits and media types, never content; those about JSON may quote it.
  if (code)
    return new CodedError(
      code,
      error.code === 'FST_ERR_CTP_BODY_TOO_LARGE' ? 'The body is too large' : ERRORS[code].title,
    );
  return new CodedError('INTERNAL', 'Unexpected error', { cause: error });
}
