import type { AgentSpan } from '../../engine/core/agent-span.ts';
import { NO_FIELDS } from '../../engine/core/dialects/normalise.ts';
import { enrich } from '../../engine/core/enrichment/enrich.ts';
import type { Preview, RedactedSpan } from '../../engine/core/redacted-span.ts';
import type { EnrichedSpan } from '../../engine/core/security-context.ts';
import type { Span } from '../../engine/core/span.ts';
import { PREVIEW_LIMIT } from '../../engine/redaction/clip.ts';
import { redactPlainText } from '../../engine/redaction/redact-plain-text.ts';
import { redactSpan } from '../../engine/redaction/redact-span.ts';
import type { Redactor } from '../../engine/redaction/redactor.ts';
import type { GatewayFacts } from './gateway-facts.ts';

/** An enriched span, with what a gateway told of it where one did. */
export interface TakenSpan extends EnrichedSpan {
  readonly facts?: GatewayFacts;
}

/** A span as the gateway read it, instead of reading its redacted attributes again. */
export function keptSpan(span: Span, facts: GatewayFacts): AgentSpan {
  return { ...span, agent: { ...NO_FIELDS, ...facts.agent, content: NO_FIELDS.content } };
}

/** Enriches spans, but those that a gateway has: these keep the context it gave them. `facts` is in the order of the spans. */
export function enrichTaken(
  spans: readonly AgentSpan[],
  facts: readonly (GatewayFacts | undefined)[],
): readonly TakenSpan[] {
  if (facts.every((told) => told === undefined)) return enrich(spans);
  const enriched = enrich(spans.filter((_, index) => facts[index] === undefined)).values();
  return spans.map((span, index) => {
    const told = facts[index];
    return told === undefined ? enriched.next().value! : { ...span, security: told.security, facts: told };
  });
}

/** The boundary for what comes in: what a gateway redacted keeps its tokens, and is still looked through for what it let pass. */
export function redactTaken(span: TakenSpan, redactor: Redactor): RedactedSpan {
  const { facts } = span;
  if (facts === undefined) return redactSpan(span, redactor);
  const text = (told: string) => redactPlainText(told, redactor, PREVIEW_LIMIT);
  const preview = ({ text: told, length }: Preview): Preview => ({ text: text(told), length });
  const { trusted, untrusted, outbound, provenance } = facts;
  return {
    ...redactSpan(span, keeping(redactor)),
    prompt: preview(facts.prompt),
    completion: preview(facts.completion),
    toolArguments: preview(facts.toolArguments),
    toolResult: preview(facts.toolResult),
    references: { trusted, untrusted, outbound },
    provenance: {
      ...provenance,
      calls: provenance.calls.map((call) => ({ ...call, id: text(call.id), tool: text(call.tool) })),
    },
  };
}

/** The gateway replaced what stands under keys that nobody classified; its policy may know more keys than ours. */
function keeping(redactor: Redactor): Redactor {
  return {
    ...redactor,
    classify: (key) => (redactor.classify(key) === 'structural' ? 'structural' : 'content'),
  };
}
