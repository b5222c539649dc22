/**
 * The parts of the SDK one by one, for a program that sets up OpenTelemetry itself: a processor, and an exporter around the one
 * that is there. The spans are written by hand in OpenTelemetry's GenAI conventions.
 *
 *     SPANWARDEN_ENDPOINT=http://127.0.0.1:4318 npx node examples/own-provider/agent.ts
 */
import { randomUUID } from 'node:crypto';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import {
  endAgent,
  RedactingSpanExporter,
  recordDecision,
  SpanwardenSpanProcessor,
  startAgent,
  withSession,
} from 'spanwarden/sdk';
import { connection } from '../agents/connection.ts';
import { purchasing, QUESTION, runTool, SYSTEM_PROMPT } from '../agents/purchasing.ts';

const { endpoint, apiKey = '' } = connection();
const exporter = new OTLPTraceExporter({
  url: `${endpoint}/v1/traces`,
  ...(apiKey !== '' && { headers: { Authorization: `Bearer ${apiKey}` } }),
});
const provider = new NodeTracerProvider({
  resource: resourceFromAttributes({ 'service.name': 'purchasing' }),
  spanProcessors: [
    new SpanwardenSpanProcessor(),
    new BatchSpanProcessor(new RedactingSpanExporter(exporter, { key: apiKey })),
  ],
});
provider.register();
const tracer = provider.getTracer('own-provider');

const message = (role: string, content: string) => JSON.stringify([{ role, parts: [{ type: 'text', content }] }]);

/** What stands here for a call to a model. */
function think(step: number, tool?: string): void {
  tracer.startActiveSpan('chat', (span) => {
    span.setAttributes({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-5-mini',
      'gen_ai.system_instructions': JSON.stringify([{ type: 'text', content: SYSTEM_PROMPT }]),
      'gen_ai.input.messages': message('user', QUESTION),
      'gen_ai.usage.input_tokens': 100,
      'gen_ai.usage.cache_read.input_tokens': 40,
      'gen_ai.usage.output_tokens': 10,
    });
    recordDecision(tool === undefined ? { step, decision: 'final_answer' } : { step, decision: 'call_tool', tool });
    span.end();
  });
}

async function callTool(name: string, args: Record<string, string>): Promise<string> {
  return tracer.startActiveSpan(`execute_tool ${name}`, async (span) => {
    span.setAttributes({
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': name,
      'gen_ai.tool.call.arguments': JSON.stringify(args),
    });
    const result = await runTool(name, args);
    span.setAttribute('gen_ai.tool.call.result', result);
    span.end();
    return result;
  });
}

const session = randomUUID();
await withSession(session, async () => {
  const run = startAgent(purchasing);
  try {
    await run.within(async () => {
      think(1, 'fetch_page');
      const page = await callTool('fetch_page', { url: 'https://kestrel.example/terms' });
      think(2, 'save_memory');
      await callTool('save_memory', { text: page });
      think(3);
    });
    endAgent(run);
  } catch (error) {
    endAgent(run, error);
    throw error;
  }
});
await provider.shutdown();
process.stdout.write(`They offer 30 days.\nsent session ${session}\n`);
