/**
 * An agent on OpenAI's client with OpenLLMetry's instrumentation.
 *
 *     OPENAI_API_KEY=... SPANWARDEN_ENDPOINT=http://127.0.0.1:4318 npx node examples/openllmetry/openai.ts
 */
import { randomUUID } from 'node:crypto';
import { OpenAIInstrumentation } from '@traceloop/instrumentation-openai';
import OpenAI from 'openai';
import { configure, withAgent, withSession } from 'spanwarden/sdk';
import { connection } from '../agents/connection.ts';
import { openaiLoop } from '../agents/openai-loop.ts';
import { purchasing } from '../agents/purchasing.ts';

const spanwarden = configure({ ...connection(), serviceName: 'purchasing' });
new OpenAIInstrumentation().manuallyInstrument(OpenAI);
const client = new OpenAI();

const session = randomUUID();
const answer = await withSession(session, () =>
  withAgent(purchasing, () => openaiLoop((request) => client.chat.completions.create(request))),
);
await spanwarden.shutdown();
process.stdout.write(`${answer}\nsent session ${session}\n`);
