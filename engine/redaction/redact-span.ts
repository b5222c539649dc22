import type { AgentFields } from '../core/agent-span.ts';
import { type Attributes, emptyAttributes } from '../core/attributes.ts';
import type { CallReference } from '../core/provenance.ts';
import type { RedactedEvent, RedactedLink, RedactedSpan } from '../core/redacted-span.ts';
import { securityAttributes } from '../core/security-attributes.ts';
import type { EnrichedSpan, SecurityContext } from '../core/security-context.ts';
import type { SpanEvent, SpanLink } from '../core/span.ts';
import { PREVIEW_LIMIT } from './clip.ts';
import { contentReferences } from './content-references.ts';
import { redactAttributes } from './redact-attributes.ts';
import type { Redactor } from './redactor.ts';
import { restrictedArguments } from './restricted-arguments.ts';
import { SENT_FINDINGS_KEY, sentFindings } from './sent-findings.ts';
import { createSpanBoundary, type SpanBoundary, type SpanLimits } from './span-boundary.ts';
import { previewsOf, type SpanPreviews } from './span-previews.ts';
import { analysedContent, isTransient } from './transient-content.ts';

export interface SpanRedactionOptions {
  readonly limits?: SpanLimits;
}

/**
 * The boundary that a span passes before it is stored. Fail-closed over every string it has: text stays only where its key is
 * known for what it holds, and there without its secrets and personal data; everything else becomes tokens. References are taken
 * from the raw content, previews and attributes are clipped after redaction, true lengths are kept. Never throws on any content.
 */
export function redactSpan(span: EnrichedSpan, redactor: Redactor, options: SpanRedactionOptions = {}): RedactedSpan {
  const content = analysedContent(span.agent.content, span.attributes);
  const references = contentReferences(content, redactor.hashReference, redactor.referenceMemo);
  const called = { tool: span.agent.toolName, id: span.agent.toolCallId };
  const provenance = redactor.readProvenance(content, called);
  const restricted = restrictedArguments(span.agent, redactor.policy.tools);
  const boundary = createSpanBoundary(redactor, options.limits, restricted?.values);
  if (restricted?.tooMany) boundary.failed('ToolArguments', 'more values than can be looked for');
  const keep = (text: string, path: string): string => boundary.keep(text, path, PREVIEW_LIMIT);

  // the fields that everything is found by come first: should a span spend its budget, it is on its text
  const agent = boundary.derive(() => redactAgent(span.agent, boundary));
  const security = boundary.derive(() => redactSecurity(span.security, boundary));
  const name = keep(span.name, 'SpanName');
  const resourceAttributes = redactAttributes(span.resource.attributes, 'ResourceAttributes.', boundary, redactor);
  const previews = boundary.derive(() => previewsOf(span.agent.content, boundary));
  const sent = span.attributes[SENT_FINDINGS_KEY];
  const own = sent === undefined ? span.attributes : without(span.attributes, SENT_FINDINGS_KEY);
  const attributes = redactAttributes(own, 'SpanAttributes.', boundary, redactor);
  for (const key in attributes) if (isTransient(key)) delete attributes[key];
  const redacted = {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    traceState: keep(span.traceState, 'TraceState'),
    name,
    kind: span.kind,
    startTimeUnixNano: span.startTimeUnixNano,
    endTimeUnixNano: span.endTimeUnixNano,
    statusCode: span.statusCode,
    statusMessage: keep(span.statusMessage, 'StatusMessage'),
    serviceName: resourceAttributes['service.name'] ?? '',
    resourceAttributes,
    scopeName: keep(span.scope.name, 'ScopeName'),
    scopeVersion: keep(span.scope.version, 'ScopeVersion'),
    events: redactEvents(span.events, boundary, redactor),
    links: redactLinks(span.links, boundary, redactor),
    agent,
    security,
    ...previews,
    references,
    provenance: { ...provenance, calls: redactCalls(provenance.calls, boundary) },
  };
  addScopeAttributes(attributes, redactAttributes(span.scope.attributes, 'ScopeAttributes.', boundary, redactor));
  addMissing(attributes, securityAttributes(security));
  addMissing(attributes, previewAttributes(previews));
  const { kept, omitted } = boundary.findings();
  const room = boundary.limits.findings - kept.length;
  kept.push(...sentFindings(sent, (path) => boundary.derive(() => keep(path, 'Redactions.Path'))).slice(0, room));
  if (omitted > 0) attributes['spanwarden.redactions.omitted'] = String(omitted);
  return { ...redacted, attributes, redactions: kept };
}

