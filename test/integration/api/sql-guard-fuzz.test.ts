import { existsSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_QUERY_LIMITS } from '../../../engine/clickhouse/sql-guard/query-limits.ts';
import { queryTable } from '../../../engine/clickhouse/sql-guard/run-query.ts';
import { isCoded } from '../../../engine/core/errors.ts';
import { ANALYST_QUERIES } from './analyst-queries.ts';
import { guardedStore, MARKER, stateOf } from './guarded-store.ts';
import { hostileQueries } from './hostile-queries.ts';

let at: Awaited<ReturnType<typeof guardedStore>>;
beforeAll(async () => {
  at = await guardedStore();
});

/** Mulberry32: the same sequence for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Expressions, sources and endings, each of which gives the marker away or writes when it gets through. */
function fragments(file: string, output: string) {
  return {
    expressions: [
      `file('${file}')`,
      `fIlE ( '${file}' )`,
      `\`file\`('${file}')`,
      `(SELECT file('${file}'))`,
      `(SELECT any(PromptPreview) FROM org_other.otel_traces)`,
      '(SELECT any(hash) FROM spanwarden.tokens)',
      '(SELECT any(settings) FROM destinations)',
      `arrayMap(x -> file(x), ['${file}'])`,
      `(SELECT * FROM file('${file}', 'LineAsString') LIMIT 1)`,
      "(SELECT any(PromptPreview) FROM merge('org_other', '.*'))",
      `(SELECT * APPLY(file) FROM (SELECT '${file}'))`,
      `'x' IN (SELECT hash FROM spanwarden.tokens)`,
      'toString((SELECT groupArray(secrets) FROM org_default.destinations))',
      `{x:String}`,
      '1',
    ],
    sources: [
      'org_other.otel_traces',
      '`org_other`.`otel_traces`',
      'spanwarden.tokens',
      'destinations',
      `file('${file}')`,
      "merge('', 'otel_traces')",
      '(SELECT * FROM org_other.otel_traces)',
      'system.tables',
      'view(SELECT * FROM org_other.otel_traces)',
      "remote('127.0.0.1', 'org_other.otel_traces')",
      'otel_traces',
      'numbers(3)',
    ],
    endings: [
      '',
      ` INTO OUTFILE '${output}'`,
      ' FORMAT CSV',
      ' SETTINGS readonly = 0',
      '; DROP TABLE otel_traces',
      ' -- ',
      ' /*',
      ' */',
      " '",
      ' `',
      ';;',
      ' $$',
      ' UNION ALL SELECT * FROM org_other.otel_traces',
      '\0',
      ' \u2028',
    ],
    noise: [
      ' ',
      '\n',
      '\t',
      '/**/',
      '/* ; */',
      '-- x\n',
      '\u00a0',
      '\u200b',
      '\ufeff',
      '(',
      ')',
      "'",
      '`',
      '"',
      ',',
      '$$',
      '{',
      '}',
      '\\',
      ';',
      '--',
      '/*',
      '*/',
      'AS `a\n b`',
      '::String',
    ],
  };
}

describe('the guard under mutated queries', () => {
  it.each([1, 2, 3])('leaks nothing and changes nothing (seed %i)', async (seed) => {
    const random = randomFrom(seed);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
    const parts = fragments(at.planted.file, at.planted.output);
    const hostile = hostileQueries(at.planted);
    const recipes: (() => string)[] = [
      () =>
        `SELECT ${pick(parts.expressions)}, ${pick(parts.expressions)} FROM ${pick(parts.sources)}${pick(parts.endings)}`,
      () =>
        `WITH ${pick(parts.expressions)} AS a, t AS (SELECT * FROM ${pick(parts.sources)}) SELECT a, * FROM t${pick(parts.endings)}`,
      () => splice(pick(ANALYST_QUERIES), pick(parts.expressions), random),
      () => splice(pick(hostile), pick(parts.noise), random),
      () => splice(splice(pick(hostile), pick(parts.noise), random), pick(parts.endings), random),
      () => `${pick(ANALYST_QUERIES)}${pick(parts.endings)}`,
      () => pick(hostile).replace(/[a-z]/gi, (letter) => (random() < 0.2 ? letter.toUpperCase() : letter)),
      () => `SELECT 1 AS \`${pick(parts.noise)}${pick(parts.expressions)}\`, ${pick(parts.expressions)}`,
      () => pick(hostile).slice(0, Math.floor(random() * 80)) + pick(ANALYST_QUERIES).slice(Math.floor(random() * 40)),
    ];
    const before = await stateOf(at.store);
    let answered = 0;
    for (let round = 0; round < 250; round++) {
      const query = pick(recipes)();
      const said = await queryTable(
        at.store,
        { query, parameters: {}, database: 'org_default', mayReadContent: true, isStructuralKey: () => false },
        { ...DEFAULT_QUERY_LIMITS, seconds: 2 },
      ).then(
        (table) => {
          answered += 1;
          return JSON.stringify(table.rows);
        },
        (error: unknown) => {
          if (!isCoded(error) || !error.code.startsWith('QUERY_'))
            throw new Error(`unforeseen for ${query}`, { cause: error });
          return `${error.message} ${JSON.stringify(error.extra)}`;
        },
      );
      expect(said, query).not.toContain(MARKER);
    }
    expect(await stateOf(at.store)).toBe(before);
    expect(existsSync(at.planted.output)).toBe(false);
    // A fuzz whose every query is refused for its noise would show little.
    expect(answered).toBeGreaterThan(5);
  });
});

function splice(text: string, piece: string, random: () => number): string {
  const at = Math.floor(random() * (text.length + 1));
  return text.slice(0, at) + piece + text.slice(at);
}
