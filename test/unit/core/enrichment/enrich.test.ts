import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { AgentSpan } from '../../../../engine/core/agent-span.ts';
import { enrich } from '../../../../engine/core/enrichment/enrich.ts';
import { makeSpan, TRACE } from './make-span.ts';

const OTHER_TRACE = 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb';

function contextOf(span: AgentSpan) {
  return enrich([span])[0]!.security;
}

test('answers in the order of the input and leaves the input alone', () => {
  const late = Object.freeze(makeSpan({ spanId: 'b', startTimeUnixNano: 5n }));
  const early = Object.freeze(makeSpan({ spanId: 'a', startTimeUnixNano: 1n }));
  const enriched = enrich([late, early]);
  expect(enriched.map((span) => span.spanId)).toEqual(['b', 'a']);
  expect(late).not.toHaveProperty('security');
  expect(enrich([])).toEqual([]);
});

test('a batch says the same whatever else is enriched before it', () => {
  const batch = [makeSpan({ spanId: 'a' }), makeSpan({ spanId: 'b', parentSpanId: 'a', agent: { sessionId: 's' } })];
  const first = enrich(batch);
  enrich([makeSpan({ agent: { sessionId: 'x', agentId: 'y', toolName: 'fetch' } })]);
  expect(enrich(batch)).toEqual(first);
});

describe('1. session id', () => {
  test.each([
    [
      'what the sender set as tracectrl.session_id',
      { attributes: { 'tracectrl.session_id': 't' }, agent: { sessionId: 'd' } },
      't',
    ],
    ['what its dialect calls the session', { agent: { sessionId: 'd' } }, 'd'],
    ['the trace id when nothing tells', {}, TRACE],
  ])('is %s', (_, given, expected) => {
    expect(contextOf(makeSpan(given)).sessionId).toBe(expected);
  });

  test('comes from the nearest ancestor before the trace', () => {
    const sessions = enrich([
      makeSpan({ spanId: 'root', agent: { sessionId: 'outer' } }),
      makeSpan({ spanId: 'sub', parentSpanId: 'root', agent: { sessionId: 'inner' } }),
      makeSpan({ spanId: 'tool', parentSpanId: 'sub' }),
    ]).map((span) => span.security.sessionId);
    expect(sessions).toEqual(['outer', 'inner', 'inner']);
  });

  test('comes from any span of the trace when all that name one agree', () => {
    const sessions = enrich([
      makeSpan({ spanId: 'root' }),
      makeSpan({ spanId: 'llm', parentSpanId: 'root', agent: { sessionId: 's' } }),
      makeSpan({ spanId: 'tool', parentSpanId: 'elsewhere' }),
      makeSpan({ spanId: 'other', traceId: OTHER_TRACE }),
    ]).map((span) => span.security.sessionId);
    expect(sessions).toEqual(['s', 's', 's', OTHER_TRACE]);
  });

  test('is the trace id where the spans of a trace name different sessions', () => {
    const sessions = enrich([
      makeSpan({ spanId: 'root' }),
      makeSpan({ spanId: 'a', parentSpanId: 'root', agent: { sessionId: 'one' } }),
      makeSpan({ spanId: 'b', parentSpanId: 'root', agent: { sessionId: 'two' } }),
      makeSpan({ spanId: 'c', parentSpanId: 'root', agent: { sessionId: 'one' } }),
    ]).map((span) => span.security.sessionId);
    expect(sessions).toEqual([TRACE, 'one', 'two', 'one']);
  });
});

