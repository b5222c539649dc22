import { credentials, Metadata } from '@grpc/grpc-js';
import { SeverityNumber } from '@opentelemetry/api-logs';
import { OTLPLogExporter as GrpcLogExporter } from '@opentelemetry/exporter-logs-otlp-grpc';
import { OTLPLogExporter as HttpLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter as GrpcTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider, type LogRecordExporter } from '@opentelemetry/sdk-logs';
import { AggregationTemporality, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningServer, startServer, until } from '../running-server.ts';

type GrpcOptions = NonNullable<ConstructorParameters<typeof GrpcTraceExporter>[0]>;

/** JavaScript's official exporters against the real server. */

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

function grpcMetadata(token: string): Metadata {
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${token}`);
  return metadata;
}

async function logThrough(exporter: LogRecordExporter, session: string): Promise<void> {
  const provider = new LoggerProvider({
    resource: resourceFromAttributes({ 'service.name': 'claude-code', 'service.version': '2.1.220' }),
    processors: [new BatchLogRecordProcessor({ exporter })],
  });
  const logger = provider.getLogger('com.anthropic.claude_code.events', '2.1.220');
  logger.emit({
    body: 'claude_code.tool_result',
    severityNumber: SeverityNumber.INFO,
    attributes: {
      'event.name': 'tool_result',
      'session.id': session,
      'prompt.id': 'p1',
      tool_name: 'Bash',
      tool_use_id: `toolu_${session}`,
      success: 'true',
      duration_ms: 120,
      tool_parameters: JSON.stringify({ full_command: 'npm test' }),
    },
  });
  await provider.forceFlush();
  await provider.shutdown();
}

describe('OTLP over gRPC', () => {
  test.each([
    ['plain', 'none'],
    ['gzip', 'gzip'],
  ])('spans, %s', async (name, compression) => {
    const exporter = new GrpcTraceExporter({
      url: server.otlp_grpc,
      credentials: credentials.createInsecure(),
      metadata: grpcMetadata(server.ingestToken),
      compression: compression as Exclude<GrpcOptions['compression'], undefined>,
    });
    const provider = new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] });
    const tracer = provider.getTracer('exporters');
    for (let i = 0; i < 50; i++) {
      tracer
        .startSpan(`chat ${i}`, {
          attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.conversation.id': `grpc-${name}` },
        })
        .end();
    }
    await provider.forceFlush();
    await provider.shutdown();
    const rows = await server.sql('SELECT count() FROM otel_traces FINAL WHERE SessionId = {id: String}', {
      id: `grpc-${name}`,
    });
    expect(Number(rows[0]![0])).toBe(50);
  });

  test('logs', async () => {
    const exporter = new GrpcLogExporter({
      url: server.otlp_grpc,
      credentials: credentials.createInsecure(),
      metadata: grpcMetadata(server.ingestToken),
    });
    await logThrough(exporter, 'grpc-logs');
    expect(await storedEvent('grpc-logs')).toEqual(['claude_code.tool_result', 'Bash', 'tool', 1]);
  });
});

describe('OTLP over HTTP', () => {
  test('logs', async () => {
    const exporter = new HttpLogExporter({
      url: `${server.otlp}/v1/logs`,
      headers: { authorization: `Bearer ${server.ingestToken}` },
    });
    await logThrough(exporter, 'http-logs');
    expect(await storedEvent('http-logs')).toEqual(['claude_code.tool_result', 'Bash', 'tool', 1]);
  });

  test.each([
    ['delta', AggregationTemporality.DELTA],
    ['cumulative', AggregationTemporality.CUMULATIVE],
  ])('metrics that are %s count once in usage', async (name, temporalityPreference) => {
    const reader = new PeriodicExportingMetricReader({
      exporter: new OTLPMetricExporter({ url: `${server.otlp}/v1/metrics`, temporalityPreference }),
      exportIntervalMillis: 3_600_000,
      exportTimeoutMillis: 60_000,
    });
    const provider = new MeterProvider({ readers: [reader] });
    const meter = provider.getMeter('com.anthropic.claude_code', '2.1.220');
    const user = `${name}@example.org`;
    const common = { 'session.id': `metrics-${name}`, 'user.account_uuid': `account-${name}` };
    const tokens = meter.createCounter('claude_code.token.usage', { unit: 'tokens' });
    const lines = meter.createCounter('claude_code.lines_of_code.count');
    for (let round = 1; round <= 3; round++) {
      tokens.add(100, { ...common, type: 'input', model: `model-${user}` });
      tokens.add(10, { ...common, type: 'output', model: `model-${user}` });
      lines.add(7, { ...common, type: 'added' });
      await reader.forceFlush();
    }
    await provider.shutdown();
    const { items } = await server.get<{ items: Record<string, unknown>[] }>('/usage?group_by=user');
    expect(items.find(({ key }) => key === `account-${name}`)).toMatchObject({
      input_tokens: 300,
      output_tokens: 30,
      lines_added: 21,
      sessions: 1,
    });
  });
});

async function storedEvent(session: string): Promise<unknown> {
  const rows = await until(
    async () => {
      const found = await server.sql(
        `SELECT EventName, ToolName, Kind, toUInt8(EventSpanId IN (SELECT SpanId FROM otel_traces WHERE SessionId = {id: String}))
         FROM otel_logs FINAL WHERE SessionId = {id: String}`,
        { id: session },
      );
      return found.length > 0 && found;
    },
    60_000,
    'the event',
  );
  return rows[0];
}
