import type Anthropic from '@anthropic-ai/sdk';
import { recordDecision, withToolCall } from 'spanwarden/sdk';
import { MAX_STEPS, QUESTION, runTool, SYSTEM_PROMPT, TOOLS } from './purchasing.ts';

type Request = Anthropic.MessageCreateParamsNonStreaming;

/** The agent's loop with Anthropic's messages. `complete` calls the model, with or without a span of its own. */
export async function anthropicLoop(
  complete: (request: Request) => PromiseLike<Pick<Anthropic.Message, 'content'>>,
): Promise<string> {
  const messages: Anthropic.MessageParam[] = [{ role: 'user', content: QUESTION }];
  const tools = TOOLS.map(({ name, description, parameters }) => ({
    name,
    description,
    input_schema: parameters as Anthropic.Tool.InputSchema,
  }));
  for (let step = 1; step <= MAX_STEPS; step++) {
    const request: Request = { model: 'claude-haiku-4-5', max_tokens: 1024, system: SYSTEM_PROMPT, messages, tools };
    const { content } = await complete(request);
    messages.push({ role: 'assistant', content });
    const calls = content.filter((block) => block.type === 'tool_use');
    if (calls.length === 0) {
      recordDecision({ step, decision: 'final_answer' });
      return content.map((block) => (block.type === 'text' ? block.text : '')).join('');
    }
    const results: Anthropic.ToolResultBlockParam[] = [];
    for (const { id, name, input } of calls) {
      recordDecision({ step, decision: 'call_tool', tool: name, reason: 'the model asked for it' });
      const result = await withToolCall({ name, id, arguments: input }, () =>
        runTool(name, input as Record<string, unknown>),
      );
      results.push({ type: 'tool_result', tool_use_id: id, content: result });
    }
    messages.push({ role: 'user', content: results });
  }
  recordDecision({ decision: 'stop', reason: 'too many steps' });
  return '';
}
