import type { FastifyReply } from 'fastify';
import type { OtlpEncoding } from './decode-export.ts';
import { type Refusal, rpcStatus } from './rpc-status.ts';

/** Sends `body`, a message in the given encoding. Never compressed: the largest answer is about a kilobyte. */
export function answer(reply: FastifyReply, encoding: OtlpEncoding, status: number, body: Buffer): FastifyReply {
  const type = encoding === 'json' ? 'application/json' : 'application/x-protobuf';
  return reply.code(status).header('content-type', type).send(body);
}

/** Sends a google.rpc.Status, with the headers that go with its HTTP status. */
export function refuse(reply: FastifyReply, encoding: OtlpEncoding, refusal: Refusal): FastifyReply {
  if (refusal.retryAfterSeconds !== undefined) reply.header('retry-after', refusal.retryAfterSeconds);
  if (refusal.status === 401) reply.header('www-authenticate', 'Bearer');
  if (refusal.status === 415) reply.header('accept-encoding', 'gzip, deflate, identity');
  return answer(reply, encoding, refusal.status, rpcStatus(encoding, refusal));
}
