import { context, diag, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { BasicTracerProvider, InMemorySpanExporter } from '@opentelemetry/sdk-trace-base';
import { afterEach, describe, expect, it } from 'vitest';
import { configure, type Spanwarden, withAgent, withSession } from '../../../agent/sdk/sdk.ts';

const open: Spanwarden[] = [];
const started = (options: Parameters<typeof configure>[0]): Spanwarden => {
  const spanwarden = configure(options);
  open.push(spanwarden);
  return spanwarden;
};
/** An exporter that keeps its spans over a shutdown. */
class Kept extends InMemorySpanExporter {
  override shutdown = async () => {};
}
const named = (exporter: InMemorySpanExporter) => exporter.getFinishedSpans().map(({ name }) => name);

afterEach(async () => {
  for (const spanwarden of open.splice(0)) await spanwarden.shutdown();
  trace.disable();
  context.disable();
});

describe('configure', () => {
  it('sets up everything: children, sessions, redaction, the service', async () => {
    const exporter = new Kept();
    const spanwarden = started({
      exporter,
      serviceName: 'billing',
      resource: { 'deployment.environment.name': 'test' },
    });
    await withSession('s', () =>
      withAgent({ id: 'a' }, async () => {
        await Promise.resolve();
        trace
          .getTracer('x')
          .startSpan('child', { attributes: { 'gen_ai.prompt': 'mail kim@harbour.example' } })
          .end();
      }),
    );
    await spanwarden.forceFlush();
    const [child, run] = exporter.getFinishedSpans();
    expect(child!.parentSpanContext?.spanId).toBe(run!.spanContext().spanId);
    expect(child!.attributes).toMatchObject({ 'tracectrl.session_id': 's', 'tracectrl.agent.id': 'a' });
    expect(child!.attributes['gen_ai.prompt']).toMatch(/^mail \[EMAIL:\w{4}\]$/);
    expect(child!.resource.attributes).toMatchObject({
      'service.name': 'billing',
      'deployment.environment.name': 'test',
    });
  });

  it('passes the trace on to another process, where it comes in from outside', async () => {
    const exporter = new Kept();
    const spanwarden = started({ exporter });
    const headers: Record<string, string> = {};
    withAgent({ id: 'caller' }, () => propagation.inject(context.active(), headers));
    const received = propagation.extract(ROOT_CONTEXT, headers);
    trace.getTracer('x').startSpan('served', {}, received).end();
    await spanwarden.forceFlush();
    const [caller, served] = exporter.getFinishedSpans();
    expect(served!.spanContext().traceId).toBe(caller!.spanContext().traceId);
    expect(served!.attributes['tracectrl.ingress']).toBe(true);
    expect(served!.attributes).not.toHaveProperty('tracectrl.agent.id');
    expect(Object.keys(headers)).toEqual(['traceparent']);
  });

  it('called twice changes nothing, until it is shut down', async () => {
    const [first, second] = [new Kept(), new Kept()];
    const one = started({ exporter: first });
    expect(configure({ exporter: second })).toBe(one);
    trace.getTracer('x').startSpan('once').end();
    await one.shutdown();
    expect(named(first)).toEqual(['once']);
    expect(named(second)).toEqual([]);
    const again = started({ exporter: second });
    expect(again).not.toBe(one);
    trace.getTracer('x').startSpan('again').end();
    await again.forceFlush();
    expect(named(second)).toEqual(['again']);
  });

  it('leaves the provider that a program has registered, and works beside it', async () => {
    const theirs = new BasicTracerProvider();
    trace.setGlobalTracerProvider(theirs);
    const exporter = new Kept();
    const spanwarden = started({ exporter });
    trace.getTracer('x').startSpan('theirs').end();
    spanwarden.provider.getTracer('x').startSpan('ours').end();
    await spanwarden.forceFlush();
    expect(named(exporter)).toEqual(['ours']);
    await spanwarden.shutdown();
    expect(trace.setGlobalTracerProvider(theirs)).toBe(false);
  });

  it('may stand by itself, twice', async () => {
    const [first, second] = [new Kept(), new Kept()];
    const both = [first, second].map((exporter) => started({ exporter, register: false }));
    both.forEach(({ provider }, n) => void provider.getTracer('x').startSpan(`${n}`).end());
    await Promise.all(both.map((one) => one.forceFlush()));
    expect([named(first), named(second)]).toEqual([['0'], ['1']]);
  });

  it.each([
    { endpoint: 'http://10.0.0.5:4318', warned: true },
    { endpoint: 'http://127.0.0.1:4318', warned: false },
    { endpoint: 'https://spanwarden.example', warned: false },
  ])('warns of a key that goes in the clear to $endpoint: $warned', ({ endpoint, warned }) => {
    const said: string[] = [];
    const quiet = () => {};
    diag.setLogger({ warn: (text) => said.push(text), error: quiet, info: quiet, debug: quiet, verbose: quiet });
    started({ endpoint, apiKey: 'an ingest token', register: false });
    diag.disable();
    expect(said.some((text) => text.includes('in the clear'))).toBe(warned);
    expect(said.join()).not.toContain('an ingest token');
  });

  it.each(['spanwarden.example', 'ftp://spanwarden.example', ''])('refuses the endpoint %j', (endpoint) => {
    expect(() => configure({ endpoint })).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });
});
