/**
 * Compares sort keys and skip indexes of otel_traces over the queries that rules, the trace view and analysts run.
 * `node test/bench/sort-key.ts [million rows]` prints for each key and query the time against the Collector's own key.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '../../engine/clickhouse/connect.ts';

const ROWS = Number(process.argv[2] ?? 1) * 1_000_000;
const DAYS = 7;
const ROUNDS = 5;

const COLLECTOR_KEY = 'ServiceName, SpanName, toDateTime(Timestamp), TraceId, SpanId';
const KEYS: Record<string, string> = {
  collector: COLLECTOR_KEY,
  'hour, trace': 'toStartOfHour(Timestamp), TraceId, SpanId',
  'hour, agent, trace': 'toStartOfHour(Timestamp), AgentId, TraceId, SpanId',
  'hour, session, trace': 'toStartOfHour(Timestamp), SessionId, TraceId, SpanId',
  trace: 'TraceId, SpanId',
  'hour, trace, no index': 'toStartOfHour(Timestamp), TraceId, SpanId',
};

const QUERIES: Record<string, string> = {
  'one trace': "SELECT * FROM t FINAL WHERE TraceId = lower(hex(MD5('trace4321-2')))",
  'one session': "SELECT * FROM t FINAL WHERE SessionId = 'session-4321' ORDER BY Timestamp",
  'rule window': 'SELECT DISTINCT SessionId FROM t WHERE IngestedAt >= {from} AND IngestedAt < {to}',
  'sessions of a window': `SELECT SessionId, count(), max(Step) FROM t FINAL WHERE SessionId IN (SELECT SessionId FROM t
    WHERE IngestedAt >= {from} AND IngestedAt < {to}) GROUP BY SessionId`,
  'tools of a day':
    'SELECT ToolName, count(), sum(OutputTokens) FROM t FINAL WHERE Timestamp >= {day} AND Timestamp < {day} + INTERVAL 1 DAY GROUP BY ToolName',
  'agent of a day':
    "SELECT count(), sum(CostUsd) FROM t FINAL WHERE AgentId = 'agent-7' AND Timestamp >= {day} AND Timestamp < {day} + INTERVAL 1 DAY",
  'drift over everything': `SELECT AgentId, count(DISTINCT SpanAttributes['tracectrl.system_prompt_hash']) AS n FROM t FINAL
    WHERE SpanAttributes['tracectrl.system_prompt_hash'] != '' GROUP BY AgentId HAVING n > 1`,
};

const folder = await mkdtemp(join(tmpdir(), 'sort-key-'));
const store = await connect({ url: undefined, dataFolder: folder });
const ddl = (await readFile(new URL('../../sql/migrations/org/0001_otel_traces.sql', import.meta.url), 'utf8')).split(
  /;\n/,
)[0]!;
const end = Math.floor(Date.now() / 1_000) - 60;
const times = {
  from: `toDateTime64(${end - 3_600}, 6)`,
  to: `toDateTime64(${end - 3_597}, 6)`,
  day: `toDateTime(${end - 2 * 86_400})`,
};
const figures: Record<string, Record<string, number>> = {};

const only = process.argv[3]?.split('+');
for (const [name, key] of Object.entries(KEYS).filter(([name]) => only?.includes(name) ?? true)) {
  await store.command(`DROP TABLE IF EXISTS t`);
  await store.command(ddl.replace('otel_traces', 't').replace(/ORDER BY \([\s\S]*?\)\nTTL/, `ORDER BY (${key})\nTTL`));
  const started = performance.now();
  // 50 spans a session in five traces; sessions overlap: 100 of them run at any time.
  await store.command(`INSERT INTO t (Timestamp, TraceId, SpanId, SpanName, ServiceName, SpanAttributes, SessionId, AgentId, Kind,
      ToolName, Step, OutputTokens, CostUsd, PromptPreview, UntrustedRefs, IngestedAt)
    SELECT fromUnixTimestamp64Nano(toInt64(${end - DAYS * 86_400} * 1e9 + number / ${ROWS} * ${DAYS * 86_400} * 1e9)) AS ts,
      lower(hex(MD5(concat('trace', toString(s), '-', toString(intDiv(number, 100) % 5))))), lower(hex(sipHash64(number))), ['chat m','execute_tool t','invoke_agent a'][1 + number % 3],
      concat('svc-', toString(s % 20)), map('gen_ai.request.model', 'm', 'tracectrl.system_prompt_hash', if(number % 3 = 0, lower(hex(sipHash64(s % 50))), ''), 'input', repeat(toString(sipHash64(number)), 20)),
      concat('session-', toString(s)) AS SessionId, concat('agent-', toString(s % 50)), ['llm','tool','agent'][1 + number % 3],
      concat('tool-', toString(number % 40)), number % 25, number % 900, 0.001, repeat(toString(sipHash64(number, 1)), 15),
      [sipHash64(number), sipHash64(number, 2)], ts + INTERVAL 2 SECOND
    FROM (SELECT number, intDiv(number, 5000) * 100 + number % 100 AS s FROM numbers(${ROWS})) ORDER BY ts`);
  const row: Record<string, number> = { insert: performance.now() - started };
  for (const [query, sql] of Object.entries(QUERIES)) {
    const text = `${sql.replace(/\{(from|to|day)\}/g, (_, time: keyof typeof times) => times[time])}
      ${name.endsWith('no index') ? 'SETTINGS use_skip_indexes = 0' : ''}`;
    const samples: number[] = [];
    for (let round = 0; round <= ROUNDS; round++) {
      const begin = performance.now();
      await store.raw(text, 'Null');
      samples.push(performance.now() - begin);
    }
    row[query] = samples.slice(1).sort((a, b) => a - b)[Math.floor(ROUNDS / 2)]!;
  }
  const [size] = await store.query<{ bytes: string }>(
    "SELECT sum(bytes_on_disk) AS bytes FROM system.parts WHERE table = 't' AND active",
  );
  row['bytes a row'] = Number(size!.bytes) / ROWS;
  figures[name] = row;
}
const base = figures['collector']!;
console.table(
  Object.fromEntries(
    Object.keys(base).map((query) => [
      query,
      Object.fromEntries([
        ['collector (ms)', Number(base[query]!.toFixed(1))],
        ...Object.entries(figures).map(([name, row]) => [name, Number((row[query]! / base[query]!).toFixed(2))]),
      ]),
    ]),
  ),
);
await store.close();
await rm(folder, { recursive: true, force: true });
