import type { IncomingMessage } from 'node:http';
import type { BodyBudget } from './body-budget.ts';
import type { OtlpEncoding } from './decode-export.ts';
import { contentEncodingOf, contentLengthOf } from './negotiate.ts';
import { bodyTooLarge, readBody } from './read-body.ts';
import type { ReceiverLimits } from './receiver-limits.ts';
import { passingUnlessRefused } from './refusal.ts';
import type { Signal } from './signal.ts';

/** One export request, uncompressed. */
export interface ExportRequest {
  readonly signal: Signal;
  readonly org: string;
  readonly encoding: OtlpEncoding;
  readonly body: Uint8Array;
  readonly fromGateway?: boolean | undefined;
}

/** Who an Authorization header speaks for. */
export interface Sender {
  readonly org: string;
  /** It may tell of its records what it read before it redacted them: a gateway of the org. */
  readonly gateway?: boolean | undefined;
}

/** What became of its records: spans, log records or data points. */
export interface TakenExport {
  readonly accepted: number;
  readonly rejected: number;
  /** Why records were rejected or cut; bounded, free of content. */
  readonly errors: readonly string[];
}

export interface ExportSink {
  /**
   * Finds the org of an `Authorization` header. Called before the body is read. Rejects with UNAUTHENTICATED (401) or FORBIDDEN
   * (403); any other rejection answers 503, for the token may be good.
   */
  authenticate(authorization: string | undefined): Promise<Sender>;
  /**
   * Decodes a request and stores its records; the request is acknowledged when this resolves, so resolve only when the rows are safe.
   * Rejects with BAD_REQUEST (400) or TOO_LARGE (413) for a body that can't be decoded, OVERLOADED (429), STORE_UNAVAILABLE or
   * SHUTTING_DOWN (503), with `extra.retryAfterSeconds` if it knows better than the default. Any other rejection answers 503, so that
   * the sender keeps the batch and tries again.
   */
  take(request: ExportRequest): Promise<TakenExport>;
}

/** What is known of a request so far; filled on the way, so that it can be told of refused requests too. */
export interface Progress {
  org: string;
  wireBytes: number;
  receivedBytes: number;
  accepted: number;
  rejected: number;
}

export function newProgress(): Progress {
  return { org: '', wireBytes: 0, receivedBytes: 0, accepted: 0, rejected: 0 };
}

/** What all requests share. */
export interface Receiving {
  readonly sink: ExportSink;
  readonly limits: ReceiverLimits;
  readonly budget: BodyBudget;
}

/** Takes one export request from its headers to the store. Throws what `refusalOf` makes an answer of. */
export async function receiveExport(
  signal: Signal,
  request: IncomingMessage,
  encoding: OtlpEncoding,
  progress: Progress,
  { sink, limits, budget }: Receiving,
): Promise<TakenExport> {
  const { org, gateway: fromGateway } = await authenticate(sink, request.headers.authorization);
  progress.org = org;
  const compression = contentEncodingOf(request.headers);
  const announced = contentLengthOf(request.headers);
  if (announced > limits.maxBodyBytes) throw bodyTooLarge(limits);

  const reservation = budget.reserve(announced);
  try {
    const body = await readBody(request, compression, limits, reservation.raiseTo);
    progress.wireBytes = body.wireBytes;
    progress.receivedBytes = body.bytes.length;
    return await take(sink, { signal, org, encoding, body: body.bytes, fromGateway }, progress);
  } finally {
    reservation.release();
  }
}

/** Whom an Authorization header speaks for. Throws what `refusalOf` makes an answer of. */
export async function authenticate(sink: ExportSink, authorization: string | undefined): Promise<Sender> {
  try {
    return await sink.authenticate(authorization);
  } catch (error) {
    throw passingUnlessRefused(error, 'the token could not be checked: send the batch again later');
  }
}

/** Hands a request over and notes what became of it. Throws what `refusalOf` makes an answer of. */
export async function take(sink: ExportSink, request: ExportRequest, progress: Progress): Promise<TakenExport> {
  try {
    const taken = await sink.take(request);
    progress.accepted = taken.accepted;
    progress.rejected = taken.rejected;
    return taken;
  } catch (error) {
    throw passingUnlessRefused(error, 'the batch could not be stored: send it again later');
  }
}
