import { describe, expect, it } from 'vitest';
import { readSyntaxTree } from '../../../engine/clickhouse/sql-guard/syntax-tree.ts';

const lines = (text: string) => text.split('\n').filter((line) => line.trim() !== '');

describe('the syntax tree', () => {
  it('is read from the lines of EXPLAIN AST', () => {
    expect(
      readSyntaxTree(
        lines(
          'Function in (alias x) (children 1)\n ExpressionList (children 2)\n  Identifier a\n  Literal UInt64_1 (alias b)',
        ),
      ),
    ).toEqual({
      kind: 'Function',
      detail: 'in (alias x)',
      children: [
        {
          kind: 'ExpressionList',
          detail: '',
          children: [
            { kind: 'Identifier', detail: 'a', children: [] },
            { kind: 'Literal', detail: 'UInt64_1 (alias b)', children: [] },
          ],
        },
      ],
    });
  });

  it.each([
    ['a name adds a child', 'A (children 1)\n B x\n C y'],
    ['a name takes a child away', 'A (children 2)\n B x (children 1)\n  C y'],
    ['a name adds a root', 'A\nB'],
    ['a name skips a level', 'A (children 1)\n  B'],
    [
      'a name claims another’s child',
      'Function in (children 1)\n ExpressionList (children 2)\n  Identifier x\n Function f (children 1)\n  Identifier system.users',
    ],
    [
      'a name fills the gap it made',
      'Function in (children 1)\n ExpressionList (children 2)\n  Identifier x\n  Identifier fake\n Function f (children 1)\n  Identifier system.users',
    ],
    ['a child is missing', 'A (children 1)'],
    ['nothing is there', ''],
    ['a line is no node', 'A (children 1)\n "x'],
  ])('is refused when %s', (_, text) => {
    expect(readSyntaxTree(lines(text))).toBeUndefined();
  });
});
