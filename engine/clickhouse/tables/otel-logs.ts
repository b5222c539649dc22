import type { LogRecord } from '../../core/log-record.ts';
import type { RedactedSpan, RedactionFinding } from '../../core/redacted-span.ts';
import { type Cell, count, encodeRow } from './encode-row.ts';

/** A log record that is safe to store. */
export interface RedactedLog {
  readonly record: Pick<LogRecord, 'timeUnixNano' | 'traceId' | 'spanId' | 'flags' | 'severityNumber'>;
  readonly id: string;
  readonly severityText: string;
  readonly body: string;
  /** UTF-16 units before redaction and clipping. */
  readonly bodyLength: number;
  /** Whether the record is a span too. */
  readonly isSpan: boolean;
  /** The record in the shape of a span, redacted, without the body. */
  readonly span: RedactedSpan;
  readonly redactions: readonly RedactionFinding[];
}

/** The columns of otel_logs in the order of insertion, each with how a record fills it; see otel-traces.ts. */
const COLUMNS: Record<string, (log: RedactedLog) => Cell> = {
  Timestamp: ({ record }) => String(record.timeUnixNano),
  TraceId: ({ record }) => record.traceId,
  SpanId: ({ record }) => record.spanId,
  TraceFlags: ({ record }) => record.flags & 0xff,
  SeverityText: ({ severityText }) => severityText,
  SeverityNumber: ({ record }) => Math.min(Math.max(Math.trunc(record.severityNumber), 0), 255),
  ServiceName: ({ span }) => span.serviceName,
  Body: ({ body }) => body,
  ResourceAttributes: ({ span }) => span.resourceAttributes,
  ScopeName: ({ span }) => span.scopeName,
  ScopeVersion: ({ span }) => span.scopeVersion,
  LogAttributes: ({ span }) => span.attributes,
  EventName: ({ span }) => span.name,
  LogId: ({ id }) => id,
  EventSpanId: ({ isSpan, span }) => (isSpan ? span.spanId : ''),
  EventTraceId: ({ isSpan, span }) => (isSpan ? span.traceId : ''),
  SessionId: ({ record, span }) => sessionOf(record, span),
  TurnId: ({ span }) => span.agent.turnId,
  UserId: ({ span }) => span.agent.userId,
  AgentId: ({ span }) => span.security.agentId,
  AgentName: ({ span }) => span.security.agentName,
  AgentVersion: ({ span }) => span.agent.agentVersion,
  AgentFramework: ({ span }) => span.security.agentFramework,
  Kind: ({ span }) => span.agent.kind,
  Provider: ({ span }) => span.agent.provider,
  Model: ({ span }) => span.agent.requestModel || span.agent.responseModel,
  ResponseId: ({ span }) => span.agent.responseId,
  ToolName: ({ span }) => span.agent.toolName,
  ToolCategory: ({ span }) => span.security.toolCategory,
  ToolCallId: ({ span }) => span.agent.toolCallId,
  McpServer: ({ span }) => span.agent.mcpServer,
  GuardrailVerdict: ({ span }) => span.agent.guardrailVerdict,
  PermissionMode: ({ span }) => span.agent.permissionMode,
  Environment: ({ span }) => span.agent.environment,
  InputTokens: ({ span }) => span.agent.tokens.uncachedInput,
  CacheReadTokens: ({ span }) => span.agent.tokens.cacheRead,
  CacheWriteTokens: ({ span }) => span.agent.tokens.cacheWrite,
  OutputTokens: ({ span }) => span.agent.tokens.output,
  CostUsd: ({ span }) => span.agent.costUsd ?? 0,
  BodyLength: ({ bodyLength }) => count(bodyLength),
  ContentSignals: ({ span }) => span.security.contentSignals,
  'Redactions.Class': ({ redactions }) => redactions.map((finding) => finding.class),
  'Redactions.Kind': ({ redactions }) => redactions.map((finding) => finding.kind),
  'Redactions.Rule': ({ redactions }) => redactions.map((finding) => finding.rule),
  'Redactions.Path': ({ redactions }) => redactions.map((finding) => finding.path),
  'Redactions.Start': ({ redactions }) => redactions.map((finding) => count(finding.start)),
  'Redactions.Fingerprint': ({ redactions }) => redactions.map((finding) => finding.fingerprint),
};

const ENCODERS = Object.values(COLUMNS);

export const OTEL_LOGS_COLUMNS: readonly string[] = [...Object.keys(COLUMNS), 'IngestedAt'];

/** One line of JSONCompactEachRow, without its end. `ingestedAt` is in microseconds since 1970. */
export function encodeLogRow(log: RedactedLog, ingestedAt: number): string {
  return encodeRow([...ENCODERS.map((encode) => encode(log)), String(ingestedAt)]);
}

/** A record that names neither session nor trace has none: the trace it was given is its own alone. */
function sessionOf(record: RedactedLog['record'], span: RedactedSpan): string {
  const { sessionId } = span.security;
  return sessionId === span.traceId && record.traceId === '' ? '' : sessionId;
}