describe('2. ingress and trigger', () => {
  test.each([
    ['a root', {}, true],
    ['a span with a parent in another batch', { parentSpanId: '2222222222222222' }, false],
    [
      'a span whose sender says so',
      { parentSpanId: '2222222222222222', attributes: { 'tracectrl.ingress': true } },
      true,
    ],
    ['a root whose sender says no', { attributes: { 'tracectrl.ingress': 'false' } }, false],
    ['a root with nonsense there', { attributes: { 'tracectrl.ingress': 'perhaps' } }, true],
  ])('%s', (_, given, expected) => {
    expect(contextOf(makeSpan(given)).ingress).toBe(expected);
  });

  test.each([
    ['email_received', {}, 'email'],
    ['imap.poll', {}, 'email'],
    ['Inbox Watcher', {}, 'email'],
    ['upload_handler', {}, 'upload'],
    ['fileUploaded', {}, 'upload'],
    ['POST /webhooks/github', {}, 'webhook'],
    ['http_trigger', {}, 'webhook'],
    ['apiTrigger', {}, 'webhook'],
    ['cron: nightly report', {}, 'scheduled'],
    ['scheduled email digest', {}, 'scheduled'],
    ['timer.tick', {}, 'scheduled'],
    ['manual_run', {}, 'manual'],
    ['user_request', {}, 'manual'],
    ['claude_code.interaction', {}, 'manual'],
    ['run', { attributes: { 'faas.trigger': 'timer' } }, 'scheduled'],
    ['run', { attributes: { 'faas.cron': '0 5 * * *' } }, 'scheduled'],
    ['POST', { kind: 'Server', attributes: { 'http.route': '/hooks/:id/webhook' } }, 'webhook'],
    ['POST', { kind: 'Server', attributes: { 'url.path': '/files/upload?note=cron' } }, 'upload'],
    // Names that only contain such words, or name an agent, tool or model after one.
    ['POST /api/chat', { kind: 'Server', attributes: { 'http.request.method': 'POST' } }, ''],
    ['invoke_agent email-assistant', { agent: { agentName: 'email-assistant' } }, ''],
    ['execute_tool send_email', { agent: { toolName: 'send_email' } }, ''],
    ['mailman', {}, ''],
    ['periodical search', {}, ''],
    ['chat gpt-4o', {}, ''],
    ['run', { attributes: { 'faas.trigger': 'constructor' } }, ''],
  ] as const)('%s %j', (name, given, expected) => {
    expect(contextOf(makeSpan({ name, ...given })).triggerType).toBe(expected);
  });

  test('only an ingress has a trigger, unless the sender set one', () => {
    const child = { name: 'email_received', parentSpanId: '2222222222222222' };
    expect(contextOf(makeSpan(child)).triggerType).toBe('');
    expect(contextOf(makeSpan({ ...child, attributes: { 'tracectrl.trigger_type': 'fax' } })).triggerType).toBe('fax');
  });
});

describe('3. agent identity', () => {
  test.each([
    ['id and name as sent', { agent: { agentId: 'a-1', agentName: 'Ann' } }, ['a-1', 'Ann']],
    [
      'the id derived from a name',
      { agent: { agentName: 'Billing Support Agent' } },
      ['billing-support-agent', 'Billing Support Agent'],
    ],
    [
      "TraceCtrl's own attributes first",
      { attributes: { 'tracectrl.agent.id': 't' }, agent: { agentId: 'd' } },
      ['t', ''],
    ],
    [
      'the resource, when nothing else tells',
      { resource: { 'gen_ai.agent.id': 'r', 'service.name': 'shop' } },
      ['r', ''],
    ],
    ['never the service', { resource: { 'service.name': 'shop' } }, ['', '']],
    [
      'the tool itself, for AI coding tools',
      { scope: 'com.anthropic.claude_code.tracing' },
      ['claude-code', 'claude-code'],
    ],
  ])('is %s', (_, given, expected) => {
    const { agentId, agentName } = contextOf(makeSpan(given));
    expect([agentId, agentName]).toEqual(expected);
  });

  test('comes from the nearest ancestor that names one, in whatever order spans arrive', () => {
    const spans = [
      makeSpan({ spanId: 'tool', parentSpanId: 'llm', agent: { kind: 'tool' } }),
      makeSpan({ spanId: 'llm', parentSpanId: 'sub', agent: { kind: 'llm' } }),
      makeSpan({ spanId: 'sub', parentSpanId: 'root', agent: { kind: 'agent', agentName: 'researcher' } }),
      makeSpan({ spanId: 'root', agent: { kind: 'agent', agentId: 'lead-7', agentName: 'lead' } }),
      makeSpan({ spanId: 'chat', parentSpanId: 'root', agent: { kind: 'llm', agentName: 'lead' } }),
    ];
    expect(enrich(spans).map((span) => span.security.agentId)).toEqual([
      'researcher',
      'researcher',
      'researcher',
      'lead-7',
      'lead-7',
    ]);
  });

  test.each([
    [
      'as sent',
      { scope: 'strands.telemetry.tracer', agent: { kind: 'agent', agentFramework: 'homegrown' } },
      'homegrown',
    ],
    ['strands', { scope: 'strands.telemetry.tracer' }, 'strands'],
    ['crewai', { scope: 'openinference.instrumentation.crewai' }, 'crewai'],
    ['langchain', { scope: '@arizeai/openinference-instrumentation-langchain' }, 'langchain'],
    ['openai-agents', { scope: 'openinference.instrumentation.openai_agents' }, 'openai-agents'],
    [
      'not openai-agents for plain OpenAI',
      { scope: 'openinference.instrumentation.openai', agent: { kind: 'llm' } },
      'unknown',
    ],
    ['vercel-ai', { scope: 'ai' }, 'vercel-ai'],
    ['google-adk', { scope: 'gcp.vertex.agent' }, 'google-adk'],
    ['pydantic-ai', { scope: 'pydantic-ai' }, 'pydantic-ai'],
    ['semantic-kernel', { scope: 'Microsoft.SemanticKernel.Diagnostics' }, 'semantic-kernel'],
    ['claude-code', { scope: 'com.anthropic.claude_code.tracing' }, 'claude-code'],
    ['by provider', { agent: { kind: 'llm', provider: 'strands-agents' } }, 'strands'],
    ['by an attribute of its own', { attributes: { 'agno.agent.id': 'x' } }, 'agno'],
    ['by the span name', { name: 'openclaw.message', agent: { kind: 'agent' } }, 'openclaw'],
    [
      'by the service of a coding tool',
      { resource: { 'service.name': 'codex_cli_rs' }, agent: { kind: 'llm' } },
      'codex',
    ],
    ['unknown for an agent span that does not tell', { name: 'invoke_agent x', agent: { kind: 'agent' } }, 'unknown'],
    ['empty for a span of no agent', { name: 'SELECT', resource: { 'service.name': '__proto__' } }, ''],
  ] as const)('framework: %s', (_, given, expected) => {
    expect(contextOf(makeSpan(given)).agentFramework).toBe(expected);
  });

  test('a span that does not tell its framework has that of its ancestors', () => {
    const [, llm] = enrich([
      makeSpan({ spanId: 'crew', scope: 'crewai.telemetry', agent: { kind: 'agent' } }),
      makeSpan({
        spanId: 'llm',
        parentSpanId: 'crew',
        scope: 'opentelemetry.instrumentation.openai',
        agent: { kind: 'llm' },
      }),
    ]);
    expect(llm!.security.agentFramework).toBe('crewai');
  });
});

