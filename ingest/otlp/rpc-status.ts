import type { OtlpEncoding } from './decode-export.ts';
import { messageField, textField, varintField } from './wire-writer.ts';

/** Why a request was not served. `message` never holds any of its content. */
export interface Refusal {
  /** HTTP status. */
  readonly status: number;
  readonly message: string;
  /** With a status that asks for a retry: when. */
  readonly retryAfterSeconds?: number;
}

/** google.rpc.Code for the HTTP statuses that the receiver answers with; anything else is UNKNOWN. */
const RPC_CODES: Readonly<Record<number, number>> = {
  400: 3, // INVALID_ARGUMENT
  401: 16, // UNAUTHENTICATED
  403: 7, // PERMISSION_DENIED
  404: 12, // UNIMPLEMENTED
  405: 12,
  408: 4, // DEADLINE_EXCEEDED
  413: 3,
  415: 3,
  429: 8, // RESOURCE_EXHAUSTED
  500: 13, // INTERNAL
  502: 14, // UNAVAILABLE
  503: 14,
  504: 14,
};

const TYPE_URL = 'type.googleapis.com/google.rpc.';

/** A google.rpc.Status: with a BadRequest detail for 400, a RetryInfo where a retry is asked for. */
export function rpcStatus(encoding: OtlpEncoding, refusal: Refusal): Buffer {
  return encoding === 'json' ? jsonStatus(refusal) : protobufStatus(refusal);
}

/** google.rpc.Code, which is the status of a gRPC call. */
export function codeOf(refusal: Refusal): number {
  return RPC_CODES[refusal.status] ?? 2;
}

function jsonStatus(refusal: Refusal): Buffer {
  const { status, message, retryAfterSeconds } = refusal;
  const details: unknown[] = [];
  if (status === 400) {
    details.push({ '@type': `${TYPE_URL}BadRequest`, fieldViolations: [{ field: 'body', description: message }] });
  }
  if (retryAfterSeconds !== undefined) {
    details.push({ '@type': `${TYPE_URL}RetryInfo`, retryDelay: `${retryAfterSeconds}s` });
  }
  return Buffer.from(JSON.stringify({ code: codeOf(refusal), message, ...(details.length > 0 && { details }) }));
}

function protobufStatus(refusal: Refusal): Buffer {
  const { status, message, retryAfterSeconds } = refusal;
  const fields = [varintField(1, codeOf(refusal)), textField(2, message)];
  if (status === 400) {
    const violation = messageField(1, [textField(1, 'body'), textField(2, message)]);
    fields.push(messageField(3, packed('BadRequest', violation)));
  }
  if (retryAfterSeconds !== undefined) {
    const delay = messageField(1, [varintField(1, retryAfterSeconds)]);
    fields.push(messageField(3, packed('RetryInfo', delay)));
  }
  return Buffer.concat(fields);
}

/** The fields of a google.protobuf.Any. */
function packed(type: string, message: Buffer): Buffer[] {
  return [textField(1, TYPE_URL + type), messageField(2, [message])];
}
