import { beforeAll, describe, expect, it } from 'vitest';
import { rulePasses, ruleQueries } from '../../../engine/clickhouse/rule-queries.ts';
import type { Store } from '../../../engine/clickhouse/store.ts';
import type { Session } from '../../../engine/core/session.ts';
import { timestampText } from '../../../engine/core/timestamp.ts';
import type { Window } from '../../../engine/core/window.ts';
import { benchRules } from '../../bench/bench-rules.ts';
import { storeSpans } from '../../bench/stored-spans.ts';
import { temporaryStore } from '../../temporary-store.ts';

const START = Date.parse('2026-11-20T00:00:00Z') * 1_000;
const MICROS_APART = 5_000;
const window: Window = { from: START + 60_000_000, to: START + 63_000_000 };
const bounds = { from: timestampText(window.from), to: timestampText(window.to) };
const WINDOW = 'IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)}';

let store: Store;

beforeAll(async () => {
  ({ store } = await temporaryStore());
  await storeSpans(store, 'org_default.otel_traces', { from: 0, to: 14_000, start: START, microsApart: MICROS_APART });
  await store.command('OPTIMIZE TABLE otel_traces FINAL', {}, { database: 'org_default' });
});

/** What each query finds by itself, and what in one pass with the others. */
async function bothWays(
  queries: readonly { sql: string; params?: Record<string, unknown>; trigger?: string | undefined }[],
) {
  const single = ruleQueries(store, 'org_default');
  const pass = rulePasses(store, 'org_default')(window);
  const ask = (reads: Pick<typeof single, 'runSql'>) => (query: (typeof queries)[number]) =>
    reads.runSql(query.sql, { ...query.params, ...bounds }).then(
      ({ rows }) => rows.map((row) => JSON.stringify(row)).sort(),
      (error: Error) => [error.message],
    );
  const alone: string[][] = [];
  for (const query of queries) alone.push(await ask(single)(query));
  const costs = queries.map(({ trigger }) => pass.forRule({ metadata: { trigger } }));
  const together = await Promise.all(queries.map((query, n) => ask(costs[n]!)(query)));
  return { alone, together, costs: costs.map(({ cost }) => cost) };
}

