import { describe, expect, test } from 'vitest';
import { stripVolatile } from '../../../../engine/core/enrichment/strip-volatile.ts';

const POLICY = 'You are the billing assistant of Alder & Finch.';

describe('prompts that differ only from run to run come out the same', () => {
  test.each([
    ['an ISO date', 'Today is 2026-11-21.', 'Today is 2026-01-02.'],
    ['a time with a zone', 'It is 2026-11-21T10:00:00Z now', 'It is 2026-11-22T23:59:59.123+02:00 now'],
    ['a date with slashes', 'Date: 11/21/2026', 'Date: 1/2/2027'],
    ['a spelled date', 'Today is Saturday, November 21, 2026.', 'Today is Monday, March 2, 2027.'],
    ['a day-first date', 'Today: 21 November 2026, 10:15 AM UTC', 'Today: 3 May 2027, 9:00 PM UTC'],
    ['an ordinal', 'today, Nov 21st', 'today, Dec 3rd'],
    ['a month and a year', 'As of November 2026', 'As of January 2027'],
    ['Date.toString', 'now: Sat Nov 21 2026 10:00:00 GMT', 'now: Tue Jan 05 2027 08:30:11 GMT'],
    ['seconds since 1970', 'clock=1763719200', 'clock=1763719999'],
    ['a uuid', 'run 3f2b8c1e-0a4d-4f7e-9b1a-2c3d4e5f6a7b', 'run 00000000-aaaa-4bbb-8ccc-123456789abc'],
    ['a hex id', 'build (a1b2c3d4e5f60718)', 'build (0123456789abcdef)'],
    ['a session id', 'session_id: sess_8Fk2q9LxTT', 'session_id: sess_1aB22cD3ef'],
    ['white space', 'Be  kind.\n\n\nBe brief.', 'Be kind.\nBe brief.'],
    ['a home folder', 'Work in /home/ann/shop only.', 'Work in /home/bob/shop only.'],
    ['a Windows home folder', 'Work in C:\\Users\\ann\\shop only.', 'Work in C:\\Users\\bob\\shop only.'],
  ])('%s', (_, before, after) => {
    expect(stripVolatile(`${POLICY}\n${after}`)).toBe(stripVolatile(`${POLICY}\n${before}`));
  });

  test("a coding tool's description of machine and repository", () => {
    expect(stripVolatile(codingPrompt('ann', 'main', ' M src/cart.ts', '2.1.7.ab3'))).toBe(
      stripVolatile(codingPrompt('bob', 'fix/vat', '?? notes.md\n M src/tax.ts', '2.1.9.1f0')),
    );
  });
});

describe('prompts that instruct differently stay different', () => {
  test.each([
    ['a word', 'Never refund.', 'Always refund.'],
    ['a number', 'Take at most 50 orders.', 'Take at most 5000 orders.'],
    ['an amount', 'Refund up to $50.', 'Refund up to $5000.'],
    ['an amount with its currency after it', 'Refund up to 50 EUR.', 'Refund up to 5000 EUR.'],
    ['a percentage', 'Discounts up to 5% are fine.', 'Discounts up to 95% are fine.'],
    ['an amount behind a word that begins like a month', 'Spend up to a monthly 100.', 'Spend up to a monthly 9000.'],
    ['a number behind a date', 'From 2026-11-21 refund 10 orders.', 'From 2026-11-21 refund 99 orders.'],
    ['a number directly behind a date', 'After 10:00 500 orders.', 'After 10:00 900 orders.'],
    ['a number behind a weekday', 'On Monday 50 orders.', 'On Monday 90 orders.'],
    ['a number beside a month that is no day', 'In May 300 orders.', 'In May 900 orders.'],
    ['an address', 'Send reports to ops1@alder.example.', 'Send reports to ops7@alder.example.'],
    ['a URL', 'Post to https://hooks1.alder.example/a', 'Post to https://hooks2.alder.example/a'],
    ['an IBAN', 'Pay to NL91ABNA0417164300.', 'Pay to DE89370400440532013000.'],
    ['a phone number', 'Call 0301234567890 first', 'Call 0309876543210 first'],
    ['a path', 'Run /tmp/check.sh first.', 'Run /tmp/other.sh first.'],
    ['a line behind an element that never ends', '<env>\nNever refund.', '<env>\nAlways refund.'],
    ['a status line outside a git section', 'Status: be strict.', 'Status: be lenient.'],
    ['months as words', 'You may march ahead.', 'You must march ahead.'],
  ])('%s', (_, before, after) => {
    expect(stripVolatile(`${POLICY}\n${after}`)).not.toBe(stripVolatile(`${POLICY}\n${before}`));
  });

  test('the part beyond a million characters counts as it is', () => {
    const long = 'policy '.repeat(150_000);
    expect(stripVolatile(`${long} 2026-11-21`)).not.toBe(stripVolatile(`${long} 2026-11-22`));
  });
});

// Were any of these quadratic, the file would run into the test time-out.
test('hostile prompts are stripped in one pass', () => {
  const units = [
    'a',
    'a1',
    '1',
    '-',
    'a-',
    '1-',
    '#',
    '# ',
    '(',
    '<env>\n',
    'gitStatus:\nStatus:\n',
    '/home/',
    '[',
    'x=',
    'x=1',
    '"1',
    'may ',
    '1, ',
    '\n',
  ];
  for (const unit of units) {
    const prompt = unit.repeat(Math.ceil(900_000 / unit.length));
    expect(stripVolatile(prompt).length, JSON.stringify(unit)).toBeLessThanOrEqual(prompt.length);
  }
});

function codingPrompt(user: string, branch: string, status: string, version: string): string {
  return `x-anthropic-billing-header: cc_version=${version}; cc_entrypoint=cli; cch=${user};
You are an interactive agent that helps users with software engineering tasks.

<env>
Working directory: /home/${user}/shop
Is directory a git repo: Yes
Platform: linux
Today's date: 2026-11-21
</env>

 - Primary working directory: /Users/${user}/shop
 - Shell: ${user === 'ann' ? 'zsh' : 'bash'}

gitStatus: This is the git status at the start of the conversation.
Current branch: ${branch}

Main branch (you will usually use this for PRs): main

Status:
${status}

Recent commits:
1f2e3d4 ${user}: tidy up
`;
}
