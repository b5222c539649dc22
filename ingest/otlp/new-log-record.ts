import { emptyAttributes } from '../../engine/core/attributes.ts';
import type { LogRecord } from '../../engine/core/log-record.ts';
import type { Resource, Scope } from '../../engine/core/span.ts';

/** A log record with nothing in it yet: '' and 0 where OTLP says a field is absent. */
export function newLogRecord(resource: Resource, scope: Scope): LogRecord {
  return {
    timeUnixNano: 0n,
    severityNumber: 0,
    severityText: '',
    body: null,
    eventName: '',
    traceId: '',
    spanId: '',
    flags: 0,
    resource,
    scope,
    attributes: emptyAttributes(),
  };
}
