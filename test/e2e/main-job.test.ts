import { afterAll, describe, expect, it } from 'vitest';
import type { Alert } from '../../engine/core/alert.ts';
import { DEFAULT_SCHEDULE } from '../../engine/core/rule.ts';
import { demoSpans } from '../../ingest/demo/demo-spans.ts';
import { sendDemo } from '../../ingest/demo/send-demo.ts';
import { startServer, until } from '../running-server.ts';

const server = await startServer();
afterAll(() => server.stop());

const baseTime = Date.now() - 60_000;
const demo = demoSpans(baseTime);
const sent = demo.reduce((sum, session) => sum + session.spans.length, 0);
const CREDENTIAL = /gh[ps]_[A-Za-z0-9]{36}|AKIA[A-Z2-7]{16}/;
const STABLE = [
  'prompt-hash-drift',
  'leaked-secret',
  'external-to-memory-write',
  'step-count-blowup',
  'tainted-tool-call',
  'tainted-exfiltration',
];

async function alerts(): Promise<Alert[]> {
  return (await server.get<{ items: Alert[] }>('/alerts?limit=100')).items;
}

/** Alerts once every rule of the default schedule has looked at everything that was acknowledged before. */
async function settledAlerts(): Promise<Alert[]> {
  const [[now]] = (await server.sql('SELECT max(IngestedAt) FROM otel_traces')) as [[string]];
  await until(
    async () => {
      const { items } = await server.get<{ items: { schedule: string; evaluated_to: string | null }[] }>('/rules');
      const prompt = items.filter(({ schedule }) => schedule === DEFAULT_SCHEDULE);
      return prompt.every((rule) => rule.evaluated_to !== null && rule.evaluated_to > `${now.replace(' ', 'T')}Z`);
    },
    20_000,
    'rules that have seen every span',
  );
  return alerts();
}

describe('the main job, from an OpenTelemetry exporter to an alert', () => {
  it('acknowledges what is readable at once, redacted and enriched', async () => {
    await sendDemo({ url: server.otlp, baseTime });
    const [counts] = await server.sql(
      "SELECT count(), uniqExact(TraceId, SpanId), countIf(SessionId = '') FROM otel_traces",
    );
    expect(counts!.map(Number)).toEqual([sent, sent, 0]);
    const dialects = await server.sql('SELECT DISTINCT arrayJoin(Dialects) FROM otel_traces');
    expect(dialects.length).toBeGreaterThanOrEqual(3);
    const written = demo.flatMap(({ spans }) =>
      spans.flatMap((span) => [span, ...span.events].map((item) => JSON.stringify(item.attributes))),
    );
    expect(written.some((text) => CREDENTIAL.test(text))).toBe(true);
    const [leaked] = await server.sql(
      `SELECT countIf(match(concat(toString(SpanAttributes), toString(Events.Attributes), PromptPreview, CompletionPreview,
        ToolArgumentsPreview, ToolResultPreview), {credential: String})) FROM otel_traces`,
      { credential: CREDENTIAL.source },
    );
    expect(leaked!.map(Number)).toEqual([0]);
    const [hashes] = await server.sql(
      "SELECT uniqExact(PromptHash), countIf(ToolCategory != ''), countIf(InputSource = 'external') FROM otel_traces",
    );
    for (const figure of hashes!) expect(Number(figure)).toBeGreaterThan(1);
  });

  it('raises each rule exactly once, for its attack session and with evidence, within ten seconds', async () => {
    const raised = await until(
      async () => {
        const found = await alerts();
        return STABLE.every((id) => found.some((alert) => alert.rule_id === id)) && found;
      },
      10_000,
      'an alert of each rule',
    );
    for (const id of STABLE) expect(raised.filter((alert) => alert.rule_id === id)).toHaveLength(1);
    for (const alert of raised) {
      const session = demo.find(({ spans }) =>
        spans.some((span) => span.spanContext().spanId === alert.evidence[0]!.span_id),
      )!;
      expect(session.raises).toContain(alert.rule_id);
      expect(alert).toMatchObject({ status: 'open', count: 1 });
      expect(alert.threat.length).toBeGreaterThan(0);
      expect(alert.runbook).toContain('1.');
    }
  });

  it('raises nothing for the benign sessions', async () => {
    const benign = demo.filter((session) => session.raises.length === 0);
    const spans = new Set(benign.flatMap((session) => session.spans.map((span) => span.spanContext().spanId)));
    for (const alert of await settledAlerts()) {
      for (const item of alert.evidence)
        expect(spans.has(item.span_id), `${alert.rule_id}: ${alert.title}`).toBe(false);
    }
  });

  it('changes no count and raises nothing new when the same batches come twice more', async () => {
    const before = await alerts();
    await sendDemo({ url: server.otlp, baseTime });
    await sendDemo({ url: server.otlp, baseTime });
    const after = await settledAlerts();
    expect(after).toEqual(before);
    const [counts] = await server.sql('SELECT count() FROM otel_traces FINAL');
    expect(Number(counts![0])).toBe(sent);
  });

  it('runs the published drift query as it stands', async () => {
    const rows = await server.sql(`SELECT
      SpanAttributes['tracectrl.agent.id'] AS agent_id,
      groupArray(DISTINCT SpanAttributes['tracectrl.system_prompt_hash']) AS hashes,
      count(DISTINCT SpanAttributes['tracectrl.system_prompt_hash']) AS unique_hashes
    FROM org_default.otel_traces FINAL
    WHERE SpanAttributes['tracectrl.system_prompt_hash'] != ''
    GROUP BY SpanAttributes['tracectrl.agent.id'] AS agent_id
    HAVING unique_hashes > 1`);
    expect(rows.length).toBeGreaterThan(0);
  });

  it('shows the same alerts and no more after a restart', async () => {
    const before = await alerts();
    expect(await server.stop()).toBe(0);
    const again = await startServer({ folder: server.folder });
    try {
      expect((await again.get<{ items: Alert[] }>('/alerts?limit=100')).items).toEqual(before);
    } finally {
      await again.stop();
    }
  });
});
