import type { DataPoint } from '../../core/data-point.ts';
import type { RedactedSpan } from '../../core/redacted-span.ts';
import { type Cell, count, encodeRow } from './encode-row.ts';

/** A data point that is safe to store. */
export interface RedactedPoint {
  readonly point: DataPoint;
  readonly series: string;
  readonly unit: string;
  /** The point in the shape of a span, redacted. */
  readonly span: RedactedSpan;
}

/** The columns of otel_metrics in the order of insertion, each with how a point fills it; see otel-traces.ts. */
const COLUMNS: Record<string, (point: RedactedPoint) => Cell> = {
  TimeUnix: ({ point }) => String(point.timeUnixNano),
  // As text the engine reads no time of a single digit.
  StartTimeUnix: ({ point }) => (point.startTimeUnixNano === 0n ? 0 : String(point.startTimeUnixNano)),
  MetricName: ({ span }) => span.name,
  MetricType: ({ point }) => point.metric.type,
  MetricUnit: ({ unit }) => unit,
  AggregationTemporality: ({ point }) => point.metric.temporality,
  IsMonotonic: ({ point }) => point.metric.monotonic,
  Value: ({ point }) => point.value,
  Count: ({ point }) => String(Math.max(0, Math.trunc(point.count))),
  ServiceName: ({ span }) => span.serviceName,
  ResourceAttributes: ({ span }) => span.resourceAttributes,
  ScopeName: ({ span }) => span.scopeName,
  ScopeVersion: ({ span }) => span.scopeVersion,
  Attributes: ({ span }) => span.attributes,
  SeriesId: ({ series }) => series,
  // The trace a point was given is its own alone.
  SessionId: ({ span }) => (span.security.sessionId === span.traceId ? '' : span.security.sessionId),
  UserId: ({ span }) => span.agent.userId,
  AgentId: ({ span }) => span.security.agentId,
  AgentName: ({ span }) => span.security.agentName,
  AgentVersion: ({ span }) => span.agent.agentVersion,
  AgentFramework: ({ span }) => span.security.agentFramework,
  Provider: ({ span }) => span.agent.provider,
  Model: ({ span }) => span.agent.requestModel || span.agent.responseModel,
  ToolName: ({ span }) => span.agent.toolName,
  Environment: ({ span }) => span.agent.environment,
  'Redactions.Class': ({ span }) => span.redactions.map((finding) => finding.class),
  'Redactions.Kind': ({ span }) => span.redactions.map((finding) => finding.kind),
  'Redactions.Rule': ({ span }) => span.redactions.map((finding) => finding.rule),
  'Redactions.Path': ({ span }) => span.redactions.map((finding) => finding.path),
  'Redactions.Start': ({ span }) => span.redactions.map((finding) => count(finding.start)),
  'Redactions.Fingerprint': ({ span }) => span.redactions.map((finding) => finding.fingerprint),
};

const ENCODERS = Object.values(COLUMNS);

export const OTEL_METRICS_COLUMNS: readonly string[] = [...Object.keys(COLUMNS), 'IngestedAt'];

/** One line of JSONCompactEachRow, without its end. `ingestedAt` is in microseconds since 1970. */
export function encodeMetricRow(point: RedactedPoint, ingestedAt: number): string {
  return encodeRow([...ENCODERS.map((encode) => encode(point)), String(ingestedAt)]);
}
