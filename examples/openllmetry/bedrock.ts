/**
 * An agent on Bedrock's InvokeModel with OpenLLMetry's instrumentation, which reads no other of Bedrock's calls.
 *
 *     AWS_REGION=... SPANWARDEN_ENDPOINT=http://127.0.0.1:4318 npx node examples/openllmetry/bedrock.ts
 */
import { randomUUID } from 'node:crypto';
import type Anthropic from '@anthropic-ai/sdk';
import * as bedrock from '@aws-sdk/client-bedrock-runtime';
import { BedrockInstrumentation } from '@traceloop/instrumentation-bedrock';
import { configure, withAgent, withSession } from 'spanwarden/sdk';
import { anthropicLoop } from '../agents/anthropic-loop.ts';
import { connection } from '../agents/connection.ts';
import { purchasing } from '../agents/purchasing.ts';

const spanwarden = configure({ ...connection(), serviceName: 'purchasing' });
new BedrockInstrumentation().manuallyInstrument(bedrock);
const client = new bedrock.BedrockRuntimeClient();

async function complete({ model, ...request }: Anthropic.MessageCreateParamsNonStreaming) {
  const command = new bedrock.InvokeModelCommand({
    modelId: `anthropic.${model}`,
    contentType: 'application/json',
    body: JSON.stringify({ anthropic_version: 'bedrock-2023-05-31', ...request }),
  });
  const { body } = await client.send(command);
  return JSON.parse(new TextDecoder().decode(body)) as Anthropic.Message;
}

const session = randomUUID();
const answer = await withSession(session, () => withAgent(purchasing, () => anthropicLoop(complete)));
await spanwarden.shutdown();
process.stdout.write(`${answer}\nsent session ${session}\n`);
