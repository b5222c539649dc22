import type { Finding } from '../../core/finding.ts';
import { timestampText } from '../../core/timestamp.ts';
import { type Columns, insertRows } from '../insert-rows.ts';
import type { Store } from '../store.ts';

interface RiskContribution {
  readonly kind: string;
  readonly value: string;
  readonly finding: Finding;
  readonly at: string;
}

const COLUMNS: Columns<RiskContribution> = {
  entity_kind: (row) => row.kind,
  entity_value: (row) => row.value,
  finding_id: (row) => row.finding.id,
  rule_id: (row) => row.finding.rule_id,
  score: (row) => row.finding.risk_score,
  at: (row) => row.at,
};

/** Traces of a finding's evidence in which its agents and users are looked up. */
const MOST_TRACES = 20;

/** What an entity's risk adds up to. */
export interface RiskSum {
  readonly kind: string;
  readonly value: string;
  readonly score: number;
  readonly rules: string[];
  readonly findings: string[];
}

/**
 * Counts findings towards the sessions, agents and users behind their evidence, each finding once, and answers what these entities'
 * risk adds up to since `since`. Times are in milliseconds since 1970.
 */
export async function addRisk(
  store: Store,
  database: string,
  findings: readonly Finding[],
  { now, since }: { now: number; since: number },
): Promise<RiskSum[]> {
  const at = timestampText(now * 1_000);
  const behind = await entitiesBehind(store, database, findings);
  const contributions = findings.flatMap((finding) => behind(finding).map((entity) => ({ ...entity, finding, at })));
  await insertRows(store, `${database}.risk_contributions`, COLUMNS, contributions, crypto.randomUUID());
  const kinds = contributions.map(({ kind }) => kind);
  const values = contributions.map(({ value }) => value);
  const rows = await store.query<{ kind: string; value: string; score: string; rules: string[]; findings: string[] }>(
    `SELECT entity_kind AS kind, entity_value AS value, sum(score) AS score,
         arraySort(groupUniqArray(rule_id)) AS rules, arraySort(groupUniqArray(finding_id)) AS findings
     FROM (SELECT * FROM risk_contributions FINAL)
     WHERE (entity_kind, entity_value) IN arrayZip({kinds: Array(String)}, {values: Array(String)})
         AND at >= {since: DateTime64(6, 'UTC')}
     GROUP BY kind, value`,
    { kinds, values, since: timestampText(since * 1_000) },
    { database },
  );
  return rows.map((row) => ({ ...row, score: Number(row.score) }));
}

async function entitiesBehind(store: Store, database: string, findings: readonly Finding[]) {
  const tracesOf = (finding: Finding) => new Set(finding.evidence.slice(0, MOST_TRACES).map((item) => item.trace_id));
  const ids = [...new Set(findings.flatMap((finding) => [...tracesOf(finding)]))];
  const rows = await store.query<{ trace: string; agents: string[]; users: string[] }>(
    `SELECT TraceId AS trace, groupUniqArray(10)(AgentId) AS agents, groupUniqArray(10)(UserId) AS users
     FROM otel_traces WHERE TraceId IN {ids: Array(String)} GROUP BY TraceId`,
    { ids },
    { database },
  );
  const traces = new Map(rows.map((row) => [row.trace, row]));
  return (finding: Finding): { kind: string; value: string }[] => {
    const seen = [...tracesOf(finding)].flatMap((id) => traces.get(id) ?? []);
    const named = [
      ...(finding.session_id === '' ? [] : [`session ${finding.session_id}`]),
      ...seen.flatMap(({ agents }) => agents.map((agent) => `agent ${agent}`)),
      ...seen.flatMap(({ users }) => users.map((user) => `user ${user}`)),
      ...(['agent', 'user'].includes(finding.entity.kind) ? [`${finding.entity.kind} ${finding.entity.value}`] : []),
    ];
    return [...new Set(named)]
      .map((name) => ({ kind: name.slice(0, name.indexOf(' ')), value: name.slice(name.indexOf(' ') + 1) }))
      .filter(({ value }) => value !== '');
  };
}
