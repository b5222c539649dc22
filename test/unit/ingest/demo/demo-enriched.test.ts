import type { HrTime, Attributes as OtelAttributes } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { describe, expect, test } from 'vitest';
import { type Attributes, emptyAttributes } from '../../../../engine/core/attributes.ts';
import { normalise } from '../../../../engine/core/dialects/normalise.ts';
import { enrich } from '../../../../engine/core/enrichment/enrich.ts';
import type { EnrichedSpan } from '../../../../engine/core/security-context.ts';
import type { Span } from '../../../../engine/core/span.ts';
import { demoSpans } from '../../../../ingest/demo/demo-spans.ts';

const KINDS = ['Internal', 'Server', 'Client', 'Producer', 'Consumer'] as const;

const DEMO = demoSpans(Date.UTC(2026, 10, 21, 12)).map((session) => ({
  ...session,
  enriched: enrich(session.spans.map(toSpan).map(normalise)),
}));

function session(name: string): EnrichedSpan[] {
  return DEMO.find((candidate) => candidate.name === name)!.enriched;
}

function spansOf(name: string, tool: string): EnrichedSpan[] {
  return session(name).filter((span) => span.agent.toolName === tool);
}

describe.each(DEMO)('$name', ({ dialect, enriched }) => {
  test('every span speaks its dialect, belongs to the one session and says what it does', () => {
    expect(new Set(enriched.map((span) => span.security.sessionId)).size).toBe(1);
    for (const span of enriched) {
      expect(span.agent.dialects).toContain(dialect);
      expect(span.agent.kind).not.toBe('');
      expect(span.security.sessionId).not.toBe(span.traceId);
    }
  });

  test('models and tools know their agent, and its calls carry arguments and result', () => {
    for (const { agent, security } of enriched) {
      if (agent.kind === 'llm') expect(security.agentId).not.toBe('');
      if (agent.kind !== 'tool') continue;
      expect(security.agentId).not.toBe('');
      expect(security.toolCategory).not.toBe('');
      expect(agent.content.toolArguments).not.toBe('');
      // What an edit changes is its argument; it answers nothing.
      if (agent.toolName !== 'Edit') expect(agent.content.toolResult).not.toBe('');
    }
  });
});

test('each agent keeps its prompt within a version, but for the session that drifts', () => {
  const prompts = new Map<string, string>();
  const drifted = new Set<string>();
  for (const { name, enriched } of DEMO) {
    for (const { agent, security } of enriched.filter((span) => span.security.promptHash !== '')) {
      const key = `${security.agentId} ${agent.agentVersion}`;
      if ((prompts.get(key) ?? security.promptHashStable) !== security.promptHashStable) drifted.add(name);
      else prompts.set(key, security.promptHashStable);
    }
  }
  expect([...drifted]).toEqual(['helpdesk-prompt-changed']);
});

test('memory is written by the user in the benign session, from outside in the attack', () => {
  expect(spansOf('remembered-allergy', 'save_memory')[0]!.security).toMatchObject({
    memoryOperation: 'write',
    writeProvenance: 'user',
  });
  expect(spansOf('poisoned-supplier-page', 'save_memory')[0]!.security).toMatchObject({
    memoryOperation: 'write',
    writeProvenance: 'external',
  });
});

test('only one session reports more than 25 steps', () => {
  const long = DEMO.filter(({ enriched }) => enriched.some((span) => (span.agent.stepCount ?? 0) > 25));
  expect(long.map(({ name }) => name)).toEqual(['endless-search']);
});

test('the account that money goes to comes from the user in the benign session, from mail in the attack', () => {
  const said = (name: string) =>
    JSON.stringify(session(name).map((span) => span.agent.content.input.filter(({ role }) => role === 'user')));
  expect(spansOf('rent-paid', 'send_money')[0]!.agent.content.toolArguments).toContain('FR1420041010050500013M02606');
  expect(said('rent-paid')).toContain('FR1420041010050500013M02606');
  expect(spansOf('invoice-redirected', 'send_money')[0]!.agent.content.toolArguments).toContain('NL91ABNA0417164300');
  expect(said('invoice-redirected')).not.toContain('NL91ABNA0417164300');
  expect(spansOf('invoice-redirected', 'read_emails')[0]!.security.inputSource).toBe('external');
});

test('private notes go to an address that only the outside page names', () => {
  const [page] = spansOf('pricing-notes-sent-out', 'fetch_page');
  const [notes] = spansOf('pricing-notes-sent-out', 'read_file');
  const [mail] = spansOf('pricing-notes-sent-out', 'send_email');
  expect(page!.security.inputSource).toBe('external');
  expect(page!.agent.content.toolResult).toContain('verification@wrenfield-audit.example');
  expect(mail!.agent.content.toolArguments).toContain('verification@wrenfield-audit.example');
  expect(notes!.agent.content.toolResult).toContain('14,000 pieces at 22.35 EUR');
  expect(mail!.agent.content.toolArguments).toContain('14,000 pieces at 22.35 EUR');
});

test('credentials stand in one session only', () => {
  const leaking = DEMO.filter(({ enriched }) =>
    enriched.some(({ agent }) => /AKIA[A-Z2-7]{16}[\s\S]*ghp_\w{36}/.test(agent.content.toolResult)),
  );
  expect(leaking.map(({ name }) => name)).toEqual(['env-file-printed']);
});

function toSpan(span: ReadableSpan): Span {
  const { traceId, spanId } = span.spanContext();
  return {
    traceId,
    spanId,
    parentSpanId: span.parentSpanContext?.spanId ?? '',
    traceState: '',
    name: span.name,
    kind: KINDS[span.kind]!,
    startTimeUnixNano: nanoseconds(span.startTime),
    endTimeUnixNano: nanoseconds(span.endTime),
    statusCode: 'Unset',
    statusMessage: '',
    resource: { attributes: attributes(span.resource.attributes as OtelAttributes) },
    scope: { name: span.instrumentationScope.name, version: '', attributes: emptyAttributes() },
    attributes: attributes(span.attributes),
    events: span.events.map((event) => ({
      timeUnixNano: nanoseconds(event.time),
      name: event.name,
      attributes: attributes(event.attributes ?? {}),
    })),
    links: [],
  };
}

function attributes(given: OtelAttributes): Attributes {
  return Object.assign(emptyAttributes(), given);
}

function nanoseconds([seconds, rest]: HrTime): bigint {
  return BigInt(seconds) * 1_000_000_000n + BigInt(rest);
}
