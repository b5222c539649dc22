import { defineDetector, instructedCalls, PROVENANCE_COLUMNS } from '../../engine/core/authoring.ts';

export default defineDetector({
  name: 'An agent did what untrusted content told it to',
  description:
    'An acting tool was called as a sentence in an earlier tool result, document or message asked for, with values or an action that the user had not asked for. Content that the agent read steered what it did.',
  severity: 'high',
  risk_score: 72,
  status: 'stable',
  version: 2,
  entity: 'session',
  params: {},
  threat: [
    { framework: 'OWASP LLM', version: '2025', technique: ['LLM01', 'LLM06'] },
    { framework: 'OWASP Agentic', version: '2026', technique: ['ASI01', 'ASI02'] },
    {
      framework: 'MITRE ATLAS',
      version: '5.6.0',
      tactic: 'Execution',
      technique: ['AML.T0051.001', 'AML.T0053', 'AML.T0099'],
    },
  ],
  runbook: `1. Open the evidence: the result that brought the instruction in, and the call that followed it.
2. Does the user's request name that source and this kind of action ("pay the bill in the file")? Then it is what was asked for.
3. If not, read the source as an attacker's text. Undo the action, quarantine the source, and look for other sessions that read it.`,
  false_positives: [
    'The user asked the agent, in words that name no action, to do what a document says.',
    'A document that the user had read out holds an instruction that happens to match what the agent does next.',
  ],
  required_fields: ['UntrustedRefs', 'Calls.Tool', 'Instructions.Strength'],
  tags: ['injection', 'provenance'],
  columns: [...PROVENANCE_COLUMNS],
  evaluate(session) {
    // What also takes data out is tainted-exfiltration's, writes to memory are external-to-memory-write's.
    const hits = instructedCalls(session.spans).filter(
      ({ call, carries }) => carries.length === 0 && call.MemoryOperation === '',
    );
    const first = hits[0];
    if (first === undefined) return [];
    const agent = first.call.AgentId === '' ? 'An agent' : `Agent \`${first.call.AgentId}\``;
    return [
      {
        entity: session.id,
        session_id: session.id,
        title: `${agent} called \`${first.tool}\` as content from \`${first.source.ToolName || 'its input'}\` told it to`,
        starts_at: first.source.Timestamp,
        ends_at: hits.at(-1)!.call.Timestamp,
        evidence: hits.slice(0, 10).flatMap(({ source, call, tool }) => [
          {
            trace_id: source.TraceId,
            span_id: source.SpanId,
            note: `instruction in ${source.ToolName || 'the input'}`,
          },
          { trace_id: call.TraceId, span_id: call.SpanId, note: `followed by ${tool}` },
        ]),
        calls: String(hits.length),
        shared_values: String(Math.max(...hits.map((hit) => hit.sharedValues))),
        agent_id: first.call.AgentId,
      },
    ];
  },
});
