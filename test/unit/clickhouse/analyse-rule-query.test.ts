import { describe, expect, it } from 'vitest';
import { analyseRuleQuery, overSharedSpans } from '../../../engine/clickhouse/rule-pass/analyse-rule-query.ts';

const WINDOW = 'IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)}';
const SCAN = `SELECT SessionId FROM otel_traces WHERE ${WINDOW} AND Kind = 'tool'`;
const HISTORY = 'SELECT SessionId FROM otel_traces WHERE IngestedAt < {to: DateTime64(6)} AND SessionId IN';

describe('the trigger of a query', () => {
  it.each([
    ['one scan', SCAN, "(Kind = 'tool')"],
    ['a scan that is read into another', `${HISTORY} (${SCAN})`, "(Kind = 'tool')"],
    [
      'a look-back beside it',
      `SELECT 1 FROM otel_traces WHERE IngestedAt >= {from: DateTime64(6)} - INTERVAL 2 DAY AND SessionId IN (${SCAN})`,
      "(Kind = 'tool')",
    ],
    [
      'two scans',
      `WITH a AS (${SCAN}) SELECT SessionId FROM otel_traces WHERE ${WINDOW} AND Step > {n: UInt32} AND SessionId IN a`,
      "(Kind = 'tool') OR (Step > {n: UInt32})",
    ],
  ])('is what all its scans of the window want: %s', (_, sql, trigger) => {
    expect(analyseRuleQuery(sql).trigger).toBe(trigger);
  });

  it.each([
    ['no condition but the window', `SELECT SessionId FROM otel_traces WHERE ${WINDOW}`],
    ['an OR', `${SCAN} OR Kind = 'llm'`],
    ['an outer join', `SELECT 1 FROM otel_traces AS t LEFT JOIN (${SCAN}) AS s ON s.SessionId = t.SessionId`],
    ['NOT IN', `${HISTORY.replace(' IN', ' NOT IN')} (${SCAN})`],
    ['an IN beside an OR', `SELECT 1 FROM agent_prompts WHERE AgentId IN (${SCAN}) OR AgentVersion = '1'`],
    ['a total', `SELECT count() FROM otel_traces WHERE ${WINDOW} AND Kind = 'tool'`],
    ['a total of what was scanned', `WITH a AS (${SCAN}) SELECT count() AS c FROM a HAVING c = 0`],
    ['a UNION', `${SCAN} UNION ALL SELECT AgentId FROM agent_prompts`],
    [
      'a second use of the window',
      `${SCAN} AND SessionId IN (SELECT s FROM x WHERE FirstIngested >= {from: DateTime64(6)})`,
    ],
    ['an inclusive end', SCAN.replace('IngestedAt < ', 'IngestedAt <= ')],
    ['an alias in the way', SCAN.replace('SELECT SessionId', 'SELECT lower(SpanName) AS Kind')],
    ['an alias without AS in the way', SCAN.replace('SELECT SessionId', 'SELECT lower(SpanName) Kind')],
    [
      'only conditions with subqueries',
      SCAN.replace("Kind = 'tool'", 'AgentId IN (SELECT AgentId FROM agent_prompts)'),
    ],
  ])('is left open with %s', (_, sql) => {
    expect(analyseRuleQuery(sql).trigger).toBeUndefined();
  });
});

describe('a query over the spans of touched sessions', () => {
  it('is told by its scans, and its columns by their names', () => {
    expect(analyseRuleQuery(`${HISTORY} (${SCAN})`).sharedColumns).toEqual([
      'IngestedAt',
      'Kind',
      'SessionId',
      'SpanId',
      'Timestamp',
      'TraceId',
    ]);
  });

  it.each([
    ['another table', `${SCAN} AND AgentId IN (SELECT AgentId FROM agent_prompts)`],
    [
      'a scan by something else',
      `SELECT 1 FROM otel_traces WHERE IngestedAt < {to: DateTime64(6)} AND AgentId IN (${SCAN})`,
    ],
    ['a scan of everything', 'SELECT 1 FROM otel_traces WHERE IngestedAt < {to: DateTime64(6)}'],
    ['a join', `SELECT 1 FROM (${SCAN}) AS a JOIN otel_traces ON a.SessionId = otel_traces.SessionId`],
    ['every column', SCAN.replace('SELECT SessionId', 'SELECT *')],
    ['another SessionId', `SELECT AgentId AS SessionId FROM otel_traces WHERE ${WINDOW}`],
    ['a table function', `${SCAN} AND Step IN (SELECT number FROM numbers(10))`],
  ])('is not one with %s', (_, sql) => {
    expect(analyseRuleQuery(sql).sharedColumns).toBeUndefined();
  });

  it('is written over another table without FINAL, texts and comments left alone, parameters under a prefix', () => {
    const sql = `SELECT 'otel_traces FINAL {n: UInt8}' AS a, x.1 -- FROM otel_traces\nFROM otel_traces FINAL WHERE ${WINDOW} AND Step > {n: UInt8}`;
    expect(overSharedSpans(sql, 'copy', 'p1_')).toBe(
      `SELECT 'otel_traces FINAL {n: UInt8}' AS a , x.1 FROM copy WHERE ${WINDOW} AND Step > {p1_n: UInt8}`,
    );
  });

  it('is read in time linear in its length', () => {
    const sql = `SELECT ${'('.repeat(50_000)} ${"'a' ".repeat(50_000)} ${'/* '.repeat(20_000)} ${'{x '.repeat(20_000)}`;
    expect(analyseRuleQuery(sql)).toEqual({ trigger: undefined, sharedColumns: undefined });
  });
});
