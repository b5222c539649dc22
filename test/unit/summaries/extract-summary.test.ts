import { describe, expect, it } from 'vitest';
import type { SummarySource, TranscriptSpan } from '../../../engine/core/summary-source.ts';
import { agreementOf } from '../../../engine/summaries/compare-summaries.ts';
import { extractSummary } from '../../../engine/summaries/extract-summary.ts';
import { asked, called, span } from './transcript-spans.ts';

const summaryOf = (spans: TranscriptSpan[], more: Partial<SummarySource> = {}) =>
  extractSummary({ id: 'one', spans, omitted: 0, findings: [], ...more }, (text) => text);

describe('a summary without a model', () => {
  it('says in the words of the session what was asked, done and answered', () => {
    const summary = summaryOf([
      asked(1, 'Refund order A-7, please. The kettle is broken.'),
      called(2, 'lookup_order', { order: 'A-7' }, '{"paid": 39.9}'),
      called(3, 'issue_refund', { order: 'A-7' }, 'ok'),
      asked(4, 'Refund order A-7, please. The kettle is broken.', 'I have refunded 39.90 EUR.'),
      asked(5, 'Thanks. Is there a green one?', 'There is, for 42.50 EUR.'),
    ]);
    expect(summary).toEqual({
      title: 'Refund order A-7, please. The kettle is broken.',
      asked: 'Refund order A-7, please. The kettle is broken. / Thanks. Is there a green one?',
      summary:
        'helper called lookup_order and issue_refund. It answered: I have refunded 39.90 EUR. … There is, for 42.50 EUR.',
      outcome: 'completed',
      work_class: 'operations',
      files: [],
      systems: ['lookup_order', 'issue_refund'],
      risks: [],
      confidence: 0.7,
    });
  });

  it('finds files and systems in calls', () => {
    const { files, systems } = summaryOf([
      called(1, 'Read', { file_path: '/work/shop/src/cart.ts' }),
      called(2, 'Bash', { command: 'cat .env && npm test -- test/cart.test.ts > out.txt' }),
      called(3, 'fetch_page', { url: 'https://prices.example/list' }),
      called(4, 'create_issue', { title: 'x' }, '', { McpServer: 'github' }),
    ]);
    expect(files).toEqual(['/work/shop/src/cart.ts', '.env', 'test/cart.test.ts', 'out.txt']);
    expect(systems).toEqual(['files', 'shell', 'prices.example', 'fetch_page', 'github']);
  });

  it('claims risks of findings whose spans are there, and denials', () => {
    const evidence = (span_id: string) => [{ trace_id: 'a'.repeat(32), span_id }];
    const { risks } = summaryOf([called(1, 'send_money', {}, '', { GuardrailVerdict: 'block' })], {
      findings: [
        {
          rule_id: 'tainted-exfiltration',
          title: 'Sent out',
          severity: 'high',
          evidence: evidence('0000000000000001'),
        },
        {
          rule_id: 'leaked-secret',
          title: 'Of another session',
          severity: 'high',
          evidence: evidence('00000000000000ff'),
        },
      ],
    });
    expect(risks).toEqual([
      { kind: 'exfiltration', claim: 'Sent out', evidence: evidence('0000000000000001') },
      { kind: 'denied', claim: 'send_money was denied', evidence: evidence('0000000000000001') },
    ]);
  });

  it.each<[string, TranscriptSpan[]]>([
    ['completed', [asked(1, 'Do it.', 'Done.')]],
    ['completed', [asked(1, 'Fix the test.'), called(2, 'Bash', {}, 'Tests 15 passed (15)')]],
    ['failed', [asked(1, 'Fix the test.'), called(2, 'Bash', {}, 'FAIL test/cart.test.ts')]],
    ['failed', [asked(1, 'Do it.'), called(2, 'run', {}, '', { StatusCode: 'Error' })]],
    ['partial', [asked(1, 'Find it.', 'I could not find any.')]],
    ['partial', [called(1, 'rm', {}, '', { GuardrailVerdict: 'deny' }), asked(2, 'Clean up.', 'Most is done.')]],
    ['blocked', [asked(1, 'Wipe it.'), called(2, 'rm', {}, '', { GuardrailVerdict: 'block' })]],
    ['unclear', [asked(1, 'Look around.')]],
    ['unclear', [span(1)]],
  ])('tells the outcome %s', (outcome, spans) => {
    expect(summaryOf(spans).outcome).toBe(outcome);
  });

  it.each([
    ['bug_fix', 'The cart fails by one cent. Find out why and fix it.', ['Edit']],
    ['feature', 'Implement dark mode.', ['Write']],
    ['refactor', 'Refactor the parser and rename its fields.', ['Edit']],
    ['test', 'Write unit tests for the parser.', ['Write']],
    ['docs', 'Update the README and the changelog.', ['Edit']],
    ['review', 'Review this pull request.', ['Read']],
    ['data', 'Write the sales report for week 46.', ['query_sales']],
    ['research', 'Which heat pump is best? Compare three.', ['web_search']],
    ['operations', 'Please pay invoice 7731.', ['send_money']],
    ['other', 'Hello there.', []],
  ])('tells the kind of work %s', (work, request, tools) => {
    const calls = tools.map((tool, index) => called(index + 2, tool, {}));
    expect(summaryOf([asked(1, request), ...calls]).work_class).toBe(work);
  });

  it('takes no retrieved text for a request', () => {
    const page = 'Hotels: up to 140 EUR a night in capitals, breakfast included.';
    const spans = [
      asked(1, 'How much may a hotel cost?'),
      span(2, { Kind: 'retriever', CompletionPreview: page }),
      asked(3, `Context: ${page}`, 'Up to 140 EUR.'),
    ];
    expect(summaryOf(spans).asked).toBe('How much may a hotel cost?');
  });
});

describe('agreement', () => {
  const pair = (id: string, a: string, b: string) => {
    const base = summaryOf([asked(1, 'Hello there.')]);
    return { id, a: { ...base, work_class: a as 'docs' }, b: { ...base, work_class: b as 'docs' } };
  };

  it('of work classes is told with what chance would give', () => {
    const pairs = [
      pair('1', 'docs', 'docs'),
      pair('2', 'docs', 'test'),
      pair('3', 'test', 'test'),
      pair('4', 'test', 'test'),
    ];
    const agreement = agreementOf(pairs);
    // Three of four agree; chance gives 1/2 * 1/4 + 1/2 * 3/4.
    expect(agreement).toMatchObject({ work_class: 0.75, work_class_kappa: 0.5, outcome: 1, files: 1 });
    expect(agreement.disagreements).toEqual([{ session_id: '2', a: 'docs unclear', b: 'test unclear' }]);
  });

  it('of nothing is none', () => {
    expect(agreementOf([])).toMatchObject({ work_class: 0, work_class_kappa: 0 });
  });
});
