import type OpenAI from 'openai';
import { recordDecision, withToolCall } from 'spanwarden/sdk';
import { MAX_STEPS, QUESTION, runTool, SYSTEM_PROMPT, TOOLS } from './purchasing.ts';

type Request = OpenAI.ChatCompletionCreateParamsNonStreaming;

/** The agent's loop with OpenAI's chat completions. `complete` calls the model, with or without a span of its own. */
export async function openaiLoop(complete: (request: Request) => PromiseLike<OpenAI.ChatCompletion>): Promise<string> {
  const messages: OpenAI.ChatCompletionMessageParam[] = [
    { role: 'system', content: SYSTEM_PROMPT },
    { role: 'user', content: QUESTION },
  ];
  for (let step = 1; step <= MAX_STEPS; step++) {
    const tools = TOOLS.map((definition) => ({ type: 'function' as const, function: definition }));
    const { choices } = await complete({ model: 'gpt-5-mini', messages, tools });
    const { message } = choices[0]!;
    messages.push(message);
    const calls = (message.tool_calls ?? []).filter((call) => call.type === 'function');
    if (calls.length === 0) {
      recordDecision({ step, decision: 'final_answer' });
      return message.content ?? '';
    }
    for (const { id, function: called } of calls) {
      recordDecision({ step, decision: 'call_tool', tool: called.name, reason: 'the model asked for it' });
      const content = await withToolCall({ name: called.name, id, arguments: called.arguments }, () =>
        runTool(called.name, JSON.parse(called.arguments)),
      );
      messages.push({ role: 'tool', tool_call_id: id, content });
    }
  }
  recordDecision({ decision: 'stop', reason: 'too many steps' });
  return '';
}
