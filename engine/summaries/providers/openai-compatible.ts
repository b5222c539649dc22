import { OpenAI } from 'openai';
import { boundedFetch } from './bounded-fetch.ts';
import { completeChat } from './chat-completions.ts';
import type { ModelProvider, ProviderSettings } from './model-provider.ts';

/** Any server that speaks OpenAI's chat completions, e.g. a model on a machine of one's own. Gets the fields they all know. */
export function openaiCompatible({ apiKey, baseUrl }: ProviderSettings): ModelProvider {
  const client = new OpenAI({
    // Such servers often want no key; the library wants one.
    apiKey: apiKey || 'none',
    baseURL: baseUrl,
    organization: null,
    project: null,
    maxRetries: 0,
    logLevel: 'off',
    fetch: boundedFetch,
  });
  return {
    kind: 'openai-compatible',
    complete: (request, signal) => completeChat(client, request, { limit: 'max_tokens', store: false }, signal),
  };
}
