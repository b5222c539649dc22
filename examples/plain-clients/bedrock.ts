/**
 * An agent on Bedrock's Converse without any instrumentation: `withModelCall` makes the span.
 *
 *     AWS_REGION=... SPANWARDEN_ENDPOINT=http://127.0.0.1:4318 npx node examples/plain-clients/bedrock.ts
 */
import { randomUUID } from 'node:crypto';
import {
  BedrockRuntimeClient,
  ConverseCommand,
  type ConverseCommandInput,
  type Message,
} from '@aws-sdk/client-bedrock-runtime';
import { configure, recordDecision, withAgent, withModelCall, withSession, withToolCall } from 'spanwarden/sdk';
import { connection } from '../agents/connection.ts';
import { MAX_STEPS, purchasing, QUESTION, runTool, SYSTEM_PROMPT, TOOLS } from '../agents/purchasing.ts';

const spanwarden = configure({ ...connection(), serviceName: 'purchasing' });
const client = new BedrockRuntimeClient();

type Tool = NonNullable<NonNullable<ConverseCommandInput['toolConfig']>['tools']>[number];
const tools = TOOLS.map(
  ({ name, description, parameters }) =>
    ({ toolSpec: { name, description, inputSchema: { json: parameters } } }) as Tool,
);

async function run(): Promise<string> {
  const messages: Message[] = [{ role: 'user', content: [{ text: QUESTION }] }];
  for (let step = 1; step <= MAX_STEPS; step++) {
    const request: ConverseCommandInput = {
      modelId: 'eu.anthropic.claude-haiku-4-5',
      system: [{ text: SYSTEM_PROMPT }],
      messages,
      toolConfig: { tools },
    };
    const { output } = await withModelCall({ provider: 'aws.bedrock', request }, () =>
      client.send(new ConverseCommand(request)),
    );
    const content = output?.message?.content ?? [];
    messages.push({ role: 'assistant', content });
    const calls = content.flatMap(({ toolUse }) => toolUse ?? []);
    if (calls.length === 0) {
      recordDecision({ step, decision: 'final_answer' });
      return content.map(({ text }) => text ?? '').join('');
    }
    const results: Message['content'] = [];
    for (const { toolUseId, name = '', input } of calls) {
      recordDecision({ step, decision: 'call_tool', tool: name, reason: 'the model asked for it' });
      const call = { name, arguments: input, ...(toolUseId !== undefined && { id: toolUseId }) };
      const text = await withToolCall(call, () => runTool(name, input as Record<string, unknown>));
      results.push({ toolResult: { toolUseId, content: [{ text }] } });
    }
    messages.push({ role: 'user', content: results });
  }
  recordDecision({ decision: 'stop', reason: 'too many steps' });
  return '';
}

const session = randomUUID();
const answer = await withSession(session, () => withAgent(purchasing, run));
await spanwarden.shutdown();
process.stdout.write(`${answer}\nsent session ${session}\n`);
