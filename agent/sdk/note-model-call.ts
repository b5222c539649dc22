import type { Attributes } from '@opentelemetry/api';
import type { TokenCounts } from '../../engine/core/agent-span.ts';
import { INNER_CALL_KEY } from '../../engine/core/dialects/normalise.ts';
import { NO_TOKENS } from '../../engine/core/dialects/usage.ts';
import type { SpanNode } from '../../engine/core/enrichment/creation-order.ts';
import { type LiveSpan, MAX_ANCESTORS } from './live-span.ts';

/** What a span is told of the model's call that it is. */
interface NotedCall {
  /** It reports a call that the span around it reports too. */
  readonly inner: boolean;
  readonly attributes: Attributes;
}

export const NO_CALL: NotedCall = { inner: false, attributes: {} };

/**
 * Counts a model's call once, however many instrumentations report it: the outermost span keeps it, and gets the tokens of those
 * inside where it has none. Tells the ancestors that the call carried a system prompt.
 */
export function noteModelCall({ span: { agent } }: SpanNode, live: LiveSpan): NotedCall {
  if (agent.content.systemPrompt !== '') tellOfPrompt(live);
  const tokens = agent.tokens === NO_TOKENS ? live.inside : agent.tokens;
  const outer = outerCall(live);
  if (outer !== undefined) {
    if (tokens !== undefined) outer.inside = outer.inside === undefined ? tokens : sum(outer.inside, tokens);
    return { inner: true, attributes: { [INNER_CALL_KEY]: true } };
  }
  if (live.scope.run !== undefined) live.scope.run.modelCalls++;
  return { inner: false, attributes: tokens === live.inside && tokens !== undefined ? usage(tokens) : {} };
}

/**
 * The open model's call around this one, with nothing of an agent between them, that another instrumentation reports: one that
 * nests its own calls (LangSmith's runs) means a call and what it is made of.
 */
function outerCall(live: LiveSpan): LiveSpan | undefined {
  let above = live.parent;
  for (let depth = 0; above?.node?.span.agent.kind === '' && depth < MAX_ANCESTORS; depth++) above = above.parent;
  if (above?.node?.span.agent.kind !== 'llm' || above.ended) return undefined;
  return above.span.instrumentationScope.name === live.span.instrumentationScope.name ? undefined : above;
}

function tellOfPrompt(live: LiveSpan): void {
  let above = live.parent;
  for (let depth = 0; above !== undefined && depth < MAX_ANCESTORS; depth++, above = above.parent) {
    above.promptBelow = true;
  }
}

function sum(a: TokenCounts, b: TokenCounts): TokenCounts {
  return {
    uncachedInput: a.uncachedInput + b.uncachedInput,
    cacheRead: a.cacheRead + b.cacheRead,
    cacheWrite: a.cacheWrite + b.cacheWrite,
    output: a.output + b.output,
    reasoning: a.reasoning + b.reasoning,
  };
}

/** As OpenTelemetry's GenAI conventions have them: the input includes what was cached. */
function usage(tokens: TokenCounts): Attributes {
  return {
    'gen_ai.usage.input_tokens': tokens.uncachedInput + tokens.cacheRead + tokens.cacheWrite,
    'gen_ai.usage.cache_read.input_tokens': tokens.cacheRead,
    'gen_ai.usage.cache_creation.input_tokens': tokens.cacheWrite,
    'gen_ai.usage.output_tokens': tokens.output,
    'gen_ai.usage.reasoning.output_tokens': tokens.reasoning,
  };
}
