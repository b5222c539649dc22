import { context, type Span, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  endAgent,
  recordDecision,
  startAgent,
  tagAgent,
  withAgent,
  withModelCall,
  withToolCall,
} from '../../../agent/sdk/sdk.ts';
import { recording } from './recorded-spans.ts';

beforeAll(() => context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()));
afterAll(() => context.disable());

const agent = tagAgent({}, { id: 'runner', name: 'Runner', version: '2.0' });

describe('a run of an agent', () => {
  const steps = (count: number) => {
    for (let step = 1; step <= count; step++)
      recordDecision({ step, decision: 'reflect' }, { tracer: trace.getTracer('none') });
  };
  const boom = new TypeError('it broke');

  it.each<{ how: string; work: () => unknown; count: number; fails?: boolean }>([
    { how: 'answers', work: () => steps(3), count: 3 },
    {
      how: 'throws',
      work: () => {
        steps(4);
        throw boom;
      },
      count: 4,
      fails: true,
    },
    {
      how: 'resolves',
      work: async () => {
        await null;
        steps(2);
      },
      count: 2,
    },
    {
      how: 'rejects',
      work: async () => {
        await null;
        steps(5);
        throw boom;
      },
      count: 5,
      fails: true,
    },
    { how: 'takes no step', work: () => 'done', count: 0 },
  ])('says its steps when it $how', async ({ work, count, fails }) => {
    const { tracer, spans } = recording();
    const outcome = (async () => withAgent(agent, work, { tracer }))();
    if (fails) await expect(outcome).rejects.toBe(boom);
    else await outcome;
    const [run] = spans();
    expect(run!.attributes).toMatchObject({
      'gen_ai.agent.id': 'runner',
      'gen_ai.agent.version': '2.0',
      'gen_ai.agent.step.count': count,
    });
    expect(run!.status.code).toBe(fails ? 2 : 0);
    expect(run!.events.map(({ name }) => name)).toEqual(fails ? ['exception'] : []);
    if (fails) expect(run!.attributes['error.type']).toBe('TypeError');
  });

  it('counts decisions that name no step, else model calls', () => {
    const { tracer, attributesOf } = recording();
    withAgent(
      agent,
      () => {
        recordDecision({ decision: 'call_tool', tool: 'a' }, { tracer });
        recordDecision({ decision: 'final_answer' }, { tracer });
      },
      { tracer },
    );
    expect(attributesOf('invoke_agent Runner')['gen_ai.agent.step.count']).toBe(2);
    const other = recording();
    withAgent(
      agent,
      () => {
        withModelCall({ provider: 'openai', request: { model: 'm' }, tracer: other.tracer }, () => ({}));
        withModelCall({ provider: 'openai', request: { model: 'm' }, tracer: other.tracer }, () => ({}));
      },
      { tracer: other.tracer },
    );
    expect(other.attributesOf('invoke_agent Runner')['gen_ai.agent.step.count']).toBe(2);
  });

  it('keeps its own steps apart from those of an agent that it calls', () => {
    const { tracer, attributesOf } = recording();
    withAgent(
      agent,
      () => {
        recordDecision({ step: 1, decision: 'handoff', tool: 'sub' }, { tracer });
        withAgent({ id: 'sub' }, () => recordDecision({ step: 9, decision: 'final_answer' }, { tracer }), { tracer });
      },
      { tracer },
    );
    expect(attributesOf('invoke_agent Runner')['gen_ai.agent.step.count']).toBe(1);
    expect(attributesOf('invoke_agent sub')).toMatchObject({
      'gen_ai.agent.step.count': 9,
      'tracectrl.caller.agent_id': 'runner',
    });
  });

  it('ends once, and keeps a count that was set by hand', () => {
    const { tracer, spans } = recording();
    const run = startAgent(agent, { tracer, attributes: { 'gen_ai.agent.step.count': 42 } });
    endAgent(run, 'stopped');
    endAgent(run);
    expect(spans()).toHaveLength(1);
    expect(spans()[0]!.attributes['gen_ai.agent.step.count']).toBe(42);
    expect(spans()[0]!.status.code).toBe(2);
  });

  it('gives the very promise back that the work gave', () => {
    const { tracer } = recording();
    class Own extends Promise<number> {
      extra = 'kept';
    }
    const own = Own.resolve(1) as Own;
    expect(withAgent(agent, () => own, { tracer })).toBe(own);
  });

  it('asks what only looks like a promise once', async () => {
    const { tracer } = recording();
    let asked = 0;
    // biome-ignore lint/suspicious/noThenProperty: a query builder that runs whenever it is awaited
    const lazy = { then: (resolve: (value: number) => void) => resolve(++asked) };
    expect(await withAgent(agent, () => lazy as PromiseLike<number>, { tracer })).toBe(1);
    expect(asked).toBe(1);
  });

  it.each([[{}], [() => {}]])('of an agent without a name is refused when it is started', (nobody) => {
    expect(() => startAgent(nobody)).toThrow(/id or a name/);
  });
});

describe('a decision', () => {
  it('is written on the active call of the model, a second one on a span of its own', () => {
    const { tracer, spans, attributesOf } = recording();
    withModelCall({ provider: 'openai', request: { model: 'm' }, tracer }, () => {
      recordDecision({ step: 3, decision: 'call_tool', tool: 'lookup_order', reason: 'a refund' }, { tracer });
      recordDecision({ step: 3, decision: 'handoff', tool: 'sales' }, { tracer });
    });
    expect(attributesOf('chat m')).toMatchObject({
      'gen_ai.agent.step': 3,
      'gen_ai.agent.decision': 'call_tool',
      'gen_ai.agent.decision.tool': 'lookup_order',
      'gen_ai.agent.decision.reason': 'a refund',
    });
    expect(attributesOf('agent_step handoff')['gen_ai.agent.decision.tool']).toBe('sales');
    expect(spans()).toHaveLength(2);
  });

  it('is never written on a span of another kind, unless it is named', () => {
    const { tracer, attributesOf } = recording();
    tracer.startActiveSpan('GET /', (span) => {
      recordDecision({ decision: 'stop' }, { tracer });
      recordDecision({ decision: 'reflect' }, { span });
      span.end();
    });
    expect(attributesOf('GET /')['gen_ai.agent.decision']).toBe('reflect');
    expect(attributesOf('agent_step stop')['gen_ai.agent.decision']).toBe('stop');
  });

  it('of another vocabulary is not recorded, and nothing is thrown', () => {
    const { tracer, spans } = recording();
    recordDecision({ decision: 'panic' as 'stop' }, { tracer });
    expect(spans()).toEqual([]);
  });
});

describe('a tool', () => {
  it('has arguments and result, or the error that it ended with', async () => {
    const { tracer, spans } = recording();
    expect(
      await withToolCall({ name: 'add', id: 'c1', arguments: { a: 1 }, tracer }, async () => ({ sum: 2 })),
    ).toEqual({ sum: 2 });
    const failing = withToolCall({ name: 'add', arguments: '{"a":1}', tracer }, async (span: Span) => {
      expect(span.isRecording()).toBe(true);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(spans().map(({ attributes }) => attributes)).toMatchObject([
      {
        'gen_ai.tool.name': 'add',
        'gen_ai.tool.call.id': 'c1',
        'gen_ai.tool.call.arguments': '{"a":1}',
        'gen_ai.tool.call.result': '{"sum":2}',
      },
      { 'gen_ai.tool.call.arguments': '{"a":1}', 'error.type': 'Error' },
    ]);
  });
});
