import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Attributes, AttributeValue } from '../../../../engine/core/attributes.ts';
import { emptyAttributes } from '../../../../engine/core/attributes.ts';
import type { OtlpSpanKind, Resource, Scope, Span, SpanEvent } from '../../../../engine/core/span.ts';

const FIXTURES = join(import.meta.dirname, '../../../fixtures/dialects');
const KINDS: OtlpSpanKind[] = ['Unspecified', 'Internal', 'Server', 'Client', 'Producer', 'Consumer'];

// biome-ignore lint/suspicious/noExplicitAny: recorded JSON, read here and nowhere else
type Json = any;

/** The spans of a recorded fixture, in the order in which they were exported. */
export function recorded(name: string): Span[] {
  const fixture: Json = JSON.parse(readFileSync(join(FIXTURES, `${name}.json`), 'utf8'));
  return fixture.requests.flatMap((request: Json) =>
    request.resourceSpans.flatMap((group: Json) => {
      const resource: Resource = { attributes: attributesOf(group.resource?.attributes) };
      return group.scopeSpans.flatMap(({ scope, spans }: Json) =>
        spans.map((span: Json) =>
          spanOf(span, resource, {
            name: scope?.name ?? '',
            version: scope?.version ?? '',
            attributes: attributesOf(scope?.attributes),
          }),
        ),
      );
    }),
  );
}

function spanOf(span: Json, resource: Resource, scope: Scope): Span {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId ?? '',
    traceState: '',
    name: span.name,
    kind: KINDS[span.kind ?? 0] ?? 'Unspecified',
    startTimeUnixNano: BigInt(span.startTimeUnixNano),
    endTimeUnixNano: BigInt(span.endTimeUnixNano),
    statusCode: 'Unset',
    statusMessage: '',
    resource,
    scope,
    attributes: attributesOf(span.attributes),
    events: (span.events ?? []).map(
      (event: Json): SpanEvent => ({ timeUnixNano: 0n, name: event.name, attributes: attributesOf(event.attributes) }),
    ),
    links: [],
  };
}

function attributesOf(list: Json): Attributes {
  const attributes = emptyAttributes();
  for (const { key, value } of list ?? []) attributes[key] = attributeValue(value);
  return attributes;
}

function attributeValue(value: Json): AttributeValue {
  if (value?.intValue !== undefined) return Number(value.intValue);
  if (value?.arrayValue !== undefined) return (value.arrayValue.values ?? []).map(attributeValue);
  if (value?.kvlistValue !== undefined) return attributesOf(value.kvlistValue.values);
  return value?.stringValue ?? value?.doubleValue ?? value?.boolValue ?? null;
}
