import type { IncomingMessage } from 'node:http';
import type { BodyBudget } from './body-budget.ts';
import type { OtlpEncoding } from './decode-traces.ts';
import { contentEncodingOf, contentLengthOf } from './negotiate.ts';
import { bodyTooLarge, readBody } from './read-body.ts';
import type { ReceiverLimits } from './receiver-limits.ts';
import { passingUnlessRefused } from './refusal.ts';

/** One export request, uncompressed. */
export interface TraceRequest {
  readonly org: string;
  readonly encoding: OtlpEncoding;
  readonly body: Uint8Array;
}

/** What became of its spans. */
export interface TakenTraces {
  readonly accepted: number;
  readonly rejected: number;
  /** Why spans were rejected or cut; bounded, free of content. */
  readonly errors: readonly string[];
}

export interface TraceSink {
  /**
   * Finds the org of an `Authorization` header. Called before the body is read. Rejects with UNAUTHENTICATED (401) or FORBIDDEN
   * (403); any other rejection answers 503, for the token may be good.
   */
  authenticate(authorization: string | undefined): Promise<{ org: string }>;
  /**
   * Decodes a request and stores its spans; the request is acknowledged when this resolves, so resolve only when the rows are safe.
   * Rejects with BAD_REQUEST (400) or TOO_LARGE (413) for a body that can't be decoded, OVERLOADED (429), STORE_UNAVAILABLE or
   * SHUTTING_DOWN (503), with `extra.retryAfterSeconds` if it knows better than the default. Any other rejection answers 503, so that
   * the sender keeps the batch and tries again.
   */
  take(request: TraceRequest): Promise<TakenTraces>;
}

/** What is known of a request so far; filled on the way, so that it can be told of refused requests too. */
export interface Progress {
  org: string;
  wireBytes: number;
  receivedBytes: number;
  acceptedSpans: number;
  rejectedSpans: number;
}

/** What all requests share. */
export interface Receiving {
  readonly sink: TraceSink;
  readonly limits: ReceiverLimits;
  readonly budget: BodyBudget;
}

/** Takes one export request from its headers to the store. Throws what `refusalOf` makes an answer of. */
export async function receiveTraces(
  request: IncomingMessage,
  encoding: OtlpEncoding,
  progress: Progress,
  { sink, limits, budget }: Receiving,
): Promise<TakenTraces> {
  progress.org = await authenticate(sink, request.headers.authorization);
  const compression = contentEncodingOf(request.headers);
  const announced = contentLengthOf(request.headers);
  if (announced > limits.maxBodyBytes) throw bodyTooLarge(limits);

  const reservation = budget.reserve(announced);
  try {
    const body = await readBody(request, compression, limits, reservation.raiseTo);
    progress.wireBytes = body.wireBytes;
    progress.receivedBytes = body.bytes.length;
    const traces = await take(sink, { org: progress.org, encoding, body: body.bytes });
    progress.acceptedSpans = traces.accepted;
    progress.rejectedSpans = traces.rejected;
    return traces;
  } finally {
    reservation.release();
  }
}

async function authenticate(sink: TraceSink, authorization: string | undefined): Promise<string> {
  try {
    return (await sink.authenticate(authorization)).org;
  } catch (error) {
    throw passingUnlessRefused(error, 'the token could not be checked: send the batch again later');
  }
}

async function take(sink: TraceSink, request: TraceRequest): Promise<TakenTraces> {
  try {
    return await sink.take(request);
  } catch (error) {
    throw passingUnlessRefused(error, 'the batch could not be stored: send it again later');
  }
}