describe('4. tool category and direction', () => {
  test.each([
    ['a tool call', { agent: { kind: 'tool', toolName: 'send_email' } }, 'email', 'output'],
    [
      'a tool span that is named after its tool',
      { name: 'execute_tool web_search', agent: { kind: 'tool' } },
      'external_api',
      'input',
    ],
    ['a span of no kind with a tool name', { agent: { toolName: 'Bash' } }, 'code_execution', 'output'],
    ['a model that asks for a tool', { agent: { kind: 'llm', toolName: 'Bash' } }, '', ''],
    ['a guardrail that checks one', { agent: { kind: 'guardrail', toolName: 'Bash' } }, '', ''],
    ['an ordinary span', { name: 'send_email' }, '', ''],
    [
      'what the sender set',
      {
        agent: { kind: 'tool', toolName: 'Bash' },
        attributes: { 'tracectrl.tool.category': 'primitive', 'tracectrl.tool.direction': 'input' },
      },
      'primitive',
      'input',
    ],
    [
      'free text in place of a category',
      {
        agent: { kind: 'tool', toolName: 'Bash' },
        attributes: { 'tracectrl.tool.category': 'ann@alder.example said so' },
      },
      'code_execution',
      'output',
    ],
  ] as const)('%s', (_, given, category, direction) => {
    const { toolCategory, toolDirection } = contextOf(makeSpan(given));
    expect([toolCategory, toolDirection]).toEqual([category, direction]);
  });
});

