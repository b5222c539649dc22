import { existsSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createStructuralKeys } from '../../../dashboards/api/structural-key.ts';
import type { AnalystQuery } from '../../../engine/clickhouse/sql-guard/guard-query.ts';
import { DEFAULT_QUERY_LIMITS } from '../../../engine/clickhouse/sql-guard/query-limits.ts';
import { type ExportFormat, exportQuery, queryTable } from '../../../engine/clickhouse/sql-guard/run-query.ts';
import { isCoded } from '../../../engine/core/errors.ts';
import { ANALYST_QUERIES } from './analyst-queries.ts';
import { guardedStore, MARKER, stateOf } from './guarded-store.ts';
import { hostileQueries } from './hostile-queries.ts';

let at: Awaited<ReturnType<typeof guardedStore>>;
beforeAll(async () => {
  at = await guardedStore();
});

const limits = { ...DEFAULT_QUERY_LIMITS, seconds: 3 };
const asked = (query: string, more: Partial<AnalystQuery> = {}): AnalystQuery => ({
  query,
  parameters: {},
  database: 'org_default',
  mayReadContent: true,
  isStructuralKey: createStructuralKeys(),
  ...more,
});
const run = (query: string, more: Partial<AnalystQuery> = {}) => queryTable(at.store, asked(query, more), limits);

/** Code and message of the error that a query ends in. */
async function errorOf(query: string, more: Partial<AnalystQuery> = {}) {
  try {
    return { code: 'NONE', message: JSON.stringify(await run(query, more)), extra: {} };
  } catch (error) {
    if (!isCoded(error)) throw error;
    return { code: error.code, message: error.message, extra: error.extra };
  }
}

describe('queries that analysts write', () => {
  it('there are at least forty of them', () => expect(ANALYST_QUERIES.length).toBeGreaterThanOrEqual(40));

  it.each(ANALYST_QUERIES.map((query) => [query.replace(/\s+/g, ' ').slice(0, 90), query]))(
    'passes %s',
    async (_, query) => {
      const table = await run(query);
      expect(table.columns.length).toBeGreaterThan(0);
      expect(JSON.stringify(table)).not.toContain(MARKER);
    },
  );

  it('finds drift with the query that TraceCtrl publishes', async () => {
    const { rows } = await run(ANALYST_QUERIES.find((query) => query.includes('unique_hashes'))!);
    expect(rows).toEqual([['agent-a', expect.arrayContaining(['0', '1', '2']), '3']]);
  });

  it('answers columns with types, 64-bit integers as strings, the rows read and the time', async () => {
    const table = await run(
      'SELECT toUInt64(18446744073709551615) AS n, 1.5 AS x, nan AS bad, count() AS c FROM otel_traces',
    );
    expect(table).toEqual({
      columns: [
        { name: 'n', type: 'UInt64' },
        { name: 'x', type: 'Float64' },
        { name: 'bad', type: 'Float64' },
        { name: 'c', type: 'UInt64' },
      ],
      rows: [['18446744073709551615', 1.5, null, '20']],
      rows_read: expect.any(Number),
      elapsed_ms: expect.any(Number),
      truncated: false,
    });
  });
});

describe('queries that reach for what is not theirs', () => {
  it('are refused, leak nothing, change nothing and write nothing', async () => {
    const before = await stateOf(at.store);
    const answered: string[] = [];
    for (const query of hostileQueries(at.planted)) {
      const { code, message, extra } = await errorOf(query);
      if (!code.startsWith('QUERY_')) answered.push(`${code} ${query}`);
      expect(`${message}${JSON.stringify(extra)}`, query).not.toContain(MARKER);
      expect(message, query).not.toContain(at.folder);
    }
    expect(answered).toEqual([]);
    expect(await stateOf(at.store)).toBe(before);
    expect(existsSync(at.planted.output)).toBe(false);
  });

  it.each([
    [
      "SELECT 1,\n  file('/x')",
      'The function file is not allowed in queries (line 2, column 3)',
      { line: 2, column: 3 },
    ],
    [
      'SELECT * FROM org_other.otel_traces',
      "Only tables of the org's own database may be read, not org_other.otel_traces (line 1, column 15)",
      { line: 1, column: 15 },
    ],
    ['SELECT 1; SELECT 2', 'One statement at a time', undefined],
    [
      'SELECT 1 SETTINGS max_threads = 9',
      'SETTINGS are refused: the limits are not the query’s to change (line 1, column 10)',
      { line: 1, column: 10 },
    ],
    ['SELEC 1', 'Syntax error at line 1, column 7, near "1"', undefined],
    ['SELECT 1 FROM', expect.stringMatching(/^Syntax error/), undefined],
    ['DROP TABLE otel_traces', 'Only SELECT is allowed', undefined],
  ])('says why and where: %s', async (query, message, where) => {
    expect(await errorOf(query)).toMatchObject({ code: 'QUERY_REFUSED', message, extra: where ? { where } : {} });
  });

  it('answers the same for another org’s table whether it exists or not', async () => {
    const there = await errorOf('SELECT 1 FROM org_other.otel_traces');
    const notThere = await errorOf('SELECT 1 FROM org_otter.otel_traces');
    expect(notThere.message).toBe(there.message.replace('org_other', 'org_otter'));
  });

  it('names no other org’s tables in hints', async () => {
    await at.store.command('CREATE TABLE org_other.hunting_ground (a String) ENGINE = Memory');
    const { message } = await errorOf('SELECT * FROM hunting_groun');
    await at.store.command('DROP TABLE org_other.hunting_ground');
    expect(message).toBe('There is no such table');
  });

  it('leaves the connections of the product writable', async () => {
    await run('SELECT 1');
    await at.store.command('CREATE TABLE org_default.t (a String) ENGINE = Memory');
    await at.store.command('DROP TABLE org_default.t');
  });

  it('reads no parameter that another statement has bound', async () => {
    const slow = at.store.query('SELECT {secret: String} AS s, sum(sleepEachRow(0.1)) FROM numbers(3)', {
      secret: MARKER,
    });
    const stolen = await errorOf('SELECT {secret: String}');
    await slow;
    expect(stolen).toMatchObject({
      code: 'QUERY_REFUSED',
      message: 'The parameter secret has no value (line 1, column 9)',
    });
  });
});

