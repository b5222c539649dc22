import { call, type Story } from '../story.ts';

const FAILING = `> shop@4.8.1 test
> vitest run test/cart.test.ts

 FAIL  test/cart.test.ts > cart total > adds VAT once per line
AssertionError: expected 23.81 to be 23.80

 Test Files  1 failed (1)
      Tests  1 failed | 14 passed (15)`;

const SOURCE = `export function total(lines: Line[], vat: number): number {
  return lines.reduce((sum, line) => sum + line.price * line.quantity * (1 + vat), 0);
}`;

export const failingTestFixed: Story = {
  name: 'failing-test-fixed',
  title: 'A developer has a coding agent find and fix a rounding bug',
  dialect: 'claude-code',
  raises: [],
  minutesAgo: 168,
  service: 'claude-code',
  agent: { id: 'claude-code', name: 'claude-code', version: '2.1.283', description: '', system: '' },
  provider: 'anthropic',
  model: 'claude-sonnet-5',
  user: 'mira.olsen@alderfinch.example',
  turns: [
    {
      user: 'test/cart.test.ts fails by one cent since the VAT change. Find out why and fix it.',
      steps: [
        call('Bash', { command: 'npm test -- test/cart.test.ts', description: 'Run the failing test' }, FAILING),
        call(
          'Grep',
          { pattern: 'function total', path: 'src' },
          'src/cart.ts:12:export function total(lines: Line[], vat: number): number {',
        ),
        call('Read', { file_path: '/work/shop/src/cart.ts' }, SOURCE),
        call(
          'Edit',
          {
            file_path: '/work/shop/src/cart.ts',
            old_string: 'sum + line.price * line.quantity * (1 + vat)',
            new_string: 'sum + roundCents(line.price * line.quantity * (1 + vat))',
          },
          '-  return lines.reduce((sum, line) => sum + line.price * line.quantity * (1 + vat), 0);\n+  return lines.reduce((sum, line) => sum + roundCents(line.price * line.quantity * (1 + vat)), 0);',
        ),
        call(
          'Bash',
          { command: 'npm test -- test/cart.test.ts', description: 'Run the test again' },
          ' Tests  15 passed (15)',
        ),
      ],
      answer:
        'VAT was rounded once for the whole cart instead of once per line. Each line is rounded now, and all 15 tests pass.',
    },
  ],
};