describe('5. system prompt hash', () => {
  const sha = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16);
  const prompt = 'You are a helpful agent. Today is 2026-11-21.';

  test('is the first 16 hex digits of the SHA-256 of the prompt', () => {
    expect(contextOf(makeSpan({ agent: { kind: 'llm' }, content: { systemPrompt: prompt } })).promptHash).toBe(
      sha(prompt),
    );
  });

  test('the stable twin is the same on another day, the exact one is not', () => {
    const [today, tomorrow] = enrich(
      ['2026-11-21', '2026-11-22'].map((day) =>
        makeSpan({ agent: { kind: 'llm' }, content: { systemPrompt: `You are a helpful agent. Today is ${day}.` } }),
      ),
    ).map((span) => span.security);
    expect(today!.promptHash).not.toBe(tomorrow!.promptHash);
    expect(today!.promptHashStable).toBe(tomorrow!.promptHashStable);
    expect(today!.promptHashStable).toMatch(/^[0-9a-f]{16}$/);
  });

  test.each([
    ['llm', true],
    ['agent', true],
    ['chain', true],
    ['tool', false],
    ['retriever', false],
    ['', false],
  ] as const)('a span of kind "%s" is hashed: %s', (kind, hashed) => {
    const { promptHash, promptHashStable } = contextOf(
      makeSpan({ agent: { kind }, content: { systemPrompt: prompt } }),
    );
    expect([promptHash !== '', promptHashStable !== '']).toEqual([hashed, hashed]);
  });

  test('never comes from a description, a vendor or an ancestor', () => {
    const [, child] = enrich([
      makeSpan({ spanId: 'root', agent: { kind: 'agent' }, content: { systemPrompt: prompt } }),
      makeSpan({
        spanId: 'llm',
        parentSpanId: 'root',
        attributes: { 'llm.system': 'openai', 'gen_ai.agent.description': 'Answers billing questions.' },
        agent: { kind: 'llm', provider: 'openai', agentDescription: 'Answers billing questions.' },
      }),
    ]);
    expect([child!.security.promptHash, child!.security.promptHashStable]).toEqual(['', '']);
  });

  test('what the sender hashed is kept, with or without the prompt', () => {
    const attributes = { 'tracectrl.system_prompt_hash': '0123456789abcdef' };
    expect(contextOf(makeSpan({ attributes }))).toMatchObject({ promptHash: '0123456789abcdef', promptHashStable: '' });
    const carried = contextOf(makeSpan({ attributes, agent: { kind: 'llm' }, content: { systemPrompt: prompt } }));
    expect(carried.promptHash).toBe('0123456789abcdef');
    expect(carried.promptHashStable).not.toBe('');
    const both = { ...attributes, 'spanwarden.system_prompt_hash_stable': 'fedcba9876543210' };
    const redacted = makeSpan({ attributes: both, agent: { kind: 'llm' }, content: { systemPrompt: '[EMAIL:k3f9]' } });
    expect(contextOf(redacted)).toMatchObject({ promptHash: '0123456789abcdef', promptHashStable: 'fedcba9876543210' });
  });
});

describe('6. span sequence', () => {
  const sequences = (spans: AgentSpan[]) => enrich(spans).map((span) => span.security.spanSequence);

  test('grows in creation order, however the spans arrive', () => {
    const [tool, root, llm] = sequences([
      makeSpan({ spanId: 'tool', parentSpanId: 'root', startTimeUnixNano: 30n, endTimeUnixNano: 40n }),
      makeSpan({ spanId: 'root', startTimeUnixNano: 10n, endTimeUnixNano: 99n }),
      makeSpan({ spanId: 'llm', parentSpanId: 'root', startTimeUnixNano: 20n, endTimeUnixNano: 25n }),
    ]);
    expect([root, llm, tool]).toEqual([10n, 20n, 30n]);
  });

  test('spans of the same instant: parents first, then what ended first', () => {
    const [slow, quick, root] = sequences([
      makeSpan({ spanId: 'slow', parentSpanId: 'root', startTimeUnixNano: 10n, endTimeUnixNano: 90n }),
      makeSpan({ spanId: 'quick', parentSpanId: 'root', startTimeUnixNano: 10n, endTimeUnixNano: 10n }),
      makeSpan({ spanId: 'root', startTimeUnixNano: 10n, endTimeUnixNano: 99n }),
    ]);
    expect([root, quick, slow]).toEqual([10n, 11n, 12n]);
  });

  test('a child with a slow clock still comes after its parent', () => {
    const [child, parent] = sequences([
      makeSpan({ spanId: 'child', parentSpanId: 'parent', startTimeUnixNano: 5n }),
      makeSpan({ spanId: 'parent', startTimeUnixNano: 10n }),
    ]);
    expect(child).toBeGreaterThan(parent!);
  });

  test('traces do not push each other', () => {
    expect(sequences([makeSpan(), makeSpan({ traceId: OTHER_TRACE })])).toEqual([1_000n, 1_000n]);
  });

  test.each([
    ['a decimal string', '7', 7n],
    ['a number', 7, 7n],
    ['a bigint', 2n ** 63n, 2n ** 63n],
    ['nothing of the kind', 'seven', 1_000n],
    ['more than 64 bits', '99999999999999999999', 1_000n],
    ['a negative number', -1, 1_000n],
  ])('%s from the sender', (_, value, expected) => {
    expect(contextOf(makeSpan({ attributes: { 'tracectrl.span_sequence': value } })).spanSequence).toBe(expected);
  });

  test('rings of parents and spans that come twice end', () => {
    const ring = enrich([
      makeSpan({ spanId: 'a', parentSpanId: 'b' }),
      makeSpan({ spanId: 'b', parentSpanId: 'a', agent: { agentId: 'x' } }),
      makeSpan({ spanId: 'self', parentSpanId: 'self' }),
      makeSpan({ spanId: 'b', parentSpanId: 'a' }),
    ]);
    expect(new Set(ring.map((span) => span.security.spanSequence)).size).toBe(4);
  });

  test('a chain of ten thousand spans is enriched without recursion', () => {
    const chain = Array.from({ length: 10_000 }, (_, at) =>
      makeSpan({ spanId: `${at}`, parentSpanId: at === 9_999 ? '' : `${at + 1}`, agent: { kind: 'llm' } }),
    );
    const sequence = sequences(chain);
    expect(sequence[9_999]).toBe(1_000n);
    expect(sequence[0]).toBe(10_999n);
  });
});

