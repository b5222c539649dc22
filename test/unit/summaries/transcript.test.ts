import { describe, expect, it } from 'vitest';
import type { SummarySource, TranscriptSpan } from '../../../engine/core/summary-source.ts';
import { buildTranscript } from '../../../engine/summaries/transcript.ts';
import { asked, called, span } from './transcript-spans.ts';

const source = (spans: TranscriptSpan[], more: Partial<SummarySource> = {}): SummarySource => ({
  id: 'one',
  spans,
  omitted: 0,
  findings: [],
  ...more,
});

describe('a transcript', () => {
  it('tells goals, calls with their results, denials, errors and findings by the names of spans', () => {
    const finding = {
      rule_id: 'leaked-secret',
      title: 'A credential in a result',
      severity: 'high',
      evidence: [{ trace_id: 'a'.repeat(32), span_id: '0000000000000002' }],
    };
    const { text, names } = buildTranscript(
      source(
        [
          asked(1, 'Deploy the shop.\nQuickly.'),
          called(2, 'read_file', { path: '.env' }, 'TOKEN=[GITHUB_TOKEN:k3f9]', { ToolCategory: 'file_system' }),
          called(3, 'deploy', {}, '', { GuardrailVerdict: 'block', McpServer: 'ops' }),
          called(4, 'restart', {}, '', { StatusCode: 'Error', StatusMessage: 'timed out' }),
          asked(5, 'Deploy the shop.\nQuickly.', 'It is not deployed.'),
        ],
        { findings: [finding], omitted: 3 },
      ),
      1_000,
    );
    expect(text.split('\n')).toEqual([
      'session of 8 spans in 1 traces, 2026-11-21 10:00:00 to 2026-11-21 10:00:00 UTC',
      'agents: helper',
      '3 spans in the middle of the session were not read',
      'rule leaked-secret found (high): A credential in a result at s2',
      's1 request: Deploy the shop. Quickly.',
      's2 call read_file (file_system): {"path":".env"} -> TOKEN=[GITHUB_TOKEN:k3f9]',
      's3 call deploy (on ops): {}',
      's3 guardrail: block',
      's4 call restart: {}',
      's4 error: timed out',
      's5 answer: It is not deployed.',
    ]);
    expect(names.get('s2')).toEqual({ trace_id: 'a'.repeat(32), span_id: '0000000000000002' });
  });

  it('leaves out the middle, what matters least first, and says so', () => {
    const spans = [
      asked(1, 'Find the whisk.'),
      ...Array.from({ length: 200 }, (_, index) => called(index + 2, 'search', { page: index }, 'nothing here')),
      called(300, 'delete_all', {}, '', { GuardrailVerdict: 'deny' }),
      ...Array.from({ length: 200 }, (_, index) =>
        called(index + 400, 'search', { page: index + 200 }, 'nothing here'),
      ),
      asked(700, 'Find the whisk.', 'There is none.'),
    ];
    const { text, leftOut } = buildTranscript(source(spans), 1_200);
    expect(text.length).toBeLessThanOrEqual(1_200 * 3);
    expect(leftOut).toBeGreaterThan(300);
    expect(text).toContain('s1 request: Find the whisk.');
    expect(text).toContain('s202 call delete_all');
    expect(text).toContain('s403 answer: There is none.');
    expect(text).toMatch(/\[\d+ lines left out, calls of search \(\d+\) among them\]/);
  });

  it.each([500, 1_000, 5_000])('keeps to %d tokens, however much there is', (tokens) => {
    const long = 'word '.repeat(5_000);
    const spans = Array.from({ length: 500 }, (_, index) =>
      span(index, {
        Kind: 'llm',
        PromptPreview: `${index} ${long}`,
        CompletionPreview: `${long} ${index}`,
        StatusCode: 'Error',
        StatusMessage: long,
      }),
    );
    const { text } = buildTranscript(source(spans), tokens);
    expect(text.length).toBeLessThanOrEqual(tokens * 3);
    expect(text.length).toBeGreaterThan(tokens);
  });
});
