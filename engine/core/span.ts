import type { Attributes } from './attributes.ts';

/** OTLP span kinds in the spelling of the OpenTelemetry Collector's ClickHouse exporter. */
export type OtlpSpanKind = 'Unspecified' | 'Internal' | 'Server' | 'Client' | 'Producer' | 'Consumer';

/** OTLP status codes in the spelling of the OpenTelemetry Collector's ClickHouse exporter. */
export type StatusCode = 'Unset' | 'Ok' | 'Error';

export interface Resource {
  readonly attributes: Attributes;
}

export interface Scope {
  readonly name: string;
  readonly version: string;
  readonly attributes: Attributes;
}

export interface SpanEvent {
  timeUnixNano: bigint;
  name: string;
  attributes: Attributes;
}

export interface SpanLink {
  traceId: string;
  spanId: string;
  traceState: string;
  attributes: Attributes;
}

/**
 * A span as decoded from OTLP and found valid: ids are lower-case hex (trace 32, span 16, parent 16 or ''), times are
 * nanoseconds since 1970. `resource` and `scope` are shared by all spans of their group; do not write to them.
 */
export interface Span {
  traceId: string;
  spanId: string;
  parentSpanId: string;
  traceState: string;
  name: string;
  kind: OtlpSpanKind;
  startTimeUnixNano: bigint;
  endTimeUnixNano: bigint;
  statusCode: StatusCode;
  statusMessage: string;
  resource: Resource;
  scope: Scope;
  attributes: Attributes;
  events: SpanEvent[];
  links: SpanLink[];
}
