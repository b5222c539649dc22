import { SpanStatusCode } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { describe, expect, test } from 'vitest';
import { CodedError } from '../../../../engine/core/errors.ts';
import { startReceiver } from './running-receiver.ts';

describe('the official exporter', () => {
  test('delivers spans, compressed, with its token', async () => {
    const authorizations: (string | undefined)[] = [];
    const receiver = await startReceiver({
      clock: Date.now,
      authenticate: async (authorization) => {
        authorizations.push(authorization);
        return { org: 'acme' };
      },
    });
    const exporter = new OTLPTraceExporter({
      url: `${receiver.url}/v1/traces`,
      headers: { authorization: 'Bearer t0ken' },
      compression: 'gzip' as never,
    });
    const provider = new BasicTracerProvider({
      resource: resourceFromAttributes({ 'service.name': 'from-the-sdk' }),
      spanProcessors: [new BatchSpanProcessor(exporter)],
    });
    const span = provider
      .getTracer('tracer', '1.2.3')
      .startSpan('execute_tool', { attributes: { big: 2 ** 40, list: ['a', 'b'], yes: true } });
    span.addEvent('thought', { text: 'größer 😀' });
    span.setStatus({ code: SpanStatusCode.ERROR, message: 'failed' });
    const { traceId, spanId } = span.spanContext();
    span.end();
    await provider.shutdown();

    expect(authorizations).toEqual(['Bearer t0ken']);
    expect(receiver.batches[0]?.spans).toEqual([
      expect.objectContaining({
        traceId,
        spanId,
        name: 'execute_tool',
        kind: 'Internal',
        statusCode: 'Error',
        statusMessage: 'failed',
        attributes: { big: 2 ** 40, list: ['a', 'b'], yes: true },
        events: [expect.objectContaining({ name: 'thought', attributes: { text: 'größer 😀' } })],
        scope: { name: 'tracer', version: '1.2.3', attributes: {} },
      }),
    ]);
    expect(receiver.batches[0]?.spans[0]?.resource.attributes['service.name']).toBe('from-the-sdk');
  });

  test('tries again when it is told to, until the batch is stored', async () => {
    let attempts = 0;
    const receiver = await startReceiver({
      clock: Date.now,
      accept: async () => {
        if (++attempts < 2) throw new CodedError('OVERLOADED', 'm');
      },
    });
    const exporter = new OTLPTraceExporter({ url: `${receiver.url}/v1/traces` });
    const provider = new BasicTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] });
    provider.getTracer('t').startSpan('s').end();
    await provider.shutdown();
    expect(receiver.exchanges.map((exchange) => exchange.status)).toEqual([429, 200]);
  });
});
