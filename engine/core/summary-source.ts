/** A span as a transcript needs it. Redacted; texts are previews. */
export interface TranscriptSpan {
  readonly TraceId: string;
  readonly SpanId: string;
  readonly ParentSpanId: string;
  /** DateTime64(9) text, UTC. */
  readonly Timestamp: string;
  readonly SpanName: string;
  readonly ServiceName: string;
  readonly Kind: string;
  readonly AgentName: string;
  readonly AgentId: string;
  readonly CallerAgentId: string;
  readonly Model: string;
  readonly ToolName: string;
  readonly ToolCategory: string;
  readonly ToolDirection: string;
  readonly McpServer: string;
  readonly Decision: string;
  readonly GuardrailVerdict: string;
  readonly StatusCode: string;
  readonly StatusMessage: string;
  readonly InputSource: string;
  readonly WriteProvenance: string;
  readonly PromptPreview: string;
  readonly CompletionPreview: string;
  readonly ToolArgumentsPreview: string;
  readonly ToolResultPreview: string;
}

/** What a rule found in the session. */
export interface SourceFinding {
  readonly rule_id: string;
  readonly title: string;
  readonly severity: string;
  readonly evidence: readonly { readonly trace_id: string; readonly span_id: string }[];
}

/** All that a summary is made from: every span of the session, oldest first, across traces and processes. */
export interface SummarySource {
  readonly id: string;
  readonly spans: readonly TranscriptSpan[];
  /** Spans beyond those that were read. */
  readonly omitted: number;
  readonly findings: readonly SourceFinding[];
}

/** Where a session and its summary stand. */
export interface SessionState {
  readonly id: string;
  /** Hash over its spans: a span that comes late changes it, one that is sent again does not. */
  readonly version: string;
  readonly spans: number;
  /** Microseconds since 1970. */
  readonly lastIngested: number;
  /** Whether a span of it says that it has ended. */
  readonly ended: boolean;
  /** Undefined while there is none. */
  readonly summary:
    | undefined
    | {
        readonly version: string;
        readonly revision: number;
        readonly promptHash: string;
        readonly model: string;
        readonly fallback: string;
        /** Microseconds since 1970. */
        readonly madeAt: number;
      };
}
