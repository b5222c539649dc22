import { OpenAI } from 'openai';
import { boundedFetch } from './bounded-fetch.ts';
import { completeChat } from './chat-completions.ts';
import type { ModelProvider, ProviderSettings } from './model-provider.ts';

/** OpenAI's own API. `store: false` keeps what is sent out of its stored completions. */
export function openai({ apiKey, baseUrl }: ProviderSettings): ModelProvider {
  const client = new OpenAI({
    apiKey,
    baseURL: baseUrl || 'https://api.openai.com/v1',
    // Given, so that the library reads none of them from the environment.
    organization: null,
    project: null,
    maxRetries: 0,
    logLevel: 'off',
    fetch: boundedFetch,
  });
  return {
    kind: 'openai',
    complete: (request, signal) =>
      completeChat(client, request, { limit: 'max_completion_tokens', store: true }, signal),
  };
}
