import { defineDetector, instructedCalls, PROVENANCE_COLUMNS } from '../../engine/core/authoring.ts';

export default defineDetector({
  name: 'Untrusted content made an agent send data out',
  description:
    'A tool that reaches outside (mail, message, post, payment, share, HTTP) was called as a sentence in untrusted content asked for, and took along what other results had brought in. That is what exfiltration by an injected instruction looks like.',
  severity: 'critical',
  risk_score: 86,
  status: 'stable',
  version: 2,
  entity: 'session',
  params: {},
  threat: [
    { framework: 'OWASP LLM', version: '2025', technique: ['LLM01', 'LLM02'] },
    { framework: 'OWASP Agentic', version: '2026', technique: ['ASI01', 'ASI02'] },
    { framework: 'MITRE ATLAS', version: '5.6.0', tactic: 'Exfiltration', technique: ['AML.T0086', 'AML.T0025'] },
  ],
  runbook: `1. Open the evidence: the result that brought the instruction in, the outward call, and the results whose content it took along.
2. Find the destination in the arguments and who named it. If no user did, block it at the proxy or mail gateway now.
3. Establish what left: read the results that were carried out, and look for other calls to the same destination in all sessions.`,
  false_positives: ['The user asked the agent, in words that name no action, to do what a document says.'],
  required_fields: ['UntrustedRefs', 'Calls.Tool', 'Instructions.Strength'],
  tags: ['injection', 'exfiltration', 'provenance'],
  columns: [...PROVENANCE_COLUMNS],
  evaluate(session) {
    const hits = instructedCalls(session.spans).filter(({ carries }) => carries.length > 0);
    const first = hits[0];
    if (first === undefined) return [];
    const agent = first.call.AgentId === '' ? 'An agent' : `Agent \`${first.call.AgentId}\``;
    return [
      {
        entity: session.id,
        session_id: session.id,
        title: `${agent} sent data out through \`${first.tool}\` as content from \`${first.source.ToolName || 'its input'}\` told it to`,
        starts_at: first.source.Timestamp,
        ends_at: hits.at(-1)!.call.Timestamp,
        evidence: hits.slice(0, 10).flatMap(({ source, call, tool, carries }) => [
          {
            trace_id: source.TraceId,
            span_id: source.SpanId,
            note: `instruction in ${source.ToolName || 'the input'}`,
          },
          ...carries
            .filter((span) => span !== source)
            .slice(-3)
            .map((span) => ({ trace_id: span.TraceId, span_id: span.SpanId, note: `content from ${span.ToolName}` })),
          { trace_id: call.TraceId, span_id: call.SpanId, note: `sent out by ${tool}` },
        ]),
        calls: String(hits.length),
        agent_id: first.call.AgentId,
      },
    ];
  },
});
