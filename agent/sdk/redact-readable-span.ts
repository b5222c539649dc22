import type { Attributes, AttributeValue as OtelValue } from '@opentelemetry/api';
import { type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { type AttributeValue, attributeText } from '../../engine/core/attributes.ts';
import { normalise } from '../../engine/core/dialects/normalise.ts';
import type { RedactionFinding } from '../../engine/core/redacted-span.ts';
import { PREVIEW_LIMIT } from '../../engine/redaction/clip.ts';
import { redactEach } from '../../engine/redaction/redact-attributes.ts';
import type { Redactor } from '../../engine/redaction/redactor.ts';
import { restrictedArguments } from '../../engine/redaction/restricted-arguments.ts';
import { SENT_FINDINGS_KEY, writeFindings } from '../../engine/redaction/sent-findings.ts';
import { createSpanBoundary, type SpanBoundary } from '../../engine/redaction/span-boundary.ts';
import { readAttributes, readSpan } from './read-span.ts';

/** The server reads messages out of JSON, which must not be cut before: it clips after reading. The redactor's own limit is below. */
const WIRE_LIMIT = 8 * 1024 * 1024;

interface RedactedGroup<T> {
  readonly value: T;
  readonly findings: readonly RedactionFinding[];
}

/**
 * Makes the function that redacts spans as the server does, in the shape that exporters take: text stays only under keys that are
 * known for what they hold, there without its secrets and personal data; everything else becomes tokens. Numbers and flags keep
 * their types. Trace state is left behind. What was replaced is told in an attribute, so that the server's rules know.
 */
export function createSpanRedaction(redactor: Redactor): (span: ReadableSpan) => ReadableSpan {
  // Exporters group spans by the identity of these two.
  const resources = new WeakMap<object, RedactedGroup<Resource>>();
  const scopes = new WeakMap<object, ReadableSpan['instrumentationScope']>();

  function resourceOf(resource: Resource): RedactedGroup<Resource> {
    const known = resources.get(resource);
    if (known !== undefined) return known;
    const boundary = createSpanBoundary(redactor);
    const attributes = redactMap(resource.attributes, 'ResourceAttributes.', boundary, redactor);
    const redacted = { value: resourceFromAttributes(attributes), findings: boundary.findings().kept };
    if (!resource.asyncAttributesPending) resources.set(resource, redacted);
    return redacted;
  }

  function scopeOf(scope: ReadableSpan['instrumentationScope']): ReadableSpan['instrumentationScope'] {
    let redacted = scopes.get(scope);
    if (redacted === undefined) {
      const boundary = createSpanBoundary(redactor);
      const version = scope.version && boundary.keep(scope.version, 'ScopeVersion', PREVIEW_LIMIT);
      redacted = { name: boundary.keep(scope.name, 'ScopeName', PREVIEW_LIMIT), ...(version && { version }) };
      scopes.set(scope, redacted);
    }
    return redacted;
  }

  return (span) => {
    const resource = resourceOf(span.resource);
    const boundary = createSpanBoundary(redactor, undefined, restrictedValues(span, redactor));
    const keep = (text: string, path: string): string => boundary.keep(text, path, PREVIEW_LIMIT);
    const name = keep(span.name, 'SpanName');
    const attributes = redactMap(span.attributes, 'SpanAttributes.', boundary, redactor);
    const message = span.status.message;
    const redacted: ReadableSpan = {
      ...bareSpan(span),
      name,
      status: { code: span.status.code, ...(message !== undefined && { message: keep(message, 'StatusMessage') }) },
      attributes,
      events: span.events.map(({ name: event, time, attributes: own, droppedAttributesCount }, index) => ({
        name: keep(event, `Events[${index}].Name`),
        time,
        attributes: redactMap(own, `Events[${index}].`, boundary, redactor),
        ...(droppedAttributesCount !== undefined && { droppedAttributesCount }),
      })),
      links: span.links.map(({ context, attributes: own, droppedAttributesCount }, index) => ({
        context: { traceId: context.traceId, spanId: context.spanId, traceFlags: context.traceFlags },
        attributes: redactMap(own, `Links[${index}].`, boundary, redactor),
        ...(droppedAttributesCount !== undefined && { droppedAttributesCount }),
      })),
      resource: resource.value,
      instrumentationScope: scopeOf(span.instrumentationScope),
    };
    const findings = [...boundary.findings().kept, ...resource.findings];
    if (findings.length > 0) attributes[SENT_FINDINGS_KEY] = writeFindings(findings);
    return redacted;
  };
}

/** What is left of a span that could not be redacted: ids, times and numbers, no text at all. */
export function bareSpan(span: ReadableSpan): ReadableSpan {
  const { traceId, spanId, traceFlags } = span.spanContext();
  const parent = span.parentSpanContext;
  const own = { traceId, spanId, traceFlags };
  return {
    name: '[REDACTED]',
    kind: span.kind,
    spanContext: () => own,
    ...(parent !== undefined && {
      parentSpanContext: {
        traceId: parent.traceId,
        spanId: parent.spanId,
        traceFlags: parent.traceFlags,
        ...(parent.isRemote !== undefined && { isRemote: parent.isRemote }),
      },
    }),
    startTime: span.startTime,
    endTime: span.endTime,
    status: { code: span.status.code },
    attributes: { 'spanwarden.redaction': 'failed' },
    links: [],
    events: [],
    duration: span.duration,
    ended: span.ended,
    resource: EMPTY_RESOURCE,
    instrumentationScope: NO_SCOPE,
    droppedAttributesCount: span.droppedAttributesCount,
    droppedEventsCount: span.droppedEventsCount,
    droppedLinksCount: span.droppedLinksCount,
  };
}

const EMPTY_RESOURCE = resourceFromAttributes({});
const NO_SCOPE = { name: 'spanwarden' };

function redactMap(
  attributes: Attributes | undefined,
  path: string,
  boundary: SpanBoundary,
  redactor: Redactor,
): Attributes {
  return redactEach(readAttributes(attributes), path, boundary, redactor, WIRE_LIMIT, wireValue);
}

/** Redacted text in the value's own type, where it still has one: a list stays a list. */
function wireValue(text: string, value: AttributeValue): OtelValue {
  if (typeof value === 'string') return text;
  if (text === attributeText(value)) return value as OtelValue;
  if (!Array.isArray(value)) return text;
  try {
    const list: unknown = JSON.parse(text);
    if (Array.isArray(list) && list.every((item) => typeof item === 'string')) return list;
  } catch {
    // A list that redaction replaced as a whole is no JSON any more.
  }
  return text;
}

function restrictedValues(span: ReadableSpan, { policy }: Redactor): readonly string[] | undefined {
  if (policy.tools === undefined) return undefined;
  return restrictedArguments(normalise(readSpan(span)).agent, policy.tools)?.values;
}
