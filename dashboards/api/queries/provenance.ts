import { z } from 'zod';
import type { Store } from '../../../engine/clickhouse/store.ts';
import { suffixOf } from '../../../engine/redaction/redaction-token.ts';

const place = z.object({ trace_id: z.string(), span_id: z.string() });

/** One way that content took within a session, as the keyed references of its telling words show it. */
export const flowSchema = z.object({
  /** Tool, or '' for what the user and the system prompt said. */
  from: z.string(),
  from_kind: z.enum(['user', 'untrusted', 'memory']),
  to: z.string(),
  to_kind: z.enum(['tool', 'memory']),
  /** Words, names, addresses or numbers that both share. */
  shared: z.number(),
  /** Those of them that neither the user nor the system prompt has. */
  only_untrusted: z.number(),
  /** Redaction tokens that both hold. */
  tokens: z.array(z.string()),
  sources: z.array(place),
  sinks: z.array(place),
});
export type Flow = z.output<typeof flowSchema>;

const rowSchema = flowSchema.omit({ tokens: true }).extend({
  shared: z.coerce.number(),
  only_untrusted: z.coerce.number(),
  redactions: z.array(z.tuple([z.string(), z.string()])),
});

/** Ways that one answer holds; a session of more tools than that is no picture any more. */
const MOST_FLOWS = 200;

/**
 * Which content flowed into which call or memory: a source comes before the sink and shares references with its arguments.
 * References are counted once for each pair of tools.
 */
export async function readFlows(store: Store, database: string, session: string): Promise<Flow[]> {
  const rows = await store.query(FLOWS, { session, limit: MOST_FLOWS }, { database });
  return rows.map((row) => {
    const { redactions, ...flow } = rowSchema.parse(row);
    return { ...flow, tokens: redactions.map(([kind, fingerprint]) => `[${kind}:${suffixOf(fingerprint, 4)}]`) };
  });
}

const FLOWS = `
WITH
  spans AS (
    SELECT TraceId, SpanId, Timestamp, Kind, ToolName, SpanName, MemoryOperation, TrustedRefs, UntrustedRefs, ArgRefs,
      arrayFilter(
        (redaction, path) -> NOT match(path, '^ResourceAttributes|[.]user[.]id$'),
        arrayZip(Redactions.Kind, Redactions.Fingerprint), Redactions.Path) AS Redacted
    FROM otel_traces FINAL WHERE SessionId = {session: String} ORDER BY Timestamp LIMIT 5000
  ),
  (SELECT groupUniqArrayArray(20000)(TrustedRefs) FROM spans) AS trusted,
  sources AS (
    SELECT if(ToolName = '', SpanName, ToolName) AS from,
      if(MemoryOperation = 'read' OR Kind = 'memory', 'memory', 'untrusted') AS from_kind,
      (TraceId, SpanId) AS place, Timestamp AS at, UntrustedRefs AS refs, Redacted
    FROM spans WHERE Kind IN ('tool', 'retriever', 'memory') AND notEmpty(UntrustedRefs)
    ORDER BY at LIMIT 300
    UNION ALL
    SELECT '', 'user', (TraceId, SpanId), Timestamp, TrustedRefs, Redacted
    FROM (SELECT * FROM spans WHERE notEmpty(TrustedRefs) AND Kind IN ('llm', 'agent', 'chain') ORDER BY Timestamp LIMIT 20)
  ),
  sinks AS (
    SELECT if(ToolName = '', SpanName, ToolName) AS to,
      if(MemoryOperation = 'write', 'memory', 'tool') AS to_kind,
      (TraceId, SpanId) AS place, Timestamp AS at, ArgRefs AS refs, Redacted
    FROM spans WHERE Kind IN ('tool', 'memory', 'retriever') AND notEmpty(ArgRefs)
    ORDER BY at LIMIT 300
  )
SELECT from, from_kind, to, to_kind,
  length(groupUniqArrayArray(common) AS shared_refs) AS shared,
  if(from_kind = 'user', 0, length(arrayFilter(ref -> NOT has(trusted, ref), shared_refs))) AS only_untrusted,
  groupUniqArrayArray(20)(common_redacted) AS redactions,
  CAST(groupUniqArray(20)(source_place), 'Array(Tuple(trace_id String, span_id String))') AS sources,
  CAST(groupUniqArray(20)(sink_place), 'Array(Tuple(trace_id String, span_id String))') AS sinks
FROM (
  SELECT from, from_kind, to, to_kind, sources.place AS source_place, sinks.place AS sink_place,
    arrayIntersect(sources.refs, sinks.refs) AS common, arrayIntersect(sources.Redacted, sinks.Redacted) AS common_redacted
  FROM sources CROSS JOIN sinks
  WHERE sources.at < sinks.at AND sources.place != sinks.place AND notEmpty(common)
)
GROUP BY from, from_kind, to, to_kind
HAVING from != to OR from_kind = 'user'
ORDER BY only_untrusted DESC, shared DESC, from, to LIMIT {limit: UInt32}`;
