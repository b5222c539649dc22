import type { Store } from '../../engine/clickhouse/store.ts';
import { timestampText } from '../../engine/core/timestamp.ts';

/** Sessions that go on at any time; each has 25 spans, so at 200 spans a second it lasts 75 seconds. */
const SESSIONS_AT_ONCE = 600;
const SPANS_A_SESSION = 25;

/**
 * Makes, in the table, spans number `from` to `to`: span n was ingested `microsApart` after span n - 1, the first at `start`
 * (microseconds since 1970). Benign traffic of 50 agents, 40 tools and 1,000 users.
 */
export async function storeSpans(
  store: Store,
  table: string,
  { from, to, start, microsApart }: { from: number; to: number; start: number; microsApart: number },
): Promise<void> {
  const block = SESSIONS_AT_ONCE * SPANS_A_SESSION;
  await store.command(
    `INSERT INTO ${table}
         (Timestamp, TraceId, SpanId, SpanName, ServiceName, SessionId, UserId, AgentId, AgentVersion, Kind, Model, ToolName,
          ToolCategory, ToolDirection, PromptHash, InputTokens, PromptPreview, ToolArgumentsPreview, ToolArgumentsLength,
          UntrustedRefs, ArgRefs, TrustedRefs, IngestedAt)
     SELECT
         at, lower(hex(sipHash128(session))), lower(hex(sipHash64(n))), if(k = 'tool', 'execute_tool', 'chat'), 'bench',
         concat('session-', toString(session)), concat('user-', toString(session % 1000)), concat('agent-', toString(session % 50)),
         '1.0.0', if(n % 2 = 0, 'llm', 'tool') AS k, if(k = 'llm', 'model-a', ''),
         if(k = 'tool', concat('tool_', toString(cityHash64(n) % 40)), ''),
         if(k = 'tool', ['email', 'external_api', 'file_system', 'internal_api'][cityHash64(n) % 4 + 1], ''),
         if(k = 'tool', if(cityHash64(n) % 5 = 0, 'output', 'input'), ''),
         concat('h', toString(session % 50)), 400 + n % 100, 'Look up the order and answer the customer',
         if(k = 'tool', concat('{"order":', toString(n % 1000), '}'), ''), 20,
         [n, n + 1], [sipHash64(n), n + 2], [n], at
     FROM (
         SELECT number AS n, intDiv(number, ${block}) * ${SESSIONS_AT_ONCE} + number % ${SESSIONS_AT_ONCE} AS session,
             {start: DateTime64(6)} + toIntervalMicrosecond(number * ${microsApart}) AS at
         FROM numbers(${from}, ${to - from})
     )`,
    { start: timestampText(start) },
    {
      settings: {
        max_insert_threads: 2,
        max_threads: 2,
        min_insert_block_size_rows: 1_000_000,
        max_partitions_per_insert_block: 0,
      },
    },
  );
}
