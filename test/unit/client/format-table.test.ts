import { describe, expect, it } from 'vitest';
import { formatTable } from '../../../dashboards/client/format-table.ts';

describe('a table', () => {
  it('lines up text to the left and numbers to the right', () => {
    const columns = [
      { name: 'name', type: 'String' },
      { name: 'n', type: 'Nullable(UInt64)' },
    ];
    expect(
      formatTable(columns, [
        ['a', '9'],
        ['longer', '10000'],
      ]),
    ).toEqual(['name        n', '------  -----', 'a           9', 'longer  10000']);
  });

  it('shows an empty result by its columns', () => {
    expect(formatTable([{ name: 'x' }, { name: 'long' }], [])).toEqual(['x  long', '-  ----']);
  });

  it.each([
    ['nothing', null, 'NULL'],
    ['an array', ['a', 1], '["a",1]'],
    ['a map', { key: 'value' }, '{"key":"value"}'],
    ['a truth', true, 'true'],
    ['line ends and tabs', 'a\nb\tc', 'a\\nb\\tc'],
    ['what would steer the terminal', '\u001b[2J\u001b]0;title\u0007', '\\u001b[2J\\u001b]0;title\\u0007'],
    ['C1 controls', '\u009b31m', '\\u009b31m'],
    ['what turns the writing direction', 'abc\u202etxt.exe', 'abc\\u202etxt.exe'],
    ['what nobody sees', 'a\u200bb\u2028c', 'a\\u200bb\\u2028c'],
    ['broken surrogates', '\ud800x', '\\ud800x'],
    ['tag characters', '\u{e0041}', '\\ue0041'],
  ])('shows %s harmlessly', (_, value, shown) => {
    expect(formatTable([{ name: 'value' }], [[value]])[2]).toBe(shown);
  });

  it('escapes column names too', () => {
    expect(formatTable([{ name: '\u001b[31m' }], [])[0]).toBe('\\u001b[31m');
  });

  it('counts characters, not code units, and cuts where it is asked to', () => {
    const [, rule, ...rows] = formatTable([{ name: 'x' }], [['😀😀'], ['abcdefgh']], 5);
    expect([rule, ...rows]).toEqual(['-----', '😀😀', 'abcd…']);
  });
});
