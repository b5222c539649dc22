/**
 * An agent on the Vercel AI SDK, with the telemetry that the AI SDK itself writes.
 *
 *     OPENAI_API_KEY=... SPANWARDEN_ENDPOINT=http://127.0.0.1:4318 npx node examples/vercel-ai/agent.ts
 */
import { randomUUID } from 'node:crypto';
import { createOpenAI } from '@ai-sdk/openai';
import { generateText, jsonSchema, stepCountIs, tool } from 'ai';
import { configure, recordDecision, withAgent, withSession } from 'spanwarden/sdk';
import { connection } from '../agents/connection.ts';
import { MAX_STEPS, purchasing, QUESTION, runTool, SYSTEM_PROMPT, TOOLS } from '../agents/purchasing.ts';

const spanwarden = configure({ ...connection(), serviceName: 'purchasing' });
const openai = createOpenAI();

const tools = Object.fromEntries(
  TOOLS.map(({ name, description, parameters }) => [
    name,
    tool({
      description,
      inputSchema: jsonSchema<Record<string, unknown>>(parameters as Parameters<typeof jsonSchema>[0]),
      execute: (args) => runTool(name, args),
    }),
  ]),
);

const session = randomUUID();
const answer = await withSession(session, () =>
  withAgent(purchasing, async () => {
    const { text } = await generateText({
      model: openai('gpt-5-mini'),
      system: SYSTEM_PROMPT,
      prompt: QUESTION,
      tools,
      stopWhen: stepCountIs(MAX_STEPS),
      experimental_telemetry: { isEnabled: true },
      onStepFinish: ({ toolCalls }) => {
        const [call] = toolCalls;
        recordDecision(call ? { decision: 'call_tool', tool: call.toolName } : { decision: 'final_answer' });
      },
    });
    return text;
  }),
);
await spanwarden.shutdown();
process.stdout.write(`${answer}\nsent session ${session}\n`);
