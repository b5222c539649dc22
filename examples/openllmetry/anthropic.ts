/**
 * An agent on Anthropic's client with OpenLLMetry's instrumentation.
 *
 *     ANTHROPIC_API_KEY=... SPANWARDEN_ENDPOINT=http://127.0.0.1:4318 npx node examples/openllmetry/anthropic.ts
 */
import { randomUUID } from 'node:crypto';
import * as anthropic from '@anthropic-ai/sdk';
import { AnthropicInstrumentation } from '@traceloop/instrumentation-anthropic';
import { configure, withAgent, withSession } from 'spanwarden/sdk';
import { anthropicLoop } from '../agents/anthropic-loop.ts';
import { connection } from '../agents/connection.ts';
import { purchasing } from '../agents/purchasing.ts';

const spanwarden = configure({ ...connection(), serviceName: 'purchasing' });
// Its types are those of the client's CommonJS half.
new AnthropicInstrumentation().manuallyInstrument(anthropic as never);
const client = new anthropic.Anthropic();

const session = randomUUID();
const answer = await withSession(session, () =>
  withAgent(purchasing, () => anthropicLoop((request) => client.messages.create(request))),
);
await spanwarden.shutdown();
process.stdout.write(`${answer}\nsent session ${session}\n`);
