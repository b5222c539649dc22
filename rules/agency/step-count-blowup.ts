import { defineDetector } from '../../engine/core/authoring.ts';

export default defineDetector({
  name: 'An agent took far more steps than it should',
  description:
    'One run of an agent went through more steps than its limit. It is looping, was set on an endless goal, or is being used to burn money.',
  severity: 'medium',
  risk_score: 47,
  status: 'stable',
  version: 1,
  entity: 'agent',
  params: {
    max_steps: 25,
    max_steps_coding: 250,
    coding_frameworks: ['claude-code', 'cursor', 'codex', 'gemini-cli', 'copilot-cli'],
  },
  threat: [
    { framework: 'OWASP LLM', version: '2025', technique: ['LLM06', 'LLM10'] },
    { framework: 'OWASP Agentic', version: '2026', technique: ['ASI02', 'ASI08'] },
    { framework: 'MITRE ATLAS', version: '5.6.0', tactic: 'Impact', technique: ['AML.T0034.002', 'AML.T0053'] },
  ],
  runbook: `1. Open the trace: do the last steps repeat the same tool with the same arguments? Then it is a loop; stop the run.
2. Look at what came in just before the steps began to repeat: a tool result or document that tells the agent to go on is an attack.
3. Compare tokens and cost with the agent's other runs, and cap both where the agent runs.
4. If the work really takes that many steps, raise max_steps for this rule or split the task.`,
  false_positives: ['Long batch work that one run does on purpose, e.g. migrating many files.'],
  required_fields: ['Kind'],
  tags: ['agency', 'cost'],
  columns: ['TraceId', 'SpanId', 'Timestamp', 'Kind', 'AgentId', 'AgentFramework', 'Step', 'StepCount'],
  evaluate(session, params) {
    return [...Map.groupBy(session.spans, (span) => span.TraceId).values()].flatMap((trace) => {
      const steps = trace.filter((span) => span.Kind === 'llm');
      const reported = trace.filter((span) => span.StepCount > 0 || span.Step > 0);
      const agent = [...trace.filter((span) => span.Kind === 'agent'), ...steps, ...reported].find(
        (span) => span.AgentId !== '',
      );
      const coding = (params.coding_frameworks as string[]).includes(agent?.AgentFramework ?? '');
      const limit = Number(coding ? params.max_steps_coding : params.max_steps);
      const taken = Math.max(steps.length, ...reported.map((span) => Math.max(span.StepCount, span.Step)));
      if (taken <= limit) return [];
      const evidence = [
        ...new Set([steps[limit], reported.find((span) => Math.max(span.StepCount, span.Step) > limit)]),
      ].filter((span) => span !== undefined);
      const last = trace.at(-1)!;
      return [
        {
          entity: agent?.AgentId ?? session.id,
          session_id: session.id,
          dedup_key: last.TraceId,
          title: `${agent ? `Agent \`${agent.AgentId}\`` : 'An unnamed agent'} went past ${limit} steps in one run`,
          starts_at: trace[0]!.Timestamp,
          ends_at: last.Timestamp,
          evidence: evidence.map((span) => ({
            trace_id: span.TraceId,
            span_id: span.SpanId,
            note: span.StepCount > limit ? `reports ${span.StepCount} steps` : `step ${limit + 1}`,
          })),
          steps: String(taken),
          limit: String(limit),
        },
      ];
    });
  },
});