function redactAgent(
  { content: _content, ...fields }: AgentFields,
  boundary: SpanBoundary,
): Omit<AgentFields, 'content'> {
  return redactStrings(fields, 'Agent.', boundary);
}

/** Names and ids that a model wrote; the hashes beside them are no text, though one in some hundred thousand looks like a card number. */
function redactCalls(calls: readonly CallReference[], boundary: SpanBoundary): CallReference[] {
  return calls.map((call) => ({
    ...call,
    id: boundary.keep(call.id, 'Calls.Id', PREVIEW_LIMIT),
    tool: boundary.keep(call.tool, 'Calls.Tool', PREVIEW_LIMIT),
  }));
}

function redactSecurity(security: SecurityContext, boundary: SpanBoundary): SecurityContext {
  return redactStrings(security, 'Security.', boundary);
}

/** Every string and list of strings of a flat record; numbers and the like stay. */
function redactStrings<T extends object>(fields: T, path: string, boundary: SpanBoundary): T {
  const redacted = { ...fields } as Record<string, unknown>;
  for (const field in redacted) {
    const value = redacted[field];
    if (typeof value === 'string') {
      if (value !== '') redacted[field] = boundary.keep(value, path + field, PREVIEW_LIMIT);
    } else if (Array.isArray(value) && value.length > 0) {
      redacted[field] = value.map((item) =>
        typeof item === 'string' ? boundary.keep(item, path + field, PREVIEW_LIMIT) : item,
      );
    }
  }
  return redacted as T;
}

function redactEvents(events: readonly SpanEvent[], boundary: SpanBoundary, redactor: Redactor): RedactedEvent[] {
  if (events.length > boundary.limits.events) boundary.failed('Events', `${events.length} events`);
  return events.slice(0, boundary.limits.events).map((event, index) => ({
    timeUnixNano: event.timeUnixNano,
    name: boundary.keep(event.name, `Events[${index}].Name`, PREVIEW_LIMIT),
    attributes: redactAttributes(event.attributes, `Events[${index}].`, boundary, redactor),
  }));
}

function redactLinks(links: readonly SpanLink[], boundary: SpanBoundary, redactor: Redactor): RedactedLink[] {
  if (links.length > boundary.limits.events) boundary.failed('Links', `${links.length} links`);
  return links.slice(0, boundary.limits.events).map((link, index) => ({
    traceId: link.traceId,
    spanId: link.spanId,
    traceState: boundary.keep(link.traceState, `Links[${index}].TraceState`, PREVIEW_LIMIT),
    attributes: redactAttributes(link.attributes, `Links[${index}].`, boundary, redactor),
  }));
}

function without(attributes: Attributes, key: string): Attributes {
  const rest: Attributes = Object.assign(emptyAttributes(), attributes);
  delete rest[key];
  return rest;
}

/** The store has no column for them. */
function addScopeAttributes(attributes: Record<string, string>, scope: Readonly<Record<string, string>>): void {
  for (const key in scope) {
    const place = `otel.scope.attributes.${key}`;
    if (!(place in attributes)) attributes[place] = scope[key]!;
  }
}

/** What the sender set is kept. */
function addMissing(attributes: Record<string, string>, added: Readonly<Record<string, string>>): void {
  for (const key in added) if (!(key in attributes)) attributes[key] = added[key]!;
}

function previewAttributes({ prompt, completion }: SpanPreviews): Record<string, string> {
  return {
    ...(prompt.length > 0 && { 'gen_ai.prompt.length': String(prompt.length), 'gen_ai.prompt.preview': prompt.text }),
    ...(completion.length > 0 && {
      'gen_ai.completion.length': String(completion.length),
      'gen_ai.completion.preview': completion.text,
    }),
  };
}
