import { describe, expect, it } from 'vitest';
import type { Attributes } from '../../../engine/core/attributes.ts';
import { normalise } from '../../../engine/core/dialects/normalise.ts';
import { enrich } from '../../../engine/core/enrichment/enrich.ts';
import type { RedactedSpan } from '../../../engine/core/redacted-span.ts';
import { redactSpan } from '../../../engine/redaction/redact-span.ts';
import { createRedactor } from '../../../engine/redaction/redactor.ts';
import { SPAN_LIMITS } from '../../../engine/redaction/span-boundary.ts';
import { recorded } from '../core/dialects/recorded.ts';
import { expandExample, seededRandom } from './expand-example.ts';
import { anyExample } from './hostile-text.ts';
import { attributes, type SampleParts, sampleSpan } from './sample-span.ts';

const redactor = createRedactor({ key: new Uint8Array(32).fill(4) });
const github = expandExample('ghp_{b62:36}', seededRandom(2)).text;
const redact = (parts: SampleParts) => redactSpan(sampleSpan(parts), redactor);
const attribute = (key: string, value: Attributes[string]) =>
  redact({ attributes: attributes({ [key]: value }) }).attributes[key];
/** Everything the span holds, as text. */
const everything = (span: RedactedSpan) =>
  JSON.stringify(span, (_key, value) => (typeof value === 'bigint' ? String(value) : value));

