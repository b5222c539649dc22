import type { Role } from '../../../dashboards/auth/permissions.ts';
import { migrateOrg } from '../../../engine/clickhouse/migrate.ts';
import type { Store } from '../../../engine/clickhouse/store.ts';
import { insertOrg } from '../../../engine/clickhouse/tables/orgs.ts';
import { toFinding } from '../../../engine/core/finding.ts';
import { RULE, testApi } from '../api/test-api.ts';

/** Stands in everything of the org acme: whoever of another org sees it has crossed over. */
export const MARKER = 'acme-marker-7f3a';
export const PASSWORD = 'correct horse battery';
export const TRACE = 'ac3e'.repeat(8);
export const SPAN = 'ac3e'.repeat(4);

type Api = Awaited<ReturnType<typeof testApi>>;

/** The orgs acme, full of the marker, and beta, with as little as a new org has; and the ids of everything in acme, by what it is. */
export async function twoOrgs(store: Store) {
  const api = await testApi(store, { requestsPerMinute: 1_000_000 });
  for (const slug of ['acme', 'beta']) {
    await migrateOrg(store, `org_${slug}`);
    await insertOrg(store, { slug, name: slug === 'acme' ? MARKER : 'Beta', now: Date.now() });
  }
  await plantSpans(store);
  const admin = api.as(await api.token('admin', 'acme'));
  const ids = { session: `session-${MARKER}`, trace: TRACE, span: SPAN, agent: `agent-${MARKER}`, rule: RULE.id };
  return { api, ids: { ...ids, ...(await plantThings(api, admin)) }, admin };
}

async function plantSpans(store: Store): Promise<void> {
  await store.command(
    `INSERT INTO otel_traces (Timestamp, TraceId, SpanId, SessionId, UserId, AgentId, AgentName, SpanName, Kind, ToolName, Model, ServiceName,
       PromptPreview, StatusMessage, SpanAttributes, PromptHash, IngestedAt)
     SELECT now64(9), {trace: String}, {span: String}, concat('session-', {m: String}), {m: String}, concat('agent-', {m: String}), {m: String}, {m: String},
       'tool', {m: String}, {m: String}, {m: String}, {m: String}, {m: String}, map({m: String}, {m: String}), {m: String}, now64(6)`,
    { trace: TRACE, span: SPAN, m: MARKER },
    { database: 'org_acme' },
  );
}

/** Through the API, as people of acme do. */
async function plantThings(api: Api, admin: ReturnType<Api['as']>) {
  const make = async (path: string, body: object): Promise<string> => {
    const made = await admin('POST', `/api/v1/${path}`, body);
    if (made.status !== 201) throw new Error(`${path} in acme: ${made.status} ${made.text}`);
    return made.body.id;
  };
  const destination = await make('destinations', {
    kind: 'webhook',
    name: MARKER,
    url: 'http://127.0.0.1:9/x',
    secret: MARKER,
  });
  const match = { rule: [MARKER] };
  const made = {
    destination,
    route: await make('routes', { name: MARKER, destinations: [destination] }),
    silence: await make('silences', {
      match,
      starts_at: '2026-11-20T10:00:00Z',
      ends_at: '2090-11-20T10:00:00Z',
      reason: MARKER,
    }),
    inhibition: await make('inhibitions', { name: MARKER, source: match, target: match, equal: ['session'] }),
    exception: await make('exceptions', {
      matchers: [{ field: 'entity', value: MARKER }],
      owner: MARKER,
      reason: `because of ${MARKER}`,
      expires_at: '2090-11-20T10:00:00Z',
    }),
    deployment: await make('deployments', { agent_id: `agent-${MARKER}`, version: MARKER, note: MARKER }),
    token: await make('tokens', { role: 'analyst', name: MARKER }),
    user: await make('users', { email: `${MARKER}@example.org`, role: 'admin', password: PASSWORD }),
    saved: await make('saved-queries', {
      title: MARKER,
      description: MARKER,
      query: `SELECT '${MARKER}'`,
      shared: true,
    }),
    opening: await make('break-glass', { session_id: `session-${MARKER}`, reason: `because of ${MARKER}` }),
  };
  const alerting = await api.alerting('acme');
  const row = {
    entity: MARKER,
    session_id: `session-${MARKER}`,
    title: `Something in ${MARKER}`,
    starts_at: '2026-11-20 10:00:00.000000000',
    ends_at: '2026-11-20 10:00:01.000000000',
    evidence: [{ trace_id: TRACE, span_id: SPAN, note: MARKER }],
  };
  await alerting.applyFindings(RULE, [toFinding(RULE, row, false)]);
  const [alert] = (await admin('GET', '/api/v1/alerts')).body.items;
  return { ...made, alert: alert.id as string };
}

/** A fingerprint of all that acme has, in its own database and in the control plane. */
export async function stateOfAcme(store: Store): Promise<Record<string, string>> {
  const tables = await store.query<{ database: string; name: string; own: boolean }>(
    `SELECT database, name, has(groupArray(column), 'org') AS own FROM (
       SELECT t.database AS database, t.name AS name, c.name AS column FROM system.tables AS t
       INNER JOIN system.columns AS c ON c.database = t.database AND c.table = t.name
       WHERE t.database IN ('org_acme', 'spanwarden') AND t.engine LIKE '%MergeTree')
     GROUP BY database, name ORDER BY database, name`,
  );
  const state: Record<string, string> = {};
  for (const { database, name, own } of tables) {
    if (database === 'spanwarden' && !own) continue;
    const mine = database === 'spanwarden' ? `WHERE org = 'acme'` : '';
    const [row] = await store.query<{ state: string }>(
      `SELECT concat(toString(count()), ' ', toString(sum(cityHash64(*)))) AS state FROM ${database}.${name} ${mine}`,
    );
    state[`${database}.${name}`] = row!.state;
  }
  return state;
}

/** What the others may is among what these may. */
export const ATTACKERS = ['admin', 'analyst', 'manager', 'developer'] as const satisfies Role[];
