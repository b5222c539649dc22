import { OpenAI } from 'openai';
import { completeChat } from './chat-completions.ts';
import { CLIENT_OPTIONS } from './client-options.ts';
import type { ModelProvider, ProviderSettings } from './model-provider.ts';

/** Any server that speaks OpenAI's chat completions, e.g. a model on a machine of one's own. Gets the fields they all know. */
export function openaiCompatible({ apiKey, baseUrl }: ProviderSettings): ModelProvider {
  const client = new OpenAI({
    // Such servers often want no key; the library wants one.
    apiKey: apiKey || 'none',
    baseURL: baseUrl,
    ...CLIENT_OPTIONS,
  });
  return {
    kind: 'openai-compatible',
    complete: (request, signal) => completeChat(client, request, { limit: 'max_tokens', store: false }, signal),
  };
}
