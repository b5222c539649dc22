import { describe, expect, it } from 'vitest';
import { insertParameters, quotedNames, withoutQuoted } from '../../../engine/clickhouse/sql-guard/query-parameters.ts';

describe('parameters in a canonical query', () => {
  it.each([
    ['{x:String}', { x: `a'b\\c` }, `'a\\'b\\\\c'`],
    ['{n:UInt8}', { n: 3 }, `CAST('3', 'UInt8')`],
    ['{a:Array(String)}', { a: [`it's`, 'b'] }, `CAST('[\\'it\\\\\\'s\\',\\'b\\']', 'Array(String)')`],
    [`{e:Enum8('a' = 1)}`, { e: 'a' }, `CAST('a', 'Enum8(\\'a\\' = 1)')`],
    [`'{x:String}'`, {}, `'{x:String}'`],
    ['`{x:String}`', {}, '`{x:String}`'],
    [`'\\'{x:String}'`, {}, `'\\'{x:String}'`],
  ])('%s becomes a literal', (text, parameters, literal) => {
    expect(insertParameters(`SELECT ${text}`, parameters, '')).toBe(`SELECT ${literal}`);
  });

  it.each([
    ['SELECT {x:String}', {}],
    ['SELECT {x:Identifier}', { x: 'a' }],
    ['SELECT { x : identifier }', { x: 'a' }],
    ['SELECT {', {}],
    ['SELECT }', {}],
    ['SELECT {x}', { x: 1 }],
    ['SELECT {toString:String}', {}],
    ['SELECT 1', { x: 1 }],
  ])('%s is refused', (text, parameters) => {
    expect(() => insertParameters(text, parameters, text)).toThrow();
  });

  it('tells words from what is quoted', () => {
    expect(withoutQuoted(`SELECT 'INTO OUTFILE', \`INTO\` FROM "x\\"y"`)).toBe(`SELECT '', '' FROM ''`);
    expect(quotedNames(`SELECT 'a', \`b\\\`c\`, "d"`)).toEqual(['`b\\`c`', '"d"']);
  });

  it('reads a long text in time that grows with its length', () => {
    for (const piece of [`'`, '`', '{', `{x:'`, `'\\`, `{x:String`]) {
      const started = performance.now();
      try {
        insertParameters(piece.repeat(20_000), { x: 'a' }, '');
      } catch {
        // Refused or not: only the time matters here.
      }
      expect(performance.now() - started, piece).toBeLessThan(20_000);
    }
  });
});
