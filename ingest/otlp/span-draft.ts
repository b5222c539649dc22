import { type Attributes, emptyAttributes } from '../../engine/core/attributes.ts';
import type { OtlpSpanKind, Resource, Scope, Span, StatusCode } from '../../engine/core/span.ts';

/** What a decoder met in a span, kept or not, and what the sender says it dropped itself. */
export interface SpanCounts {
  attributes: number;
  events: number;
  links: number;
  droppedAttributes: number;
  droppedEvents: number;
  droppedLinks: number;
}

/** A span with nothing in it yet: '' and 0 where OTLP says a field is absent. */
export function newSpan(resource: Resource, scope: Scope): Span {
  return {
    traceId: '',
    spanId: '',
    parentSpanId: '',
    traceState: '',
    name: '',
    kind: 'Unspecified',
    startTimeUnixNano: 0n,
    endTimeUnixNano: 0n,
    statusCode: 'Unset',
    statusMessage: '',
    resource,
    scope,
    attributes: emptyAttributes(),
    events: [],
    links: [],
  };
}

/** A scope whose fields may come after the spans that share it: filled where they are met. */
export interface ScopeDraft {
  name: string;
  version: string;
  attributes: Attributes;
}

export function newScope(): ScopeDraft {
  return { name: '', version: '', attributes: emptyAttributes() };
}

export function newCounts(): SpanCounts {
  return { attributes: 0, events: 0, links: 0, droppedAttributes: 0, droppedEvents: 0, droppedLinks: 0 };
}

const KINDS: readonly OtlpSpanKind[] = ['Unspecified', 'Internal', 'Server', 'Client', 'Producer', 'Consumer'];
const CODES: readonly StatusCode[] = ['Unset', 'Ok', 'Error'];

/** Enums are open: a number that a later OTLP adds is what an absent one is. */
export function spanKind(number: number): OtlpSpanKind {
  return KINDS[number] ?? 'Unspecified';
}

export function statusCode(number: number): StatusCode {
  return CODES[number] ?? 'Unset';
}
