import type { IncomingMessage } from 'node:http';
import type { Clock } from '../../engine/core/clock.ts';
import type { Span } from '../../engine/core/span.ts';
import type { BodyBudget, Reservation } from './body-budget.ts';
import { WEIGHT_BYTES } from './decode-limits.ts';
import { type DecodedTraces, decodeTraces, type OtlpEncoding } from './decode-traces.ts';
import { contentEncodingOf, contentLengthOf } from './negotiate.ts';
import { bodyTooLarge, type ContentEncoding, readBody } from './read-body.ts';
import type { ReceiverLimits } from './receiver-limits.ts';
import { passingUnlessRefused } from './refusal.ts';

/** The valid spans of one request, at least one. */
export interface ReceivedBatch {
  readonly org: string;
  readonly spans: Span[];
  /** Size of the request's body, decompressed. */
  readonly receivedBytes: number;
}

export interface TraceSink {
  /**
   * Finds the org of an `Authorization` header. Called before the body is read. Rejects with UNAUTHENTICATED (401) or FORBIDDEN
   * (403); any other rejection answers 503, for the token may be good.
   */
  authenticate(authorization: string | undefined): Promise<{ org: string }>;
  /**
   * Stores a batch; the request is acknowledged when this resolves, so resolve only when the rows are safe. Rejects with OVERLOADED
   * (429), STORE_UNAVAILABLE or SHUTTING_DOWN (503), with `extra.retryAfterSeconds` if it knows better than the default. Any
   * other rejection that is no refusal of the request (4xx) answers 503, so that the sender keeps the batch and tries again.
   */
  accept(batch: ReceivedBatch): Promise<void>;
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
  readonly clock: Clock;
}

/** Takes one export request from its headers to the store. Throws what `refusalOf` makes an answer of. */
export async function receiveTraces(
  request: IncomingMessage,
  encoding: OtlpEncoding,
  progress: Progress,
  receiving: Receiving,
): Promise<DecodedTraces> {
  const { sink, limits, budget } = receiving;
  progress.org = await authenticate(sink, request.headers.authorization);
  const compression = contentEncodingOf(request.headers);
  const announced = contentLengthOf(request.headers);
  if (announced > limits.maxBodyBytes) throw bodyTooLarge(limits);

  const reservation = budget.reserve(announced);
  try {
    const traces = await readAndDecode(request, encoding, compression, progress, receiving, reservation);
    reservation.raiseTo(progress.receivedBytes + traces.weight * WEIGHT_BYTES);
    await store(sink, { org: progress.org, spans: traces.spans, receivedBytes: progress.receivedBytes });
    progress.acceptedSpans = traces.spans.length;
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

/** A function of its own, so that the body is garbage while its spans are being stored. */
async function readAndDecode(
  request: IncomingMessage,
  encoding: OtlpEncoding,
  compression: ContentEncoding,
  progress: Progress,
  { limits, clock }: Receiving,
  reservation: Reservation,
): Promise<DecodedTraces> {
  const body = await readBody(request, compression, limits, reservation.raiseTo);
  progress.wireBytes = body.wireBytes;
  progress.receivedBytes = body.bytes.length;
  return decodeTraces(body.bytes, encoding, limits.decode, clock);
}

async function store(sink: TraceSink, batch: ReceivedBatch): Promise<void> {
  if (batch.spans.length === 0) return;
  try {
    await sink.accept(batch);
  } catch (error) {
    throw passingUnlessRefused(error, 'the batch could not be stored: send it again later');
  }
}
