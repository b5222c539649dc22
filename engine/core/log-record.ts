import type { Attributes, AttributeValue } from './attributes.ts';
import type { Resource, Scope } from './span.ts';

/**
 * A log record as decoded from OTLP and found valid. Ids are lower-case hex or '', a span id only beside a trace id; times
 * are nanoseconds since 1970. `resource` and `scope` are shared by all records of their group; do not write to them.
 */
export interface LogRecord {
  /** When it happened; when it was observed, or received, where the sender does not say. */
  timeUnixNano: bigint;
  severityNumber: number;
  severityText: string;
  body: AttributeValue;
  /** '' unless the sender uses OTLP's own field. */
  eventName: string;
  traceId: string;
  spanId: string;
  flags: number;
  resource: Resource;
  scope: Scope;
  attributes: Attributes;
}
