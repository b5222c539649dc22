import {
  type Attributes,
  context,
  DiagLogLevel,
  diag,
  ROOT_CONTEXT,
  type Span,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { AlwaysOffSampler, ParentBasedSampler, SamplingDecision } from '@opentelemetry/sdk-trace-base';
import { afterEach, describe, expect, it } from 'vitest';
import { readSpan } from '../../../agent/sdk/read-span.ts';
import { SpanwardenSpanProcessor, tagAgent, withAgent, withSession } from '../../../agent/sdk/sdk.ts';
import { normalise } from '../../../engine/core/dialects/normalise.ts';
import { enrich } from '../../../engine/core/enrichment/enrich.ts';
import { securityAttributes } from '../../../engine/core/security-attributes.ts';
import { below, recording } from './recorded-spans.ts';

const CHAT = { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-5-mini' };
const instructions = (content: string) => JSON.stringify([{ type: 'text', content }]);
const tool = (name: string, more: Attributes = {}) => ({
  'gen_ai.operation.name': 'execute_tool',
  'gen_ai.tool.name': name,
  ...more,
});

describe('each of the nine steps', () => {
  it.each([
    {
      step: 'session',
      name: 'x',
      attributes: { 'gen_ai.conversation.id': 's-1' },
      sets: { 'tracectrl.session_id': 's-1' },
    },
    {
      step: 'ingress',
      name: 'scheduled report',
      attributes: {},
      sets: { 'tracectrl.ingress': true, 'tracectrl.trigger_type': 'scheduled' },
    },
    {
      step: 'agent',
      name: 'x',
      attributes: { 'gen_ai.agent.name': 'Billing agent' },
      sets: { 'tracectrl.agent.id': 'billing-agent', 'tracectrl.agent.name': 'Billing agent' },
    },
    {
      step: 'tool',
      name: 'x',
      attributes: tool('send_email'),
      sets: { 'tracectrl.tool.category': 'email', 'tracectrl.tool.direction': 'output' },
    },
    {
      step: 'prompt hash',
      name: 'x',
      attributes: { ...CHAT, 'gen_ai.system_instructions': instructions('Be kind.') },
      sets: {
        'tracectrl.system_prompt_hash': '5d1a17d5ff4d4f4d',
        'spanwarden.system_prompt_hash_stable': '5d1a17d5ff4d4f4d',
      },
    },
    {
      step: 'sequence',
      name: 'x',
      attributes: {},
      sets: { 'tracectrl.span_sequence': expect.stringMatching(/^1[78]\d{17}$/) },
    },
    { step: 'memory', name: 'x', attributes: tool('save_memory'), sets: { 'tracectrl.memory.operation': 'write' } },
    { step: 'input source', name: 'x', attributes: tool('fetch_page'), sets: { 'tracectrl.input.source': 'external' } },
    {
      step: 'write provenance',
      name: 'x',
      attributes: tool('save_memory'),
      sets: { 'tracectrl.memory.write_provenance': 'user' },
    },
  ])('$step', ({ name, attributes, sets }) => {
    const { tracer, attributesOf } = recording();
    tracer.startSpan(name, { attributes }).end();
    const found = attributesOf(name);
    if (found['tracectrl.system_prompt_hash'] !== undefined) {
      expect(found['tracectrl.system_prompt_hash']).toBe(found['spanwarden.system_prompt_hash_stable']);
      expect(found['tracectrl.system_prompt_hash']).toMatch(/^[0-9a-f]{16}$/);
    } else expect(found).toMatchObject(sets);
  });

  it('gives what the server would have given to the same spans', () => {
    const work = (tracer: ReturnType<typeof recording>['tracer']) => {
      let clock = Date.now() - 60_000;
      const tick = () => {
        clock += 10;
        return new Date(clock);
      };
      const start = (name: string, attributes: Attributes, parent?: Span) =>
        tracer.startSpan(name, { attributes, startTime: tick() }, parent && below(parent));
      const end = (span: Span) => span.end(tick());
      const agent = start('invoke_agent', {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.agent.id': 'a',
        'gen_ai.agent.name': 'A',
        'gen_ai.conversation.id': 's',
      });
      const prompt = { 'gen_ai.system_instructions': instructions('Today is 2026-11-21. Help.') };
      end(start('chat', { ...CHAT, ...prompt }, agent));
      end(start('fetch', tool('fetch_page', { 'gen_ai.tool.call.result': 'hello' }), agent));
      const sub = start('sub', { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.id': 'b' }, agent);
      end(start('save', tool('save_memory', { 'gen_ai.tool.call.arguments': '{"text":"hello"}' }), sub));
      end(start('search', tool('search_knowledge_base'), sub));
      end(sub);
      end(agent);
    };
    const ours = recording();
    const plain = recording({ processors: [] });
    work(ours.tracer);
    work(plain.tracer);
    const batch = enrich(plain.spans().map((span) => normalise(readSpan(span))));
    for (const [index, { name, attributes }] of ours.spans().entries()) {
      const { 'tracectrl.span_sequence': sequence, ...expected } = securityAttributes(batch[index]!.security);
      if (expected['tracectrl.agent.framework'] === 'unknown') delete expected['tracectrl.agent.framework'];
      const given = { ...attributes, ...(attributes['tracectrl.ingress'] === true && { 'tracectrl.ingress': 'true' }) };
      expect(given, name).toMatchObject(expected);
      expect(sequence).toBeDefined();
    }
    expect(ours.attributesOf('save')).toMatchObject({
      'tracectrl.memory.write_provenance': 'external',
      'tracectrl.agent.id': 'b',
      'tracectrl.caller.agent_id': 'a',
      'tracectrl.session_id': 's',
    });
  });

  it('is repeated by the server without a change', () => {
    const { tracer, spans } = recording();
    const agent = tracer.startSpan('run', {
      attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'A b' },
    });
    tracer.startSpan('scheduled fetch', { attributes: tool('fetch_page') }, below(agent)).end();
    tracer.startSpan('save', { attributes: tool('save_memory') }, below(agent)).end();
    agent.end();
    // Each in a request of its own: the server sees no parents.
    for (const span of spans()) {
      const [again] = enrich([normalise(readSpan(span))]);
      const given = {
        ...span.attributes,
        ...(span.attributes['tracectrl.ingress'] === true && { 'tracectrl.ingress': 'true' }),
      };
      const { 'tracectrl.agent.framework': _unknown, ...expected } = securityAttributes(again!.security);
      expect(given).toMatchObject(expected);
    }
  });
});

it('keeps every attribute that was set on the span', () => {
  const own: Attributes = {
    'tracectrl.session_id': 'mine',
    'tracectrl.ingress': false,
    'tracectrl.trigger_type': 'webhook',
    'tracectrl.agent.id': 'my-agent',
    'tracectrl.agent.name': 'Mine',
    'tracectrl.agent.framework': 'my-framework',
    'tracectrl.tool.category': 'human_interaction',
    'tracectrl.tool.direction': 'internal',
    'tracectrl.system_prompt_hash': 'abcdef',
    'tracectrl.span_sequence': '7',
    'tracectrl.memory.operation': 'read',
    'tracectrl.input.source': 'memory',
    'tracectrl.memory.write_provenance': 'agent',
    'gen_ai.agent.version': '9',
  };
  tagAgent({}, { id: 'my-agent', version: '1', systemPrompt: 'P' });
  const { tracer, attributesOf } = recording();
  withSession('other', () => {
    const span = tracer.startSpan('save', { attributes: tool('save_memory') });
    span.setAttributes(own);
    span.end();
  });
  expect(attributesOf('save')).toMatchObject(own);
});

describe('sessions', () => {
  it('do not mix when they run at the same time', async () => {
    const { tracer, spans } = recording();
    await Promise.all(
      Array.from({ length: 200 }, (_, n) =>
        withSession(`s-${n}`, async () => {
          for (let turn = 0; turn < 3; turn++) {
            await new Promise((resolve) => setImmediate(resolve));
            const span = tracer.startSpan(`turn ${n}`);
            await Promise.resolve();
            span.end();
          }
        }),
      ),
    );
    expect(spans()).toHaveLength(600);
    for (const { name, attributes } of spans()) expect(attributes['tracectrl.session_id']).toBe(`s-${name.slice(5)}`);
  });

  it.each([
    { what: 'the span names one', own: { 'gen_ai.conversation.id': 'own' }, parent: {}, inner: true, is: 'own' },
    {
      what: 'one was opened around it',
      own: {},
      parent: { 'gen_ai.conversation.id': 'parent' },
      inner: true,
      is: 'inner',
    },
    {
      what: 'its parent names one',
      own: {},
      parent: { 'gen_ai.conversation.id': 'parent' },
      inner: false,
      is: 'parent',
    },
    { what: 'one was opened around its parent', own: {}, parent: {}, inner: false, is: 'outer' },
  ])('are the narrowest: $what', ({ own, parent, inner, is }) => {
    const { tracer, attributesOf } = recording();
    withSession('outer', () => {
      const above = tracer.startSpan('above', { attributes: parent });
      const child = () => tracer.startSpan('child', { attributes: own }, below(above)).end();
      if (inner) withSession('inner', child);
      else child();
      above.end();
    });
    expect(attributesOf('child')['tracectrl.session_id']).toBe(is);
  });

  it('are the trace when nobody names one', () => {
    const { tracer, spans } = recording();
    tracer.startSpan('x').end();
    expect(spans()[0]!.attributes['tracectrl.session_id']).toBe(spans()[0]!.spanContext().traceId);
  });
});

describe('a span', () => {
  it('inherits what an open ancestor learns later', () => {
    const { tracer, attributesOf } = recording();
    const top = tracer.startSpan('top');
    const middle = tracer.startSpan('middle', {}, below(top));
    tracer.startSpan('early', {}, below(middle)).end();
    top.setAttribute('gen_ai.agent.id', 'late-agent');
    tracer.startSpan('late', {}, below(middle)).end();
    expect(attributesOf('early')).not.toHaveProperty('tracectrl.agent.id');
    expect(attributesOf('late')['tracectrl.agent.id']).toBe('late-agent');
  });

  it('inherits from a parent that has ended, and from one of another provider', () => {
    const first = recording();
    const second = recording();
    const parent = first.tracer.startSpan('parent', {
      attributes: { 'gen_ai.agent.id': 'a', 'gen_ai.conversation.id': 's' },
    });
    parent.end();
    second.tracer.startSpan('child', {}, below(parent)).end();
    expect(second.attributesOf('child')).toMatchObject({ 'tracectrl.agent.id': 'a', 'tracectrl.session_id': 's' });
  });

  it('is where a trace comes in when its parent is in another process', () => {
    const { tracer, attributesOf } = recording();
    const remote = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: TraceFlags.SAMPLED, isRemote: true };
    tracer.startSpan('served', {}, trace.setSpanContext(ROOT_CONTEXT, remote)).end();
    expect(attributesOf('served')['tracectrl.ingress']).toBe(true);
  });

  it('keeps its agent and session below a parent that was not sampled', () => {
    const none = recording({ sampler: new AlwaysOffSampler() });
    const rootless = new ParentBasedSampler({
      root: new AlwaysOffSampler(),
      localParentNotSampled: {
        shouldSample: () => ({ decision: SamplingDecision.RECORD_AND_SAMPLED }),
        toString: () => 'on',
      },
    });
    const { tracer, spans } = recording({ sampler: rootless });
    withSession('s', () =>
      withAgent(
        { id: 'sampled-agent' },
        (run) => {
          expect(run.span.isRecording()).toBe(false);
          tracer.startSpan('child', {}, below(run.span)).end();
        },
        { tracer: none.tracer },
      ),
    );
    expect(none.spans()).toEqual([]);
    expect(spans()[0]!.attributes).toMatchObject({
      'tracectrl.agent.id': 'sampled-agent',
      'tracectrl.session_id': 's',
    });
  });

  it('gets its context beyond the limit of attributes', () => {
    const { tracer, attributesOf } = recording();
    const many = Object.fromEntries(
      Array.from({ length: 200 }, (_, n) => [`llm.input_messages.${n}.message.content`, 'x']),
    );
    const span = tracer.startSpan('full', { attributes: { 'gen_ai.agent.id': 'a', ...many } });
    span.end();
    expect(attributesOf('full')['tracectrl.agent.id']).toBe('a');
  });

  it('is numbered when it is created, across providers', () => {
    const [a, b] = [recording(), recording()];
    const spans = Array.from({ length: 50 }, (_, n) => (n % 2 ? a : b).tracer.startSpan(`${n}`));
    for (const span of spans.toReversed()) span.end();
    const numbers = [...a.spans(), ...b.spans()]
      .sort((x, y) => Number(x.name) - Number(y.name))
      .map(({ attributes }) => BigInt(attributes['tracectrl.span_sequence'] as string));
    expect(numbers.every((number, at) => at === 0 || number > numbers[at - 1]!)).toBe(true);
  });

  it('is done with once however many processors there are', () => {
    const processors = [new SpanwardenSpanProcessor(), new SpanwardenSpanProcessor()];
    const { tracer, attributesOf } = recording({ processors });
    withAgent({ id: 'twice' }, (run) => tracer.startSpan('chat', { attributes: CHAT }, below(run.span)).end(), {
      tracer,
    });
    expect(attributesOf('invoke_agent twice')['gen_ai.agent.step.count']).toBe(1);
  });

  it('may be nested thousands deep', () => {
    const { tracer, spans } = recording();
    const open = [tracer.startSpan('0', { attributes: { 'gen_ai.conversation.id': 'deep' } })];
    for (let depth = 1; depth < 3_000; depth++) open.push(tracer.startSpan('', {}, below(open.at(-1)!)));
    for (const span of open.reverse()) span.end();
    expect(spans()).toHaveLength(3_000);
  });

  it('has the agent that was tagged under its name', () => {
    tagAgent(function helper() {}, { id: 'help-1', name: 'Help desk', version: '3' });
    const { tracer, attributesOf } = recording();
    tracer
      .startSpan('run', { attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'Help desk' } })
      .end();
    expect(attributesOf('run')).toMatchObject({ 'tracectrl.agent.id': 'help-1', 'gen_ai.agent.version': '3' });
  });
});

describe('the system prompt of a tagged agent', () => {
  const agent = tagAgent({}, { id: 'stamped', name: 'Stamped', systemPrompt: 'You sell apples.' });
  const OWN = { 'gen_ai.system_instructions': instructions('You sell pears.') };

  it.each([
    { what: 'a call without one', chat: {}, call: 'You sell apples.', run: 'You sell apples.' },
    { what: 'no call that carries one, nor its run', chat: OWN, call: undefined, run: undefined },
  ])('is stamped on $what', ({ chat, call, run }) => {
    const { tracer, attributesOf } = recording();
    withAgent(
      agent,
      (current) => tracer.startSpan('chat', { attributes: { ...CHAT, ...chat } }, below(current.span)).end(),
      { tracer },
    );
    expect(attributesOf('chat')['tracectrl.agent.system_prompt']).toBe(call);
    expect(attributesOf('invoke_agent Stamped')['tracectrl.agent.system_prompt']).toBe(run);
    expect(attributesOf('chat')['tracectrl.system_prompt_hash']).toMatch(/^[0-9a-f]{16}$/);
  });

  it('is that of the release which runs', () => {
    const { tracer, attributesOf } = recording();
    const old = tagAgent({}, { id: 'stamped', version: '1', systemPrompt: 'Old.' });
    tagAgent({}, { id: 'stamped', version: '2', systemPrompt: 'New.' });
    withAgent(old, (run) => tracer.startSpan('chat', { attributes: CHAT }, below(run.span)).end(), { tracer });
    expect(attributesOf('chat')).toMatchObject({
      'tracectrl.agent.system_prompt': 'Old.',
      'gen_ai.agent.version': '1',
    });
  });
});

describe('a call that two instrumentations report', () => {
  const USAGE = {
    'gen_ai.usage.input_tokens': 100,
    'gen_ai.usage.cache_read.input_tokens': 40,
    'gen_ai.usage.output_tokens': 10,
  };

  it.each([
    { outer: USAGE, inner: USAGE },
    { outer: {}, inner: USAGE },
    { outer: USAGE, inner: {} },
  ])('is one call with its tokens: outer $outer, inner $inner', ({ outer, inner }) => {
    const { tracer, provider, spans, attributesOf } = recording();
    withAgent(
      { id: 'counted' },
      (run) => {
        const call = tracer.startSpan('outer', { attributes: { ...CHAT, ...outer } }, below(run.span));
        const http = tracer.startSpan('POST', {}, below(call));
        provider
          .getTracer('another')
          .startSpan('inner', { attributes: { ...CHAT, ...inner } }, below(http))
          .end();
        http.end();
        call.end();
      },
      { tracer },
    );
    const read = spans().map((span) => normalise(readSpan(span)).agent);
    const total = read.reduce((sum, { tokens }) => sum + tokens.uncachedInput + tokens.cacheRead + tokens.output, 0);
    expect(total).toBe(110);
    expect(read.filter(({ kind }) => kind === 'llm')).toHaveLength(1);
    expect(attributesOf('invoke_agent counted')['gen_ai.agent.step.count']).toBe(1);
  });
});

describe('whatever goes wrong', () => {
  afterEach(() => diag.disable());

  it('leaves the span as it is and tells no content', () => {
    const said: unknown[] = [];
    const log = (...words: unknown[]) => said.push(...words);
    diag.setLogger({ error: log, warn: log, info: log, debug: log, verbose: log }, DiagLogLevel.ALL);
    const { tracer, spans } = recording();
    const span = tracer.startSpan('hostile');
    Object.defineProperty((span as unknown as { attributes: object }).attributes, 'gen_ai.agent.id', {
      enumerable: true,
      get() {
        throw new RangeError('the secret is hunter2');
      },
    });
    expect(() => span.end()).not.toThrow();
    expect(spans()).toHaveLength(1);
    expect(said.join(' ')).toContain('RangeError');
    expect(said.join(' ')).not.toContain('hunter2');
  });

  it('hostile names of attributes are names like any other', () => {
    const { tracer, attributesOf } = recording();
    const span = tracer.startSpan('x', {
      attributes: JSON.parse('{"__proto__": "a", "constructor": "b", "gen_ai.agent.id": "c"}'),
    });
    span.end();
    expect(attributesOf('x')['tracectrl.agent.id']).toBe('c');
    expect(({} as Record<string, unknown>)['a']).toBeUndefined();
    context.disable();
  });
});
