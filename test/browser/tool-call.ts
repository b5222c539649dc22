import { randomBytes } from 'node:crypto';

/** OTLP/JSON of one session in which an agent calls a tool so many times, a second apart, the last of them now. */
export function toolCall(session: string, tool: string, times: number): object {
  const text = (key: string, value: string) => ({ key, value: { stringValue: value } });
  const traceId = randomBytes(16).toString('hex');
  const spans = Array.from({ length: times }, (_, index) => {
    const start = Date.now() - (times - index) * 1_000;
    return {
      traceId,
      spanId: randomBytes(8).toString('hex'),
      name: `execute_tool ${tool}`,
      kind: 1,
      startTimeUnixNano: `${start}000000`,
      endTimeUnixNano: `${start + 500}000000`,
      attributes: [
        text('session.id', session),
        text('gen_ai.operation.name', 'execute_tool'),
        text('gen_ai.tool.name', tool),
        text('gen_ai.agent.id', 'disk-keeper'),
      ],
    };
  });
  return { resource: {}, scopeSpans: [{ scope: {}, spans }] };
}