describe('every string of a span passes the boundary', () => {
  const secret = (text: string) => `${text} ${github} x`;
  it.each<[string, SampleParts, string]>([
    ['span name', { name: secret('call') }, 'SpanName'],
    ['status message', { statusMessage: secret('failed:') }, 'StatusMessage'],
    ['trace state', { traceState: `v=${github}` }, 'TraceState'],
    ['content attribute', { attributes: attributes({ 'gen_ai.prompt': secret('p') }) }, 'SpanAttributes.gen_ai.prompt'],
    [
      'structural attribute',
      { attributes: attributes({ 'gen_ai.agent.name': secret('a') }) },
      'SpanAttributes.gen_ai.agent.name',
    ],
    ['unclassified attribute', { attributes: attributes({ 'x.y': secret('a') }) }, 'SpanAttributes.x.y'],
    [
      'list',
      { attributes: attributes({ 'gen_ai.response.finish_reasons': ['stop', github] }) },
      'SpanAttributes.gen_ai.response.finish_reasons[1]',
    ],
    [
      'nested map',
      { attributes: attributes({ 'tool.parameters': { headers: { authorization: github } } }) },
      'SpanAttributes.tool.parameters.headers.authorization',
    ],
    [
      'bytes',
      { attributes: attributes({ 'gen_ai.prompt': Buffer.from(secret('bytes:')) }) },
      'SpanAttributes.gen_ai.prompt',
    ],
    [
      'resource attribute',
      { resource: { attributes: attributes({ 'service.name': github }) } },
      'ResourceAttributes.service.name',
    ],
    ['scope name', { scope: { name: github, version: '', attributes: attributes({}) } }, 'ScopeName'],
    ['scope version', { scope: { name: '', version: github, attributes: attributes({}) } }, 'ScopeVersion'],
    [
      'scope attribute',
      { scope: { name: '', version: '', attributes: attributes({ 'service.name': github }) } },
      'ScopeAttributes.service.name',
    ],
    ['event name', { events: [{ timeUnixNano: 1n, name: github, attributes: attributes({}) }] }, 'Events[0].Name'],
    [
      'event attribute',
      { events: [{ timeUnixNano: 1n, name: 'e', attributes: attributes({ 'exception.message': secret('m') }) }] },
      'Events[0].exception.message',
    ],
    [
      'link',
      { links: [{ traceId: '1', spanId: '2', traceState: github, attributes: attributes({}) }] },
      'Links[0].TraceState',
    ],
    [
      'link attribute',
      { links: [{ traceId: '1', spanId: '2', traceState: '', attributes: attributes({ note: github }) }] },
      'Links[0].note',
    ],
    ['agent field', { agent: { toolName: github } }, 'Agent.toolName'],
    ['agent list', { agent: { dialects: ['otel', github] } }, 'Agent.dialects'],
    ['security field', { security: { memoryStoreId: github } }, 'Security.memoryStoreId'],
    ['prompt', { content: { input: [{ role: 'user', text: secret('hi') }] } }, 'Prompt'],
    ['completion', { content: { output: [{ role: 'assistant', text: secret('hi') }] } }, 'Completion'],
    [
      'tool call',
      { content: { toolCalls: [{ id: '1', name: 'push', arguments: `{"k":"${github}"}` }] } },
      'Completion.k',
    ],
    ['tool arguments', { content: { toolArguments: `{"k":"${github}"}` } }, 'ToolArguments.k'],
    ['tool result', { content: { toolResult: secret('r') } }, 'ToolResult'],
  ])('%s', (_name, parts, path) => {
    const span = redact(parts);
    expect(everything(span)).not.toContain(github);
    expect(span.redactions.filter((finding) => finding.kind === 'GITHUB_TOKEN')).toMatchObject([
      { class: 'secret', path },
    ]);
    const [finding] = span.redactions.filter((one) => one.kind === 'GITHUB_TOKEN');
    expect(Object.keys(finding!).sort()).toEqual(['class', 'end', 'fingerprint', 'kind', 'path', 'rule', 'start']);
  });

  it('attribute keys too, and keys that become equal are both kept', () => {
    const span = redact({
      attributes: attributes({ [`a.${github}`]: 1, 'bob@x.com': 2, 'Bob@x.com': 3, 'BOB@x.com': 4 }),
    });
    expect(everything(span)).not.toContain(github);
    expect(Object.keys(span.attributes).map((key) => key.replace(/:[^\]]*\]/, ':..]'))).toEqual([
      'a.[GITHUB_TOKEN:..]',
      '[EMAIL:..]',
      '[EMAIL:..]#2',
      '[EMAIL:..]#3',
    ]);
    expect(Object.values(span.attributes)).toEqual(['1', '2', '3', '4']);
  });

  it('whatever the secret, whatever the field', () => {
    const keys = [
      'gen_ai.prompt',
      'service.name',
      'who.knows',
      'llm.input_messages.0.message.content',
      'exception.message',
    ];
    for (let seed = 1; seed <= 300; seed++) {
      const random = seededRandom(seed);
      const { text, secret } = anyExample(random);
      const key = keys[seed % keys.length]!;
      const said = `use ${text} now`;
      const value = [said, [said], { a: { b: said } }, JSON.stringify({ q: said })][seed % 4]!;
      const span = redact({
        name: said,
        attributes: attributes({ [key]: value }),
        events: [{ timeUnixNano: 0n, name: 'e', attributes: attributes({ [key]: value }) }],
        content: { input: [{ role: 'user', text: said }], toolResult: said },
      });
      expect(everything(span).includes(JSON.stringify(secret).slice(1, -1)), `${seed}: ${key}`).toBe(false);
    }
  });

  it('and a recorded span of every dialect passes it with its structure', () => {
    for (const name of [
      'otel-openai-js',
      'openinference-langchain',
      'openllmetry',
      'vercel-ai-6',
      'claude-code-detailed',
      'tracectrl',
    ]) {
      for (const span of enrich(recorded(name).map(normalise))) {
        const redacted = redactSpan(span, redactor);
        expect(redacted.agent.requestModel).toBe(span.agent.requestModel);
        expect(redacted.security).toEqual(span.security);
        const lost = redacted.redactions
          .filter((finding) => finding.class === 'unclassified')
          .map((finding) => finding.path);
        expect(
          lost.filter((path) => !/\.metadata$|AssociationProperties/i.test(path)),
          name,
        ).toEqual([]);
      }
    }
  });
});

