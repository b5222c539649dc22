const BATCH = 2_500;

/** Sends one session `long`: tool calls under one agent, a second each, over OTLP/JSON. */
export async function sendLongSession(otlp: string, spans: number): Promise<void> {
  const begin = Date.now() - 3_600_000;
  const nanos = (index: number) => `${begin + index * 100}000000`;
  const text = (key: string, value: string) => ({ key, value: { stringValue: value } });
  for (let from = 0; from < spans; from += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, spans - from) }, (_, offset) => {
      const index = from + offset;
      return {
        traceId: 'ab'.repeat(16),
        spanId: (index + 1).toString(16).padStart(16, '0'),
        ...(index > 0 && { parentSpanId: (Math.floor((index - 1) / 10) + 1).toString(16).padStart(16, '0') }),
        name: `step-${index}`,
        kind: 1,
        startTimeUnixNano: nanos(index),
        endTimeUnixNano: nanos(index + 10),
        attributes: [
          text('session.id', 'long'),
          text('gen_ai.operation.name', 'invoke_agent'),
          text('gen_ai.agent.id', 'long-runner'),
        ],
      };
    });
    const response = await fetch(`${otlp}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ resourceSpans: [{ resource: {}, scopeSpans: [{ scope: {}, spans: batch }] }] }),
    });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
  }
}
