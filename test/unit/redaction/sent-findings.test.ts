import { describe, expect, it } from 'vitest';
import type { RedactionFinding } from '../../../engine/core/redacted-span.ts';
import { sentFindings, writeFindings } from '../../../engine/redaction/sent-findings.ts';

const FINDING: RedactionFinding = {
  class: 'secret',
  kind: 'AWS_ACCESS_KEY',
  rule: 'aws-access-key',
  path: 'SpanAttributes.gen_ai.prompt',
  start: 3,
  end: 23,
  fingerprint: '0123456789abcdef0123456789abcdef',
};
const as = (changed: Partial<Record<keyof RedactionFinding, unknown>>) =>
  writeFindings([{ ...FINDING, ...changed } as RedactionFinding]);

describe("a sender's findings", () => {
  it('are read as they were written', () => {
    expect(sentFindings(writeFindings([FINDING, FINDING]), (path) => path)).toEqual([FINDING, FINDING]);
  });

  it('have their path redacted', () => {
    expect(sentFindings(as({}), () => 'safe')[0]!.path).toBe('safe');
  });

  it.each([
    ['no text', 12],
    ['no JSON', '[['],
    ['no list', '{"class":"secret"}'],
    ['a list of something else', '[1, null, [], ["secret"]]'],
    ['another class', as({ class: 'public' })],
    ['a kind with text in it', as({ kind: 'my password is' })],
    ['a rule with text in it', as({ rule: 'My Rule' })],
    ['a fingerprint that is none', as({ fingerprint: 'hunter2' })],
    ['a negative offset', as({ start: -1 })],
    ['an offset that is no number', as({ end: '7' })],
    ['more than can be read', JSON.stringify(['x'.repeat(300_000)])],
    ['nothing', undefined],
  ])('are left out when they are %s', (_what, value) => {
    expect(sentFindings(value, (path) => path)).toEqual([]);
  });
});
