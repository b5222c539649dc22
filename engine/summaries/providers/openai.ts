import { OpenAI } from 'openai';
import { completeChat } from './chat-completions.ts';
import { CLIENT_OPTIONS } from './client-options.ts';
import type { ModelProvider, ProviderSettings } from './model-provider.ts';

/** OpenAI's own API. `store: false` keeps what is sent out of its stored completions. */
export function openai({ apiKey, baseUrl }: ProviderSettings): ModelProvider {
  const client = new OpenAI({
    apiKey,
    baseURL: baseUrl || 'https://api.openai.com/v1',
    ...CLIENT_OPTIONS,
  });
  return {
    kind: 'openai',
    complete: (request, signal) =>
      completeChat(client, request, { limit: 'max_completion_tokens', store: true }, signal),
  };
}