describe('parameters', () => {
  const hostile = `it's \\ a "value" {x:String} -- /* \n\t; SELECT`;
  it.each([
    ['SELECT {x: String}', { x: hostile }, [hostile]],
    ['SELECT {x:Array(String)}', { x: ['a', hostile] }, [['a', hostile]]],
    ['SELECT {n:UInt64} + 1', { n: 41 }, ['42']],
    ['SELECT {n:UInt64}', { n: '18446744073709551615' }, ['18446744073709551615']],
    ['SELECT {b:Bool}', { b: true }, [true]],
    ['SELECT {x:Nullable(String)}', { x: null }, [null]],
    ["SELECT {t:DateTime64(3, 'UTC')}", { t: '2026-01-02 03:04:05.678' }, ['2026-01-02 03:04:05.678']],
    ['SELECT {a:Array(Array(UInt8))}', { a: [[1], [2, 3]] }, [[[1], [2, 3]]]],
    ["SELECT '{x:String}', {x:String}", { x: 'y' }, ['{x:String}', 'y']],
    ['SELECT number FROM numbers(10) LIMIT {n:UInt8}', { n: 1 }, ['0']],
    ['SELECT count() FROM otel_traces WHERE AgentId IN {ids:Array(String)}', { ids: ['agent-a'] }, ['20']],
  ])('binds %s', async (query, parameters, row) => {
    expect((await run(query, { parameters })).rows).toEqual([row]);
  });

  it.each([
    ['SELECT {x:String}', {}],
    ['SELECT 1', { x: 'unused' }],
    ['SELECT * FROM {t:Identifier}', { t: 'otel_traces' }],
    ['SELECT 1 IN {t:Identifier}', { t: 'system.one' }],
    ['SELECT {x:AggregateFunction(sum, UInt64)}', { x: 'a' }],
  ])('refuses %s', async (query, parameters) => {
    expect((await errorOf(query, { parameters })).code).toBe('QUERY_REFUSED');
  });
});

describe('without the right to read content', () => {
  const mayReadContent = false;
  it.each([
    'SELECT PromptPreview FROM otel_traces',
    'SELECT * FROM otel_traces',
    'SELECT x.* FROM (SELECT * FROM otel_traces) AS x',
    "SELECT COLUMNS('Preview') FROM otel_traces",
    'SELECT length(CompletionPreview) FROM otel_traces',
    "SELECT 1 FROM otel_traces WHERE ToolResultPreview LIKE '%a%'",
    'SELECT SpanAttributes FROM otel_traces',
    'SELECT mapValues(SpanAttributes) FROM otel_traces',
    'SELECT SpanAttributes.values FROM otel_traces',
    "SELECT SpanAttributes['gen_ai.prompt.preview'] FROM otel_traces",
    "SELECT SpanAttributes[concat('gen_ai.prompt.', 'preview')] FROM otel_traces",
    "SELECT m['gen_ai.prompt.preview'] FROM (SELECT SpanAttributes AS m FROM otel_traces)",
    'SELECT SpanAttributes[k] FROM otel_traces ARRAY JOIN mapKeys(SpanAttributes) AS k',
    "WITH 'gen_ai.prompt.preview' AS k SELECT SpanAttributes[k] FROM otel_traces",
    "SELECT SpanAttributes['ai.toolCall.args'] FROM otel_traces",
    "SELECT SpanAttributes['a_key_nobody_classified'] FROM otel_traces",
    "SELECT SpanAttributes['tracectrl.agent.id', 'x'] FROM otel_traces",
    "SELECT arrayElement(SpanAttributes, materialize('tracectrl.agent.id')) FROM otel_traces",
    'SELECT Events.Attributes FROM otel_traces',
    'SELECT 1 FROM otel_traces ORDER BY PromptPreview',
    'SELECT t.1 FROM (SELECT tuple(PromptPreview, 1) AS t FROM otel_traces)',
    'SELECT PromptPreview FROM org_default.otel_traces AS o FINAL',
    'SELECT toString(tuple(*)) FROM otel_traces',
  ])('refuses %s', async (query) => {
    expect(await errorOf(query, { mayReadContent })).toMatchObject({ code: 'QUERY_REFUSED' });
  });

  it.each([
    "SELECT SpanAttributes['tracectrl.agent.id'], TraceId, PromptLength, PromptHash FROM otel_traces",
    "SELECT count() FROM otel_traces WHERE mapContains(SpanAttributes, 'tracectrl.agent.id')",
    'SELECT * FROM alerts',
    'SELECT count(*) FROM otel_traces',
    ANALYST_QUERIES.find((query) => query.includes('unique_hashes'))!,
  ])('passes %s', async (query) => {
    expect((await run(query, { mayReadContent })).columns.length).toBeGreaterThan(0);
  });
});

