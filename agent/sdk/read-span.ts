import type { HrTime } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { type Attributes, emptyAttributes } from '../../engine/core/attributes.ts';
import type { OtlpSpanKind, Resource, Scope, Span, StatusCode } from '../../engine/core/span.ts';

const KINDS: readonly OtlpSpanKind[] = ['Internal', 'Server', 'Client', 'Producer', 'Consumer'];
const STATUS_CODES: readonly StatusCode[] = ['Unset', 'Ok', 'Error'];

const resources = new WeakMap<object, Resource>();
const scopes = new WeakMap<object, Scope>();

/**
 * OpenTelemetry's span as the one that dialects and enrichment read. A parent in another process counts as none: there the
 * trace comes in from outside. Texts longer than `longest` are left out.
 */
export function readSpan(span: ReadableSpan, longest = Number.POSITIVE_INFINITY): Span {
  const { traceId, spanId } = span.spanContext();
  const parent = span.parentSpanContext;
  return {
    traceId,
    spanId,
    parentSpanId: parent === undefined || parent.isRemote ? '' : parent.spanId,
    traceState: '',
    name: span.name,
    kind: KINDS[span.kind] ?? 'Unspecified',
    startTimeUnixNano: nanoseconds(span.startTime),
    endTimeUnixNano: nanoseconds(span.endTime),
    statusCode: STATUS_CODES[span.status.code] ?? 'Unset',
    statusMessage: span.status.message ?? '',
    resource: readResource(span.resource),
    scope: readScope(span.instrumentationScope),
    attributes: readAttributes(span.attributes, longest),
    events: span.events.map(({ time, name, attributes }) => ({
      timeUnixNano: nanoseconds(time),
      name,
      attributes: readAttributes(attributes, longest),
    })),
    links: [],
  };
}

/** OpenTelemetry's attributes as ours: without a prototype, and without holes. */
export function readAttributes(attributes: object | undefined, longest = Number.POSITIVE_INFINITY): Attributes {
  const read = emptyAttributes();
  const given = attributes as Attributes;
  for (const key in given) {
    const value = given[key];
    if (value === undefined || (typeof value === 'string' && value.length > longest)) continue;
    read[key] = value;
  }
  return read;
}

function readResource(resource: ReadableSpan['resource']): Resource {
  const known = resources.get(resource);
  if (known !== undefined) return known;
  const read = { attributes: readAttributes(resource.attributes) };
  if (!resource.asyncAttributesPending) resources.set(resource, read);
  return read;
}

function readScope(scope: ReadableSpan['instrumentationScope']): Scope {
  let read = scopes.get(scope);
  if (read === undefined) {
    read = { name: scope.name, version: scope.version ?? '', attributes: emptyAttributes() };
    scopes.set(scope, read);
  }
  return read;
}

function nanoseconds([seconds, rest]: HrTime): bigint {
  return BigInt(seconds) * 1_000_000_000n + BigInt(rest);
}
