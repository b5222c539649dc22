/**
 * An agent on OpenAI's client without any instrumentation: `withModelCall` makes the span.
 *
 *     OPENAI_API_KEY=... SPANWARDEN_ENDPOINT=http://127.0.0.1:4318 npx node examples/plain-clients/openai.ts
 */
import { randomUUID } from 'node:crypto';
import OpenAI from 'openai';
import { configure, withAgent, withModelCall, withSession } from 'spanwarden/sdk';
import { connection } from '../agents/connection.ts';
import { openaiLoop } from '../agents/openai-loop.ts';
import { purchasing } from '../agents/purchasing.ts';

const spanwarden = configure({ ...connection(), serviceName: 'purchasing' });
const client = new OpenAI();

const session = randomUUID();
const answer = await withSession(session, () =>
  withAgent(purchasing, () =>
    openaiLoop((request) =>
      withModelCall({ provider: 'openai', request }, () => client.chat.completions.create(request)),
    ),
  ),
);
await spanwarden.shutdown();
process.stdout.write(`${answer}\nsent session ${session}\n`);