describe('rules that run together', () => {
  it('find what each finds alone', async () => {
    const rules = benchRules().rules.flatMap((rule) => (rule.kind === 'sql' ? [rule] : []));
    const some = rules.filter((rule, n) => !rule.id.startsWith('bench') || n % 23 === 0);
    const { alone, together, costs } = await bothWays(
      some.map((rule) => ({
        sql: rule.query
          .replace(/HAVING count\(\) > \d+/, 'HAVING count() > 1')
          .replace('groupArray(20)', 'groupArraySorted(500)')
          .replace('any(AgentId)', 'min(AgentId)'),
        params: rule.metadata.params,
        trigger: rule.metadata.trigger,
      })),
    );
    for (const [n, rule] of some.entries()) expect([rule.id, together[n]]).toEqual([rule.id, alone[n]]);
    expect(alone.flat().length).toBeGreaterThan(20);
    expect(costs.filter((cost) => cost.skipped > 0).length).toBeGreaterThan(10);
    expect(costs.filter((cost) => cost.ran > 0).length).toBeGreaterThan(15);
  }, 120_000);

  it('are not run where no span meets the trigger that they say themselves, even alone', async () => {
    const sql = `SELECT count() AS c FROM otel_traces WHERE ${WINDOW}`;
    const found = async (trigger: string, params: Record<string, unknown> = {}) => {
      const reads = rulePasses(store, 'org_default')(window).forRule({ metadata: { trigger } });
      const { rows } = await reads.runSql(sql, { ...params, ...bounds });
      return { rows: rows.length, ...reads.cost };
    };
    expect(await found("ToolName = 'none'")).toMatchObject({ rows: 0, ran: 0, skipped: 1 });
    expect(await found("Kind = 'tool' OR ToolName = 'none'")).toMatchObject({ rows: 1, ran: 1, skipped: 0 });
    expect(await found('ToolName IN {tools: Array(String)}', { tools: ['tool_3'] })).toMatchObject({ rows: 1, ran: 1 });
    // What is no condition on one span is not believed.
    expect(await found('count() > 1000000')).toMatchObject({ rows: 1, ran: 1 });
    expect(await found('ToolName IN (SELECT ToolName FROM otel_traces WHERE 0)')).toMatchObject({ rows: 1, ran: 1 });
  });

  it.each([
    [
      'a condition that an alias hides',
      `SELECT lower(ToolName) AS Model, count() AS c FROM otel_traces WHERE ${WINDOW} AND Model LIKE 'tool%' GROUP BY Model`,
    ],
    ['a result where nothing is found', `SELECT count() AS c FROM otel_traces WHERE ${WINDOW} AND ToolName = 'none'`],
    [
      'what is absent',
      `SELECT DISTINCT AgentId FROM otel_traces WHERE IngestedAt < {to: DateTime64(6)} AND AgentId NOT IN (SELECT AgentId FROM otel_traces WHERE ${WINDOW} AND ToolName = 'none')`,
    ],
    [
      'an alternative',
      `SELECT SpanId FROM otel_traces WHERE ${WINDOW} AND ToolName = 'none' OR SpanId = lower(hex(sipHash64(toUInt64(5))))`,
    ],
    [
      'more than the sessions touched',
      `SELECT uniqExact(SessionId) AS c FROM otel_traces WHERE AgentId IN (SELECT AgentId FROM otel_traces WHERE ${WINDOW} AND Kind = 'tool')`,
    ],
    [
      'all columns',
      `SELECT * EXCEPT (ResourceAttributes) FROM otel_traces WHERE ${WINDOW} AND ToolName = 'tool_3' AND SessionId LIKE '%7'`,
    ],
    [
      'another table',
      `SELECT AgentId, PromptHash FROM agent_prompts WHERE AgentId IN (SELECT AgentId FROM otel_traces WHERE ${WINDOW} AND Kind = 'tool')`,
    ],
    [
      'a parameter of its own',
      `SELECT SpanId FROM otel_traces WHERE ${WINDOW} AND ToolName = {tool: String} /* } */ AND SpanId != '-- '`,
    ],
    [
      '64-bit numbers, dates, lists and maps',
      `SELECT max(sipHash64(SpanId)) AS h, max(Timestamp) AS t, [max(InputTokens)] AS l, map('a', 1) AS m, toFloat64(1.5) AS f, NULL AS n FROM otel_traces WHERE ${WINDOW} AND Kind = 'tool' GROUP BY Kind`,
    ],
    [
      'an error',
      `SELECT throwIf(count() > 0, 'no luck') AS c FROM otel_traces WHERE ${WINDOW} AND Kind = 'tool' GROUP BY Kind`,
    ],
    [
      'two columns of one name',
      `SELECT 1 AS a, 2 AS a, SpanId FROM otel_traces WHERE ${WINDOW} AND ToolName = 'tool_3'`,
    ],
  ])('find the same with %s', async (_, sql) => {
    const other = `SELECT count() AS c FROM otel_traces WHERE ${WINDOW} AND Kind = 'tool' GROUP BY Kind`;
    const third = `SELECT uniqExact(SpanId) AS spans FROM otel_traces FINAL WHERE SessionId IN (SELECT SessionId FROM otel_traces WHERE ${WINDOW}) AND IngestedAt < {to: DateTime64(6)} GROUP BY Kind`;
    const { alone, together } = await bothWays([{ sql, params: { tool: 'tool_3' } }, { sql: other }, { sql: third }]);
    expect(together).toEqual(alone);
  });

  it('read the same sessions from the copy as from the store', async () => {
    const pass = rulePasses(store, 'org_default')(window);
    const columns = ['SpanId', 'ToolName', 'Timestamp'] as const;
    const read = async (reads: Pick<ReturnType<typeof ruleQueries>, 'sessionsTouched'>) => {
      const sessions: Session<(typeof columns)[number]>[] = [];
      for await (const session of reads.sessionsTouched(window, columns)) sessions.push(session);
      return sessions.sort((a, b) => (a.id < b.id ? -1 : 1));
    };
    const [one, two] = await Promise.all([read(pass.forRule({ metadata: {} })), read(pass.forRule({ metadata: {} }))]);
    const alone = await read(ruleQueries(store, 'org_default'));
    expect(one.length).toBe(600);
    expect(one).toEqual(alone);
    expect(two).toEqual(alone);
  });

  it('count a span that was sent again once', async () => {
    await storeSpans(store, 'org_default.otel_traces', {
      from: 12_100,
      to: 12_200,
      start: START,
      microsApart: MICROS_APART,
    });
    const sql = `SELECT Kind, count() AS c, uniqExact(SpanId) AS u FROM otel_traces WHERE ${WINDOW} GROUP BY Kind HAVING c != u`;
    const { alone, together } = await bothWays([{ sql }, { sql }]);
    expect(alone.flat()).not.toEqual([]);
    expect(together.flat()).toEqual([]);
  });

  it.each([
    ['time', 'SELECT sum(cityHash64(number)) AS c FROM numbers(1000000000000)'],
    ['memory', 'SELECT length(groupArray(number)) AS c FROM numbers(100000000)'],
    ['rows', 'SELECT number AS c FROM numbers(1000)'],
  ])('fail by themselves over their budget of %s, as failures of their own', async (_, sql) => {
    const budget = { seconds: 1, memoryBytes: 50_000_000, resultRows: 600 };
    const pass = rulePasses(store, 'org_default', budget)(window);
    const fine = `SELECT count() AS c FROM otel_traces WHERE ${WINDOW} AND Kind = 'tool' GROUP BY Kind`;
    const [spent, kept] = await Promise.allSettled([
      pass.forRule({ metadata: {} }).runSql(sql, bounds),
      pass.forRule({ metadata: {} }).runSql(fine, bounds),
    ]);
    expect(spent).toMatchObject({ status: 'rejected', reason: { code: 'STORE_REFUSED' } });
    expect(kept).toMatchObject({ status: 'fulfilled', value: { rows: [{ c: expect.any(String) }] } });
  });

  it('leave no table behind', async () => {
    expect(await store.query("SELECT name FROM system.tables WHERE name LIKE 'pass_%'")).toEqual([]);
  });
});
