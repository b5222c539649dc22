import type { AgentFields, AgentSpan, Content } from '../../../../engine/core/agent-span.ts';
import { type Attributes, emptyAttributes } from '../../../../engine/core/attributes.ts';
import { NO_FIELDS } from '../../../../engine/core/dialects/normalise.ts';
import type { Span } from '../../../../engine/core/span.ts';

export const TRACE = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa';

interface Given extends Partial<Omit<Span, 'attributes' | 'resource' | 'scope'>> {
  attributes?: Record<string, unknown>;
  resource?: Record<string, unknown>;
  scope?: string;
  agent?: Partial<Omit<AgentFields, 'content'>>;
  content?: Partial<Content>;
}

/** A normalised span with everything empty that is not given. Times are in nanoseconds. */
export function makeSpan(given: Given = {}): AgentSpan {
  const { attributes, resource, scope, agent, content, ...span } = given;
  return {
    traceId: TRACE,
    spanId: '1111111111111111',
    parentSpanId: '',
    traceState: '',
    name: 'span',
    kind: 'Internal',
    startTimeUnixNano: 1_000n,
    endTimeUnixNano: 2_000n,
    statusCode: 'Unset',
    statusMessage: '',
    resource: { attributes: map(resource) },
    scope: { name: scope ?? '', version: '', attributes: emptyAttributes() },
    attributes: map(attributes),
    events: [],
    links: [],
    ...span,
    agent: { ...NO_FIELDS, ...agent, content: { ...NO_FIELDS.content, ...content } },
  };
}

function map(values: Record<string, unknown> | undefined): Attributes {
  return Object.assign(emptyAttributes(), values);
}
