import { readdirSync, readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import type { HrTime } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { describe, expect, test } from 'vitest';
import { demoSpans } from '../../../../ingest/demo/demo-spans.ts';
import { fakeAwsKeyId, fakeAwsSecretKey, fakeGithubToken } from '../../../../ingest/demo/fake-credential.ts';

const BASE = Date.UTC(2026, 10, 21, 12);
const DEMO = demoSpans(BASE);
const ATTACKED_RULES = [
  'prompt-hash-drift',
  'leaked-secret',
  'external-to-memory-write',
  'step-count-blowup',
  'tainted-tool-call',
  'tainted-exfiltration',
];

test.each(ATTACKED_RULES)('an attack raises %s', (rule) => {
  expect(DEMO.filter(({ raises }) => raises.includes(rule))).not.toEqual([]);
});

test('six or more sessions are benign, and at least three dialects take part on both sides', () => {
  const benign = DEMO.filter(({ raises }) => raises.length === 0);
  const attacks = DEMO.filter(({ raises }) => raises.length > 0);
  expect(benign.length).toBeGreaterThanOrEqual(6);
  for (const side of [benign, attacks])
    expect(new Set(side.map(({ dialect }) => dialect)).size).toBeGreaterThanOrEqual(3);
});

test('the same base time gives the same spans, another moves their times only', () => {
  expect(plain(demoSpans(BASE))).toEqual(plain(DEMO));
  const later = demoSpans(BASE + 60_000);
  expect(ids(later)).toEqual(ids(DEMO));
  expect(milliseconds(later[0]!.spans[0]!.startTime) - milliseconds(DEMO[0]!.spans[0]!.startTime)).toBe(60_000);
});

test('no two spans share an id, and no two sessions a trace', () => {
  const all = DEMO.flatMap(({ spans }) => spans);
  expect(new Set(all.map((span) => span.spanContext().spanId)).size).toBe(all.length);
  const owners = Map.groupBy(
    DEMO.flatMap(({ name, spans }) => spans.map((span) => ({ name, trace: span.spanContext().traceId }))),
    ({ trace }) => trace,
  );
  for (const [, spans] of owners) expect(new Set(spans.map(({ name }) => name)).size).toBe(1);
});

test('sessions come oldest first, the prompt before its change, and all before the base time', () => {
  const starts = DEMO.map(({ spans }) => Math.min(...spans.map((span) => milliseconds(span.startTime))));
  expect(starts).toEqual(starts.toSorted((a, b) => a - b));
  const names = DEMO.map(({ name }) => name);
  expect(names.indexOf('helpdesk-before')).toBeLessThan(names.indexOf('helpdesk-prompt-changed'));
  expect(Math.max(...DEMO.flatMap(({ spans }) => spans.map((span) => milliseconds(span.endTime))))).toBeLessThan(BASE);
});

describe.each(DEMO)('$name ($dialect)', ({ spans }) => {
  test('is made of whole traces: one root each, parents that exist and enclose their children', () => {
    for (const [, trace] of Map.groupBy(spans, (span) => span.spanContext().traceId)) {
      expect(trace.filter((span) => span.parentSpanContext === undefined)).toHaveLength(1);
      const byId = new Map(trace.map((span) => [span.spanContext().spanId, span]));
      for (const span of trace) {
        expect(span.spanContext().traceId).toMatch(/^(?!0{32})[0-9a-f]{32}$/);
        expect(span.spanContext().spanId).toMatch(/^(?!0{16})[0-9a-f]{16}$/);
        expect(milliseconds(span.startTime)).toBeLessThan(milliseconds(span.endTime));
        if (span.parentSpanContext === undefined) continue;
        const parent = byId.get(span.parentSpanContext.spanId)!;
        expect(milliseconds(parent.startTime)).toBeLessThanOrEqual(milliseconds(span.startTime));
        expect(milliseconds(parent.endTime)).toBeGreaterThanOrEqual(milliseconds(span.endTime));
      }
    }
  });

  test('has only attribute values that OpenTelemetry allows', () => {
    for (const { attributes, events, resource } of spans) {
      for (const values of [attributes, resource.attributes, ...events.map((event) => event.attributes ?? {})]) {
        for (const value of Object.values(values)) {
          const items = Array.isArray(value) ? value : [value];
          for (const item of items) expect(['string', 'number', 'boolean']).toContain(typeof item);
        }
      }
    }
  });
});

describe('fake credentials', () => {
  test('have the form and the checksum of real ones', () => {
    const token = fakeGithubToken('x');
    expect(token).toMatch(/^ghp_[0-9A-Za-z]{36}$/);
    expect(fromBase62(token.slice(-6))).toBe(crc32(token.slice(4, -6)));
    expect(fakeAwsKeyId('x')).toMatch(/^AKIA[A-Z2-7]{16}$/);
    expect(fakeAwsSecretKey('x')).toMatch(/^[0-9A-Za-z+/]{40}$/);
  });

  test('stand nowhere in the source', () => {
    const folder = new URL('../../../../ingest/demo/', import.meta.url);
    const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
    expect(sources.length).toBeGreaterThan(10);
    for (const file of sources) expect(readFileSync(new URL(file, folder), 'utf8')).not.toMatch(/AKIA|gh[pousr]_/);
  });
});

function milliseconds([seconds, nanoseconds]: HrTime): number {
  return seconds * 1_000 + nanoseconds / 1_000_000;
}

function plain(sessions: ReturnType<typeof demoSpans>) {
  return sessions.map(({ spans, ...session }) => ({ ...session, spans: spans.map(plainSpan) }));
}

function plainSpan(span: ReadableSpan) {
  const { spanContext, resource, ...rest } = span;
  return { ...rest, context: spanContext(), resource: resource.attributes };
}

function ids(sessions: ReturnType<typeof demoSpans>) {
  return sessions.map(({ spans }) => spans.map((span) => span.spanContext()));
}

function fromBase62(digits: string): number {
  const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  return [...digits].reduce((value, digit) => value * 62 + alphabet.indexOf(digit), 0);
}
