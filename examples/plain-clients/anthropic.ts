/**
 * An agent on Anthropic's client without any instrumentation: `withModelCall` makes the span.
 *
 *     ANTHROPIC_API_KEY=... SPANWARDEN_ENDPOINT=http://127.0.0.1:4318 npx node examples/plain-clients/anthropic.ts
 */
import { randomUUID } from 'node:crypto';
import Anthropic from '@anthropic-ai/sdk';
import { configure, withAgent, withModelCall, withSession } from 'spanwarden/sdk';
import { anthropicLoop } from '../agents/anthropic-loop.ts';
import { connection } from '../agents/connection.ts';
import { purchasing } from '../agents/purchasing.ts';

const spanwarden = configure({ ...connection(), serviceName: 'purchasing' });
const client = new Anthropic();

const session = randomUUID();
const answer = await withSession(session, () =>
  withAgent(purchasing, () =>
    anthropicLoop((request) =>
      withModelCall({ provider: 'anthropic', request }, () => client.messages.create(request)),
    ),
  ),
);
await spanwarden.shutdown();
process.stdout.write(`${answer}\nsent session ${session}\n`);
