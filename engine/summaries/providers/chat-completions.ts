import { APIConnectionError, APIError, type OpenAI } from 'openai';
import type { ChatCompletionChunk, ChatCompletionCreateParamsStreaming } from 'openai/resources/chat/completions';
import { askedPauseMs, ModelFailure, reasonOfStatus } from './model-failure.ts';
import type { ModelAnswer, ModelRequest, TokenUse } from './model-provider.ts';

/** No token of any model is longer in characters on average over an answer; what is longer comes from no honest server. */
const CHARACTERS_PER_TOKEN = 16;

/** What servers that speak this protocol differ in. */
export interface Dialect {
  readonly limit: 'max_completion_tokens' | 'max_tokens';
  /** Whether `store: false` is sent, which keeps the exchange out of the provider's storage. */
  readonly store: boolean;
}

/**
 * One chat completion over a stream, so that an answer that runs away is cut off while it comes. The answer's form is a strict
 * JSON schema; no tools are offered.
 */
export async function completeChat(
  client: OpenAI,
  request: ModelRequest,
  dialect: Dialect,
  signal: AbortSignal,
): Promise<ModelAnswer> {
  try {
    const stream = await client.chat.completions.create(paramsOf(request, dialect), { signal });
    return await readStream(stream, request, signal);
  } catch (error) {
    throw failureOf(error);
  }
}

function paramsOf(request: ModelRequest, { limit, store }: Dialect): ChatCompletionCreateParamsStreaming {
  return {
    model: request.model,
    messages: [
      { role: 'system', content: request.instructions },
      { role: 'user', content: request.data },
    ],
    response_format: {
      type: 'json_schema',
      json_schema: { name: request.schemaName, strict: true, schema: { ...request.schema } },
    },
    [limit]: request.maxOutputTokens,
    ...(store && { store: false }),
    stream: true,
    stream_options: { include_usage: true },
  };
}

async function readStream(
  stream: AsyncIterable<ChatCompletionChunk>,
  { maxOutputTokens, model }: ModelRequest,
  signal: AbortSignal,
): Promise<ModelAnswer> {
  let text = '';
  let refused = false;
  let finish: string | null = null;
  let use: TokenUse | undefined;
  let answering = model;
  for await (const chunk of stream) {
    if (typeof chunk.model === 'string' && chunk.model !== '') answering = chunk.model.slice(0, 200);
    const choice = chunk.choices?.[0];
    if (typeof choice?.delta?.content === 'string') text += choice.delta.content;
    if (choice?.delta?.refusal) refused = true;
    finish = choice?.finish_reason ?? finish;
    use = countsOf(chunk.usage) ?? use;
    if (text.length > maxOutputTokens * CHARACTERS_PER_TOKEN) throw new ModelFailure('unreadable', { uncounted: true });
  }
  // The client ends a stream that was aborted as if it had come to its end.
  if (signal.aborted || finish === null) throw new ModelFailure('unavailable', { use, uncounted: true });
  if (refused || finish === 'content_filter') throw new ModelFailure('refused', { use, uncounted: true });
  if (finish !== 'stop') throw new ModelFailure('unreadable', { use, uncounted: true });
  return { text, model: answering, use };
}

function countsOf(usage: ChatCompletionChunk['usage']): TokenUse | undefined {
  const { prompt_tokens: inputTokens, completion_tokens: outputTokens } = usage ?? {};
  return isCount(inputTokens) && isCount(outputTokens) ? { inputTokens, outputTokens } : undefined;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function failureOf(error: unknown): ModelFailure {
  if (error instanceof ModelFailure) return error;
  // No connection, or none in time: whether the request arrived is not known.
  if (error instanceof APIConnectionError) return new ModelFailure('unavailable', { uncounted: true });
  if (error instanceof APIError) {
    if (error.status === undefined) return new ModelFailure('unavailable', { uncounted: true });
    const retryAfterMs = askedPauseMs((name) => error.headers?.get(name));
    return new ModelFailure(reasonOfStatus(error.status), { retryAfterMs });
  }
  // The stream broke off, or held what is no JSON.
  return new ModelFailure(error instanceof SyntaxError ? 'unreadable' : 'unavailable', { uncounted: true });
}