describe('limits', () => {
  it('cuts a table at the row limit and says so', async () => {
    const table = await queryTable(at.store, asked('SELECT number FROM numbers(1000)'), { ...limits, resultRows: 10 });
    expect(table.rows).toHaveLength(10);
    expect(table.truncated).toBe(true);
    const exact = await queryTable(at.store, asked('SELECT number FROM numbers(10)'), { ...limits, resultRows: 10 });
    expect(exact.truncated).toBe(false);
  });

  it('cuts a table at the byte limit and says so', async () => {
    const query = "SELECT number, leftPad(toString(number), 1000, 'x') FROM numbers(100000)";
    const table = await queryTable(at.store, asked(query), { ...limits, resultBytes: 1_000_000 });
    expect(table.truncated).toBe(true);
    expect(table.rows.length).toBeGreaterThan(0);
    expect(table.rows.length).toBeLessThan(10_000);
  });

  it.each([
    ['time', 'SELECT count() FROM numbers(10000000) AS a, numbers(1000000) AS b'],
    ['rows', 'SELECT sum(number) FROM numbers(100000000000)'],
    ['memory', 'SELECT length(groupArray(toString(number))) FROM numbers(100000000)'],
    ['recursion', 'WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t) SELECT count() FROM t'],
    ['filling', 'SELECT count() FROM (SELECT 1 AS x ORDER BY x WITH FILL FROM 0 TO 100000000000)'],
  ])('ends a query that goes beyond the %s limit', async (_, query) => {
    const started = performance.now();
    expect((await errorOf(query)).code).toBe('QUERY_LIMIT');
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  it.each([
    ['long text', `SELECT '${'x'.repeat(120_000)}'`],
    ['deep parentheses', `SELECT ${'('.repeat(20_000)}1${')'.repeat(20_000)}`],
    ['deep functions', `SELECT ${'lower('.repeat(3_000)}'a'${')'.repeat(3_000)}`],
    ['deep subqueries', `${'SELECT * FROM ('.repeat(1_000)}SELECT 1${')'.repeat(1_000)}`],
    ['deep arrays', `SELECT ${'['.repeat(5_000)}1${']'.repeat(5_000)}`],
    ['long chains', `SELECT 1${' + 1'.repeat(20_000)}`],
    ['null character', 'SELECT 1\0; DROP TABLE otel_traces'],
    ['lone surrogate', `SELECT '${String.fromCharCode(0xd800)}'`],
  ])('refuses a query with %s and lives on', async (_, query) => {
    expect((await errorOf(query)).code).toMatch(/^QUERY_/);
    expect((await run('SELECT 1')).rows).toEqual([[1]]);
  });
});

describe('files', () => {
  it.each([
    ['csv', '"n","s"\n0,"a"\n1,"a"\n'],
    ['ndjson', '{"n":"0","s":"a"}\n{"n":"1","s":"a"}\n'],
  ] as const)('gives %s', async (format, text) => {
    const file = await exportQuery(at.store, asked("SELECT number AS n, 'a' AS s FROM numbers(2)"), format, limits);
    expect(file.toString()).toBe(text);
  });

  it.each([
    ['parquet', 'PAR1'],
    ['arrow', 'ARROW1'],
  ] as const)('gives %s', async (format, magic) => {
    const file = await exportQuery(at.store, asked('SELECT number AS n FROM numbers(2)'), format, limits);
    expect(file.subarray(0, magic.length).toString()).toBe(magic);
  });

  it.each(['csv', 'parquet'] as ExportFormat[])('refuses a %s that would be cut', async (format) => {
    const few = { ...limits, resultRows: 10 };
    const failing = exportQuery(at.store, asked('SELECT number FROM numbers(11)'), format, few);
    await expect(failing).rejects.toMatchObject({ code: 'QUERY_LIMIT' });
    const whole = await exportQuery(at.store, asked('SELECT number FROM numbers(10)'), format, few);
    expect(whole.length).toBeGreaterThan(0);
  });
});
