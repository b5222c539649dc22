/**
 * A session as detectors see it: every stored span of it, oldest first. Redacted; the text fields are previews. Columns are
 * those of otel_traces that detections need, in its spelling.
 */
export interface Session {
  readonly id: string;
  readonly spans: readonly SessionSpan[];
}

export interface SessionSpan {
  readonly TraceId: string;
  readonly SpanId: string;
  readonly ParentSpanId: string;
  /** ClickHouse DateTime64(9) text, UTC. */
  readonly Timestamp: string;
  /** Nanoseconds. */
  readonly Duration: string;
  readonly SpanName: string;
  readonly StatusCode: string;
  readonly Kind: string;
  readonly UserId: string;
  readonly AgentId: string;
  readonly AgentName: string;
  readonly AgentVersion: string;
  readonly AgentFramework: string;
  readonly Model: string;
  readonly ToolName: string;
  readonly ToolCategory: string;
  readonly ToolDirection: string;
  readonly Decision: string;
  readonly DecisionTool: string;
  readonly Step: number;
  readonly StepCount: number;
  readonly InputSource: string;
  readonly MemoryOperation: string;
  readonly WriteProvenance: string;
  readonly InputTokens: string;
  readonly OutputTokens: string;
  readonly CostUsd: number;
  readonly ToolArgumentsPreview: string;
  readonly ToolResultPreview: string;
}
