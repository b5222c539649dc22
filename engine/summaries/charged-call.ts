import type { Clock } from '../core/clock.ts';
import type { CallLedger, CallRecord } from './call-ledger.ts';
import type { OpenModel } from './open-model.ts';
import { ModelFailure } from './providers/model-failure.ts';
import type { ModelProvider, ModelRequest } from './providers/model-provider.ts';
import type { Question } from './question.ts';
import { readAnswer } from './read-answer.ts';
import { spendOf } from './spend.ts';
import type { Spending } from './spending.ts';

/** What providers add to a request of their own (roles, the tool's frame), generously; Bedrock's tool frame is the largest. */
const FRAME_TOKENS = 1_024;

export interface ChargingOptions {
  readonly ledger: Pick<CallLedger, 'record'>;
  readonly spending: Pick<Spending, 'reserve'>;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly elapsed: () => number;
  /** Throws when another process may work on the org. */
  readonly assertHeld: () => void;
  readonly onCall?: ((call: CallRecord) => void) | undefined;
}

/** One request for a question. */
export interface Call<Answer> {
  readonly opened: OpenModel;
  readonly request: ModelRequest;
  readonly question: Pick<Question<Answer>, 'purpose' | 'subject' | 'schema' | 'signal'>;
  readonly promptHash: string;
  readonly redact: (text: string) => string;
}

export interface Called<Answer> {
  readonly record: CallRecord;
  /** Undefined when there is no answer of the question's form. */
  readonly answer: { readonly value: Answer } | undefined;
  readonly failure: ModelFailure | undefined;
}

/**
 * One request to a provider, from its reservation to its settlement, in the ledger with its exact cost. Throws NoAnswer when a limit stops
 * it, what the ledger and `assertHeld` throw, and the signal's reason.
 */
export async function chargedCall<Answer>(
  { opened, request, question, promptHash, redact }: Call<Answer>,
  { ledger, spending, timeoutMs, clock, elapsed, assertHeld, onCall }: ChargingOptions,
): Promise<Called<Answer>> {
  assertHeld();
  const mostInput = mostTokens(request);
  const most = spendOf(mostInput, request.maxOutputTokens, opened.prices);
  const reservation = await spending.reserve(question.subject, most);
  const begun = elapsed();
  const reserved: CallRecord = {
    id: crypto.randomUUID(),
    at: clock(),
    purpose: question.purpose,
    subject: question.subject,
    provider: opened.provider.kind,
    model: request.model,
    promptHash,
    settled: false,
    outcome: 'reserved',
    inputTokens: mostInput,
    outputTokens: request.maxOutputTokens,
    counted: false,
    nanoUsd: most.nanoUsd,
    latencyMs: 0,
  };
  try {
    await ledger.record(reserved);
  } catch (error) {
    // Nothing was sent. Whether the row is there is not known; if it is, it errs on the side of stopping early.
    reservation.settle({ tokens: 0, nanoUsd: 0 });
    throw error;
  }
  const { answer: said, failure, aborted } = await send(opened.provider, request, question.signal, timeoutMs);
  const use = said?.use ?? failure?.use;
  const charged = use ?? (said || failure?.uncounted ? reserved : { inputTokens: 0, outputTokens: 0 });
  const spent = spendOf(charged.inputTokens, charged.outputTokens, opened.prices);
  reservation.settle(spent);
  const answer = said && readAnswer(said.text, question.schema, redact);
  const record: CallRecord = {
    ...reserved,
    settled: true,
    model: said?.model ?? request.model,
    outcome: failure?.reason ?? (answer ? 'answered' : 'invalid'),
    inputTokens: charged.inputTokens,
    outputTokens: charged.outputTokens,
    counted: use !== undefined || spent.tokens === 0,
    nanoUsd: spent.nanoUsd,
    latencyMs: Math.round(elapsed() - begun),
  };
  await ledger.record(record);
  onCall?.(record);
  if (aborted) question.signal?.throwIfAborted();
  return { record, answer, failure };
}

async function send(
  provider: ModelProvider,
  request: ModelRequest,
  signal: AbortSignal | undefined,
  timeoutMs: number,
) {
  const limit = AbortSignal.timeout(timeoutMs);
  try {
    const answer = await provider.complete(request, signal ? AbortSignal.any([signal, limit]) : limit);
    return { answer, failure: undefined, aborted: false };
  } catch (error) {
    const failure = error instanceof ModelFailure ? error : new ModelFailure('unavailable', { uncounted: true });
    return { answer: undefined, failure, aborted: signal?.aborted ?? false };
  }
}

/** No tokenizer makes more tokens of a text than it has bytes. */
function mostTokens({ instructions, data, schema }: ModelRequest): number {
  return (
    Buffer.byteLength(instructions) + Buffer.byteLength(data) + Buffer.byteLength(JSON.stringify(schema)) + FRAME_TOKENS
  );
}
