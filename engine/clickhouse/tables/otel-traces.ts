import type { RedactedSpan } from '../../core/redacted-span.ts';

/** A value as JSONCompactEachRow takes it. 64-bit integers and nanosecond times are decimal text. */
type Cell = string | number | boolean | readonly Cell[] | Readonly<Record<string, string>>;

/**
 * The columns of otel_traces in the order of insertion, each with how a span fills it. The one place that knows the row's
 * shape: the column list and the encoder derive from it. IngestedAt (microseconds since 1970) comes with the batch.
 */
const COLUMNS: Record<string, (span: RedactedSpan) => Cell> = {
  Timestamp: (span) => String(span.startTimeUnixNano),
  TraceId: (span) => span.traceId,
  SpanId: (span) => span.spanId,
  ParentSpanId: (span) => span.parentSpanId,
  TraceState: (span) => span.traceState,
  SpanName: (span) => span.name,
  SpanKind: (span) => span.kind,
  ServiceName: (span) => span.serviceName,
  ResourceAttributes: (span) => span.resourceAttributes,
  ScopeName: (span) => span.scopeName,
  ScopeVersion: (span) => span.scopeVersion,
  SpanAttributes: (span) => span.attributes,
  Duration: (span) => String(span.endTimeUnixNano - span.startTimeUnixNano),
  StatusCode: (span) => span.statusCode,
  StatusMessage: (span) => span.statusMessage,
  'Events.Timestamp': (span) => span.events.map((event) => String(event.timeUnixNano)),
  'Events.Name': (span) => span.events.map((event) => event.name),
  'Events.Attributes': (span) => span.events.map((event) => event.attributes),
  'Links.TraceId': (span) => span.links.map((link) => link.traceId),
  'Links.SpanId': (span) => span.links.map((link) => link.spanId),
  'Links.TraceState': (span) => span.links.map((link) => link.traceState),
  'Links.Attributes': (span) => span.links.map((link) => link.attributes),
  SessionId: (span) => span.security.sessionId,
  UserId: (span) => span.agent.userId,
  AgentId: (span) => span.security.agentId,
  AgentName: (span) => span.security.agentName,
  AgentVersion: (span) => span.agent.agentVersion,
  AgentFramework: (span) => span.security.agentFramework,
  CallerAgentId: (span) => span.agent.callerAgentId,
  Kind: (span) => span.agent.kind,
  Dialects: (span) => span.agent.dialects,
  Provider: (span) => span.agent.provider,
  Model: (span) => span.agent.requestModel || span.agent.responseModel,
  ResponseModel: (span) => span.agent.responseModel,
  ToolName: (span) => span.agent.toolName,
  ToolCategory: (span) => span.security.toolCategory,
  ToolDirection: (span) => span.security.toolDirection,
  ToolType: (span) => span.agent.toolType,
  ToolCallId: (span) => span.agent.toolCallId,
  McpServer: (span) => span.agent.mcpServer,
  Decision: (span) => span.agent.decision,
  DecisionTool: (span) => span.agent.decisionTool,
  Step: (span) => count(span.agent.step),
  StepCount: (span) => count(span.agent.stepCount),
  PromptHash: (span) => span.security.promptHash,
  PromptHashStable: (span) => span.security.promptHashStable,
  Ingress: (span) => span.security.ingress,
  TriggerType: (span) => span.security.triggerType,
  InputSource: (span) => span.security.inputSource,
  MemoryOperation: (span) => span.security.memoryOperation,
  MemoryStoreId: (span) => span.security.memoryStoreId,
  WriteProvenance: (span) => span.security.writeProvenance,
  GuardrailVerdict: (span) => span.agent.guardrailVerdict,
  PermissionMode: (span) => span.agent.permissionMode,
  Environment: (span) => span.agent.environment,
  InputTokens: (span) => span.agent.tokens.uncachedInput,
  CacheReadTokens: (span) => span.agent.tokens.cacheRead,
  CacheWriteTokens: (span) => span.agent.tokens.cacheWrite,
  OutputTokens: (span) => span.agent.tokens.output,
  ReasoningTokens: (span) => span.agent.tokens.reasoning,
  CostUsd: (span) => span.agent.costUsd ?? 0,
  FinishReason: (span) => span.agent.finishReason,
  PromptPreview: (span) => span.prompt.text,
  PromptLength: (span) => count(span.prompt.length),
  CompletionPreview: (span) => span.completion.text,
  CompletionLength: (span) => count(span.completion.length),
  ToolArgumentsPreview: (span) => span.toolArguments.text,
  ToolArgumentsLength: (span) => count(span.toolArguments.length),
  ToolResultPreview: (span) => span.toolResult.text,
  ToolResultLength: (span) => count(span.toolResult.length),
  TrustedRefs: (span) => span.references.trusted,
  UntrustedRefs: (span) => span.references.untrusted,
  ArgRefs: (span) => span.references.outbound,
  'Redactions.Class': (span) => span.redactions.map((finding) => finding.class),
  'Redactions.Kind': (span) => span.redactions.map((finding) => finding.kind),
  'Redactions.Rule': (span) => span.redactions.map((finding) => finding.rule),
  'Redactions.Path': (span) => span.redactions.map((finding) => finding.path),
  'Redactions.Start': (span) => span.redactions.map((finding) => count(finding.start)),
  'Redactions.Fingerprint': (span) => span.redactions.map((finding) => finding.fingerprint),
  RequestKinds: (span) => span.provenance.request.kinds,
  RequestDelegates: (span) => span.provenance.request.delegates,
  RequestWords: (span) => span.provenance.request.words,
  'Calls.Id': (span) => span.provenance.calls.map((call) => call.id),
  'Calls.Tool': (span) => span.provenance.calls.map((call) => call.tool),
  'Calls.Kinds': (span) => span.provenance.calls.map((call) => call.kinds),
  'Calls.Objects': (span) => span.provenance.calls.map((call) => call.objects),
  'Calls.Words': (span) => span.provenance.calls.map((call) => call.words),
  'Calls.Refs': (span) => span.provenance.calls.map((call) => call.refs),
  'Instructions.Strength': (span) => span.provenance.instructions.map((instruction) => instruction.strength),
  'Instructions.Kinds': (span) => span.provenance.instructions.map((instruction) => instruction.kinds),
  'Instructions.Words': (span) => span.provenance.instructions.map((instruction) => instruction.words),
  'Instructions.Refs': (span) => span.provenance.instructions.map((instruction) => instruction.refs),
  'Instructions.Targets': (span) => span.provenance.instructions.map((instruction) => instruction.targets),
  SpanSequence: (span) => String(span.security.spanSequence),
  ContentSignals: (span) => span.security.contentSignals,
  'OfferedTools.Name': (span) => span.security.offeredToolNames,
  'OfferedTools.Hash': (span) => span.security.offeredToolHashes,
};