describe('7. memory operation', () => {
  test.each([
    [
      'as sent',
      { agent: { kind: 'tool', toolName: 'recall', memoryOperation: 'write', memoryStoreId: 'kb' } },
      'write',
    ],
    ['read for a retriever', { agent: { kind: 'retriever' } }, 'read'],
    ['read for a tool that reads memory', { agent: { kind: 'tool', toolName: 'search_memories' } }, 'read'],
    ['write for a tool that writes memory', { agent: { kind: 'tool', toolName: 'save_memory' } }, 'write'],
    ['delete for a tool that forgets', { agent: { kind: 'tool', toolName: 'delete_memory' } }, 'delete'],
    ['by operation', { agent: { kind: 'memory' }, attributes: { 'gen_ai.operation.name': 'upsert_memory' } }, 'write'],
    ['by operation', { agent: { kind: 'memory' }, attributes: { 'gen_ai.operation.name': 'search_memory' } }, 'read'],
    [
      'by operation',
      { agent: { kind: 'memory' }, attributes: { 'gen_ai.operation.name': 'delete_memory_store' } },
      'delete',
    ],
    [
      'by the command of a tool that does both',
      {
        agent: { kind: 'tool', toolName: 'memory' },
        content: { toolArguments: '{"command":"view","path":"/memories"}' },
      },
      'read',
    ],
    [
      'by the command of a tool that does both',
      { agent: { kind: 'tool', toolName: 'memory' }, content: { toolArguments: '{"command": "str_replace"}' } },
      'write',
    ],
    [
      'not by an argument of a tool that only writes',
      { agent: { kind: 'tool', toolName: 'save_memory' }, content: { toolArguments: '{"action":"read"}' } },
      'write',
    ],
    ['none for other tools', { agent: { kind: 'tool', toolName: 'write_file' } }, ''],
  ] as const)('%s', (_, given, expected) => {
    expect(contextOf(makeSpan(given)).memoryOperation).toBe(expected);
  });
});

describe('8. input source', () => {
  test.each([
    ['as sent', { attributes: { 'tracectrl.input.source': 'external' } }, 'external'],
    ['external for a web tool', { agent: { kind: 'tool', toolName: 'WebFetch' } }, 'external'],
    ['external for a tool that reads mail', { agent: { kind: 'tool', toolName: 'read_emails' } }, 'external'],
    ['external for comments of others', { agent: { kind: 'tool', toolName: 'get_issue_comments' } }, 'external'],
    [
      'external for a shell command that names a URL',
      { agent: { kind: 'tool', toolName: 'Bash' }, content: { toolArguments: 'curl -s https://alder.example' } },
      'external',
    ],
    [
      'external by the category that the sender set',
      { agent: { kind: 'tool', toolName: 'x' }, attributes: { 'tracectrl.tool.category': 'external_api' } },
      'external',
    ],
    ['external for a run that mail set off', { name: 'email_received', agent: { kind: 'agent' } }, 'external'],
    [
      'user for a shell command without one',
      { agent: { kind: 'tool', toolName: 'Bash' }, content: { toolArguments: 'npm test' } },
      'user',
    ],
    ['user for a tool that only sends mail', { agent: { kind: 'tool', toolName: 'send_email' } }, 'user'],
    ['memory for a memory read', { agent: { kind: 'tool', toolName: 'recall' } }, 'memory'],
    ['memory for a retriever', { agent: { kind: 'retriever' } }, 'memory'],
    ['agent when the sender names a caller', { agent: { kind: 'agent', callerAgentId: 'lead' } }, 'agent'],
    ['user for any other span of an agent', { agent: { kind: 'llm' } }, 'user'],
    ['nothing for a span of no agent', { name: 'SELECT orders' }, ''],
  ] as const)('%s', (_, given, expected) => {
    expect(contextOf(makeSpan(given)).inputSource).toBe(expected);
  });

  test('agent for everything below an agent that another agent called', () => {
    const sources = enrich([
      makeSpan({ spanId: 'lead', agent: { kind: 'agent', agentName: 'lead' } }),
      makeSpan({ spanId: 'sub', parentSpanId: 'lead', agent: { kind: 'agent', agentName: 'researcher' } }),
      makeSpan({ spanId: 'llm', parentSpanId: 'sub', agent: { kind: 'llm' } }),
      makeSpan({ spanId: 'own', parentSpanId: 'lead', agent: { kind: 'llm' } }),
    ]).map((span) => span.security.inputSource);
    expect(sources).toEqual(['user', 'agent', 'agent', 'user']);
  });
});

