/**
 * What tells the calls behind spans apart. Several senders may report the same model call (two instrumentations, a tool's own
 * telemetry beside our hooks) and the same tool call: such spans have the same key. Columns of otel_traces.
 */
export const CALL_KEY = `cityHash64(multiIf(
  Kind = 'llm' AND ResponseId != '', ('model', '', ResponseId),
  Kind = 'tool' AND ToolCallId != '', ('tool', SessionId, ToolCallId),
  ('span', TraceId, SpanId)))`;

/** Whether a span says what a call used. */
export const SAYS_USAGE = 'InputTokens + CacheReadTokens + CacheWriteTokens + OutputTokens > 0 OR CostUsd > 0';

/**
 * A subquery of spans with `call` beside their columns: of a call that several report, one that says what it used, and one that
 * does not. Sums over it count each call once; count calls by uniqExact(call).
 */
export function spansOnce(condition: string): string {
  return `(SELECT *, ${CALL_KEY} AS call FROM otel_traces FINAL WHERE ${condition} LIMIT 1 BY call, ${SAYS_USAGE})`;
}