const ENCODERS = Object.values(COLUMNS);

export const OTEL_TRACES_COLUMNS: readonly string[] = [...Object.keys(COLUMNS), 'IngestedAt'];

/** One line of JSONCompactEachRow, line end included. `ingestedAt` is in microseconds since 1970. */
export function encodeSpanRow(span: RedactedSpan, ingestedAt: number): string {
  const cells: Cell[] = new Array(ENCODERS.length + 1);
  for (let i = 0; i < ENCODERS.length; i++) cells[i] = ENCODERS[i]!(span);
  cells[ENCODERS.length] = String(ingestedAt);
  const line = JSON.stringify(cells);
  return `${line.includes(SURROGATE_ESCAPE) ? JSON.stringify(wellFormed(cells)) : line}\n`;
}

/** How JSON.stringify writes half a surrogate pair. The store takes no such text and would refuse the whole insert. */
const SURROGATE_ESCAPE = '\\ud';

/** The same with U+FFFD for halves of surrogate pairs, which come out of JSON that senders put into attributes. */
function wellFormed(cell: Cell): Cell {
  if (typeof cell === 'string') return cell.toWellFormed();
  if (typeof cell !== 'object') return cell;
  if (isList(cell)) return cell.map(wellFormed);
  const map: Record<string, string> = Object.create(null);
  for (const key in cell) map[key.toWellFormed()] = cell[key]!.toWellFormed();
  return map;
}

function isList(cell: Exclude<Cell, string | number | boolean>): cell is readonly Cell[] {
  return Array.isArray(cell);
}

/** UInt32 columns: absent is 0, anything beyond the type is its largest value. */
function count(value: number | undefined): number {
  return value === undefined || !(value > 0) ? 0 : Math.min(Math.trunc(value), 0xffff_ffff);
}