describe('classes of attributes', () => {
  it('keeps structural text, and content without its secrets', () => {
    expect(attribute('gen_ai.request.model', 'gpt-4o')).toBe('gpt-4o');
    expect(attribute('url.full', 'https://x.io/?token=abcdef123456&p=1')).toMatch(
      /^https:\/\/x\.io\/\?token=\[TOKEN:\w{4}\]&p=1$/,
    );
  });

  it('replaces text under a key that nobody classified, as a whole and linkably', () => {
    const value = attribute('customer.note', 'likes tea');
    expect(value).toMatch(/^\[UNCLASSIFIED:\w{4}\]$/);
    expect(attribute('other.key', 'likes tea')).toBe(value);
    expect(attribute('customer.note', 'likes coffee')).not.toBe(value);
    const span = redact({ attributes: attributes({ 'customer.note': 'likes tea' }) });
    expect(span.redactions).toMatchObject([
      { class: 'unclassified', kind: 'UNCLASSIFIED', path: 'SpanAttributes.customer.note', start: 0, end: 9 },
    ]);
  });

  it('keeps what it found in such text as tokens of their own', () => {
    const value = attribute('customer.note', 'write to bob@example.com soon')!;
    expect(value).toMatch(/^\[UNCLASSIFIED:\w{4}\]\[EMAIL:\w{4}\]\[UNCLASSIFIED:\w{4}\]$/);
    expect(attribute('gen_ai.prompt', 'bob@example.com')).toBe(value.slice(19, 31));
    expect(attribute('customer.note', value)).toBe(value);
  });

  it('keeps numbers and booleans under any key, but not numbers that are secrets', () => {
    expect(attribute('customer.count', 12)).toBe('12');
    expect(attribute('customer.big', 2n ** 60n)).toBe('1152921504606846976');
    expect(attribute('customer.active', true)).toBe('true');
    expect(attribute('customer.scores', [1, 2.5, [true]])).toBe('[1,2.5,[true]]');
    expect(attribute('customer.ssn', 123456789)).toMatch(/^\[SSN:/);
    expect(attribute('customer.pin', 1234)).toMatch(/^\[PIN:/);
    expect(attribute('customer.ref', 4111111111111111)).toMatch(/^\[CARD:/);
    expect(attribute('gen_ai.usage.input_tokens', 4096)).toBe('4096');
  });

  it('takes an org’s own keys', () => {
    const own = createRedactor({
      key: new Uint8Array(32).fill(4),
      policy: { structural: ['order.id'], content: ['ticket.*'] },
    });
    const span = redactSpan(
      sampleSpan({ attributes: attributes({ 'order.id': 'A-17', 'ticket.1.text': 'help bob@x.com' }) }),
      own,
    );
    expect(span.attributes['order.id']).toBe('A-17');
    expect(span.attributes['ticket.1.text']).toMatch(/^help \[EMAIL:/);
  });

  it('judges content by the last part of its key', () => {
    expect(attribute('http.request.header.cookie', ['sid=1; a=b'])).toMatch(/^\["\[COOKIE:\w{4}\]"\]$/);
    expect(attribute('http.request.header.x-api-key', 'opaque-value-9')).toMatch(/^\[API_KEY:/);
    expect(attribute('http.request.header.accept', 'text/html')).toBe('text/html');
  });

  it('is not fooled by keys of the prototype', () => {
    const span = redact({ attributes: attributes(JSON.parse('{"__proto__":"x","constructor":"y","toString":"z"}')) });
    expect(Object.getPrototypeOf(span.attributes)).toBe(null);
    expect(Object.keys(span.attributes)).toContain('constructor');
  });
});

describe('previews and lengths', () => {
  it('shows the last message of the user and the answer, with the lengths they had', () => {
    const long = 'word '.repeat(1000);
    const span = redact({
      content: {
        input: [
          { role: 'user', text: 'first' },
          { role: 'user', text: `mail bob@example.com ${long}` },
          { role: 'tool', text: 'result' },
        ],
        output: [
          { role: 'assistant', text: 'one' },
          { role: 'assistant', text: 'two' },
        ],
      },
    });
    expect(span.prompt.length).toBe(5021);
    expect(span.prompt.text).toMatch(/^mail \[EMAIL:\w{4}\] word .*\.\.\. \[\+\d+ chars clipped\]$/);
    expect(span.prompt.text.length).toBeLessThan(2048 + 40);
    expect(span.completion).toEqual({ text: 'one\ntwo', length: 7 });
    expect(span.attributes['gen_ai.prompt.length']).toBe('5021');
    expect(span.attributes['gen_ai.prompt.preview']).toBe(span.prompt.text);
    expect(span.attributes['gen_ai.completion.length']).toBe('7');
  });

  it('shows the calls where there is no answer, and all input where there is no user', () => {
    const span = redact({
      content: {
        input: [
          { role: 'document', text: 'a' },
          { role: 'document', text: 'b' },
        ],
        toolCalls: [{ id: '1', name: 'send', arguments: '{"password":"q"}' }],
      },
    });
    expect(span.prompt.text).toBe('a\nb');
    expect(span.completion.text).toMatch(/^send\n\{"password":"\[PASSWORD:\w{4}\]"\}$/);
  });

  it('adds none where there is no content, and keeps what the sender set', () => {
    expect(redact({}).attributes).toEqual(attributes({}));
    const span = redact({
      attributes: attributes({
        'gen_ai.prompt.length': 9000,
        'gen_ai.prompt.preview': `${'x'.repeat(3000)} bob@x.com`,
      }),
      content: { input: [{ role: 'user', text: 'short' }] },
    });
    expect(span.attributes['gen_ai.prompt.length']).toBe('9000');
    expect(span.attributes['gen_ai.prompt.preview']).toMatch(/^x{2048}\.\.\. \[\+\d+ chars clipped\]$/);
    expect(span.prompt.length).toBe(5);
  });

  it('clips attributes at a higher bound', () => {
    expect(attribute('gen_ai.prompt', 'y'.repeat(9000))).toBe(`${'y'.repeat(8192)}... [+808 chars clipped]`);
  });
});

describe('the security context', () => {
  it('becomes attributes where the sender set none', () => {
    const span = redact({
      attributes: attributes({ 'tracectrl.agent.id': 'sent' }),
      security: {
        sessionId: 'bob@example.com',
        ingress: true,
        agentId: 'found',
        spanSequence: 7n,
        inputSource: 'user',
      },
    });
    expect(span.attributes).toMatchObject({
      'tracectrl.session_id': expect.stringMatching(/^\[EMAIL:/),
      'tracectrl.ingress': 'true',
      'tracectrl.agent.id': 'sent',
      'tracectrl.span_sequence': '7',
      'tracectrl.input.source': 'user',
    });
    expect(span.attributes).not.toHaveProperty('tracectrl.tool.category');
  });
});

describe('bounds', () => {
  it('reports a secret once where fields repeat an attribute', () => {
    const span = redact({
      attributes: attributes({ 'user.id': 'bob@example.com', 'gen_ai.prompt': 'I am bob@example.com' }),
      agent: { userId: 'bob@example.com' },
      content: { input: [{ role: 'user', text: 'I am bob@example.com' }] },
    });
    expect(span.agent.userId).toMatch(/^\[EMAIL:/);
    expect(span.redactions.map((finding) => finding.path)).toEqual([
      'SpanAttributes.user.id',
      'SpanAttributes.gen_ai.prompt',
    ]);
  });

  it('keeps a number of findings and says how many more there were', () => {
    const mails = Array.from({ length: 300 }, (_, index) => `user${index}@example.com`).join(' ');
    const span = redact({ attributes: attributes({ 'gen_ai.prompt': mails }) });
    expect(span.redactions).toHaveLength(256);
    expect(span.attributes['spanwarden.redactions.omitted']).toBe('44');
    expect(span.attributes['gen_ai.prompt']).not.toContain('@');
  });

  it('drops attributes and events over the limit and says so', () => {
    const many = attributes(
      Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`http.request.header.h${index}`, 'v'])),
    );
    const events = Array.from({ length: 5 }, () => ({ timeUnixNano: 0n, name: 'e', attributes: attributes({}) }));
    const limits = { ...SPAN_LIMITS, attributes: 10, events: 3 };
    const span = redactSpan(sampleSpan({ attributes: many, events }), redactor, { limits });
    expect(Object.keys(span.attributes)).toHaveLength(10);
    expect(span.events).toHaveLength(3);
    expect(span.redactions.map(({ class: of, path }) => [of, path])).toEqual([
      ['failure', 'SpanAttributes.'],
      ['failure', 'Events'],
    ]);
  });

  it('replaces what the budget does not reach, but keeps what the span is found by', () => {
    const limits = { ...SPAN_LIMITS, steps: 20_000 };
    const span = redactSpan(
      sampleSpan({
        name: 'chat m',
        agent: { sessionId: 's-1' },
        security: { sessionId: 's-1' },
        attributes: attributes({ 'gen_ai.prompt': 'word '.repeat(10_000), 'gen_ai.completion': 'kept' }),
      }),
      redactor,
      { limits },
    );
    expect(span.attributes['gen_ai.prompt']).toMatch(/^\[REDACTED:\w{4}\]$/);
    expect(span.agent.sessionId).toBe('s-1');
    expect(span.name).toBe('chat m');
    expect(span.redactions.some((finding) => finding.class === 'failure')).toBe(true);
  });

  it('survives values nested deeper than a stack', () => {
    let nested: Attributes[string] = github;
    for (let depth = 0; depth < 20_000; depth++) nested = [nested];
    const span = redact({ attributes: attributes({ 'gen_ai.prompt': nested }) });
    expect(everything(span)).not.toContain(github);
  });

  it('does not let a deep reading of a text stand in for a look at it', () => {
    const hidden = Buffer.from(`it is ${github} here`).toString('base64');
    let wrapped = `${hidden} ${hidden}`;
    for (let level = 0; level < 4; level++) wrapped = Buffer.from(`it is ${wrapped} here`).toString('base64');
    const span = redact({
      attributes: attributes({ 'gen_ai.prompt': wrapped, 'gen_ai.completion': `it is ${hidden} ${hidden} here` }),
    });
    expect(span.attributes['gen_ai.completion']).not.toContain(hidden);
  });
});
