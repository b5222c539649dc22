import type { AgentFields, Content } from '../../../engine/core/agent-span.ts';
import type { Attributes } from '../../../engine/core/attributes.ts';
import { NO_FIELDS } from '../../../engine/core/dialects/normalise.ts';
import { blankContext } from '../../../engine/core/enrichment/blank-context.ts';
import type { EnrichedSpan, SecurityContext } from '../../../engine/core/security-context.ts';

export function attributes(entries: Record<string, Attributes[string]>): Attributes {
  return Object.assign(Object.create(null), entries);
}

export const NO_CONTENT: Content = NO_FIELDS.content;

export interface SampleParts extends Partial<Omit<EnrichedSpan, 'agent' | 'security'>> {
  readonly agent?: Partial<AgentFields>;
  readonly content?: Partial<Content>;
  readonly security?: Partial<SecurityContext>;
}

/** A span with nothing in it but what is given. */
export function sampleSpan({ agent, content, security, ...parts }: SampleParts = {}): EnrichedSpan {
  return {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    parentSpanId: '',
    traceState: '',
    name: 'chat model',
    kind: 'Client',
    startTimeUnixNano: 1n,
    endTimeUnixNano: 2n,
    statusCode: 'Unset',
    statusMessage: '',
    resource: { attributes: attributes({}) },
    scope: { name: '', version: '', attributes: attributes({}) },
    attributes: attributes({}),
    events: [],
    links: [],
    ...parts,
    agent: { ...NO_FIELDS, ...agent, content: { ...NO_CONTENT, ...content } },
    security: { ...blankContext(), ...security },
  };
}
