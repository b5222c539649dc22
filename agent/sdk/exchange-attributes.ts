import type { Attributes } from '@opentelemetry/api';
import { isObject, type JsonObject } from '../../engine/core/dialects/parse-json.ts';

/** A number or text in a body, by its first path that leads to one. */
type Paths = readonly string[];

const REQUESTED: readonly (readonly [string, Paths])[] = [
  ['gen_ai.request.model', ['model', 'modelId']],
  [
    'gen_ai.request.max_tokens',
    ['max_tokens', 'max_completion_tokens', 'max_output_tokens', 'inferenceConfig.maxTokens'],
  ],
  ['gen_ai.request.temperature', ['temperature', 'inferenceConfig.temperature']],
];
const ANSWERED: readonly (readonly [string, Paths])[] = [
  ['gen_ai.response.model', ['model']],
  ['gen_ai.response.id', ['id']],
];
const INPUT: Paths = ['usage.prompt_tokens', 'usage.input_tokens', 'usage.inputTokens'];
const OUTPUT: Paths = ['usage.completion_tokens', 'usage.output_tokens', 'usage.outputTokens'];
/** OpenAI counts cached tokens in its input, Anthropic and Bedrock beside it. */
const CACHED_WITHIN: Paths = ['usage.prompt_tokens_details.cached_tokens', 'usage.input_tokens_details.cached_tokens'];
const CACHE_READ: Paths = ['usage.cache_read_input_tokens', 'usage.cacheReadInputTokens'];
const CACHE_WRITE: Paths = ['usage.cache_creation_input_tokens', 'usage.cacheWriteInputTokens'];
const REASONING: Paths = [
  'usage.completion_tokens_details.reasoning_tokens',
  'usage.output_tokens_details.reasoning_tokens',
];
const FINISH: Paths = ['choices.0.finish_reason', 'stop_reason', 'stopReason', 'status'];

/** What the body of a request to a model says beside its text, as OpenTelemetry's GenAI conventions have it. */
export function requestAttributes(request: object): Attributes {
  const attributes: Attributes = {};
  for (const [key, paths] of REQUESTED) set(attributes, key, find(request, paths));
  return attributes;
}

/** The same of the answer. */
export function answerAttributes(answer: object): Attributes {
  const answered: Attributes = {};
  for (const [key, paths] of ANSWERED) set(answered, key, find(answer, paths));
  setUsage(answered, answer);
  const reason = find(answer, FINISH);
  if (typeof reason === 'string') answered['gen_ai.response.finish_reasons'] = [reason];
  return answered;
}

/** By the convention the input includes what was read from a cache and written to one. */
function setUsage(answered: Attributes, answer: object): void {
  const beside = (number(answer, CACHE_READ) ?? 0) + (number(answer, CACHE_WRITE) ?? 0);
  const input = number(answer, INPUT);
  set(answered, 'gen_ai.usage.input_tokens', input === undefined ? undefined : input + beside);
  set(answered, 'gen_ai.usage.output_tokens', number(answer, OUTPUT));
  set(answered, 'gen_ai.usage.cache_read.input_tokens', number(answer, CACHED_WITHIN) ?? number(answer, CACHE_READ));
  set(answered, 'gen_ai.usage.cache_creation.input_tokens', number(answer, CACHE_WRITE));
  set(answered, 'gen_ai.usage.reasoning.output_tokens', number(answer, REASONING));
}

function set(attributes: Attributes, key: string, value: string | number | undefined): void {
  if (value !== undefined) attributes[key] = value;
}

function number(body: object, paths: Paths): number | undefined {
  const value = find(body, paths);
  return typeof value === 'number' ? value : undefined;
}

function find(body: object, paths: Paths): string | number | undefined {
  for (const path of paths) {
    let at: unknown = body;
    for (const name of path.split('.'))
      at = Array.isArray(at) ? at[Number(name)] : isObject(at) ? (at as JsonObject)[name] : undefined;
    if (typeof at === 'string' || typeof at === 'number') return at;
  }
  return undefined;
}
