/**
 * A session as a detector sees it: every stored span of it, oldest first, with the columns that the detector asked for.
 * Redacted; the text fields are previews.
 */
export interface Session<Column extends SessionColumn = SessionColumn> {
  readonly id: string;
  readonly spans: readonly Pick<SessionSpan, Column>[];
}

export type SessionColumn = keyof SessionSpan;

/** Columns of otel_traces that detectors may ask for, in its spelling. */
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
  readonly ToolCallId: string;
  /** Keyed hashes as unsigned decimals, here and below; see provenance.ts. */
  readonly TrustedRefs: readonly string[];
  readonly UntrustedRefs: readonly string[];
  readonly RequestKinds: number;
  readonly RequestDelegates: boolean;
  readonly RequestWords: readonly number[];
  readonly 'Calls.Id': readonly string[];
  readonly 'Calls.Tool': readonly string[];
  readonly 'Calls.Kinds': readonly number[];
  readonly 'Calls.Objects': readonly (readonly number[])[];
  readonly 'Calls.Words': readonly (readonly number[])[];
  readonly 'Calls.Refs': readonly (readonly string[])[];
  readonly 'Instructions.Strength': readonly number[];
  readonly 'Instructions.Kinds': readonly number[];
  readonly 'Instructions.Words': readonly (readonly number[])[];
  readonly 'Instructions.Refs': readonly (readonly string[])[];
  readonly 'Instructions.Targets': readonly (readonly string[])[];
}