describe('9. write provenance', () => {
  const call = (
    spanId: string,
    toolName: string,
    start: bigint,
    end: bigint,
    given: Parameters<typeof makeSpan>[0] = {},
  ) =>
    makeSpan({
      spanId,
      startTimeUnixNano: start,
      endTimeUnixNano: end,
      ...given,
      agent: { kind: 'tool', toolName, sessionId: 's', ...given.agent },
    });
  const provenanceOf = (spans: AgentSpan[]) =>
    enrich(spans).find((span) => span.spanId === 'write')!.security.writeProvenance;
  const write = call('write', 'save_memory', 100n, 110n);

  test.each<[string, AgentSpan[], string]>([
    ['user when nothing came in before', [write], 'user'],
    ['user after tools that bring in nothing of outsiders', [call('a', 'get_balance', 1n, 2n), write], 'user'],
    ['external after a web page was read', [call('a', 'fetch_page', 1n, 2n), write], 'external'],
    [
      'external whatever else came after that',
      [call('a', 'fetch_page', 1n, 2n), call('b', 'get_balance', 3n, 4n), call('c', 'recall', 5n, 6n), write],
      'external',
    ],
    [
      'external over traces of the session',
      [call('a', 'read_emails', 1n, 2n, { traceId: OTHER_TRACE }), write],
      'external',
    ],
    [
      'external when mail set the run off',
      [
        makeSpan({
          spanId: 'root',
          name: 'email_received',
          startTimeUnixNano: 1n,
          endTimeUnixNano: 999n,
          agent: { kind: 'agent', sessionId: 's' },
        }),
        write,
      ],
      'external',
    ],
    ['memory after memory was read', [call('a', 'recall', 1n, 2n), write], 'memory'],
    ['user when the page was read afterwards', [write, call('a', 'fetch_page', 120n, 130n)], 'user'],
    ['user when the page was still loading', [call('a', 'fetch_page', 90n, 105n), write], 'user'],
    [
      'user when the page was read in another session',
      [call('a', 'fetch_page', 1n, 2n, { agent: { sessionId: 'other' } }), write],
      'user',
    ],
    [
      'agent when another agent called',
      [call('write', 'save_memory', 100n, 110n, { agent: { callerAgentId: 'lead' } })],
      'agent',
    ],
    [
      'as sent',
      [
        call('a', 'fetch_page', 1n, 2n),
        call('write', 'save_memory', 100n, 110n, { attributes: { 'tracectrl.memory.write_provenance': 'user' } }),
      ],
      'user',
    ],
    [
      'external when the sender calls the input external',
      [call('write', 'save_memory', 100n, 110n, { attributes: { 'tracectrl.input.source': 'external' } })],
      'external',
    ],
    ['none when nothing is written', [call('a', 'fetch_page', 1n, 2n), call('write', 'delete_memory', 100n, 110n)], ''],
    ['none for other tools', [call('a', 'fetch_page', 1n, 2n), call('write', 'write_file', 100n, 110n)], ''],
  ])('%s', (_, spans, expected) => {
    expect(provenanceOf(spans)).toBe(expected);
    expect(provenanceOf(spans.toReversed())).toBe(expected);
  });
});
