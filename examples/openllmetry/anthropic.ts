/**
 * An agent on Anthropic's client with OpenLLMetry's instrumentation.
 *
 *     ANTHROPIC_API_KEY=... SPANWARDEN_ENDPOINT=http://127.0.0.1:4318 npx node examples/openllmetry/anthropic.ts
 */
import { randomUUID } from 'node:crypto';
import Anthropic from '@anthropic-ai/sdk';
import { AnthropicInstrumentation } from '@traceloop/instrumentation-anthropic';
import { configure, withAgent, withSession } from 'spanwarden/sdk';
import { anthropicLoop } from '../agents/anthropic-loop.ts';
import { connection } from '../agents/connection.ts';
import { purchasing } from '../agents/purchasing.ts';

const spanwarden = configure({ ...connection(), serviceName: 'purchasing' });
// Version 0.27 of the instrumentation also patches completions, which version 1 of the client dropped.
const { Messages, Beta } = Anthropic;
class Completions {
  create() {}
}
new AnthropicInstrumentation().manuallyInstrument({ Anthropic: { Completions, Messages, Beta } } as never);
const client = new Anthropic();

const session = randomUUID();
const answer = await withSession(session, () =>
  withAgent(purchasing, () => anthropicLoop((request) => client.messages.create(request))),
);
await spanwarden.shutdown();
process.stdout.write(`${answer}\nsent session ${session}\n`);
