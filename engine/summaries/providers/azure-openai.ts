import { AzureOpenAI } from 'openai';
import { boundedFetch } from './bounded-fetch.ts';
import { completeChat } from './chat-completions.ts';
import type { ModelProvider, ProviderSettings } from './model-provider.ts';

/** Knows `json_schema` answers, `max_completion_tokens` and `store`. */
const API_VERSION = '2025-04-01-preview';

/** Azure OpenAI; `model` is the deployment's name, `baseUrl` the resource's endpoint. */
export function azureOpenai({ apiKey, baseUrl, model }: ProviderSettings): ModelProvider {
  const client = new AzureOpenAI({
    apiKey,
    endpoint: baseUrl,
    deployment: model,
    apiVersion: API_VERSION,
    organization: null,
    project: null,
    maxRetries: 0,
    logLevel: 'off',
    fetch: boundedFetch,
  });
  return {
    kind: 'azure-openai',
    complete: (request, signal) =>
      completeChat(client, request, { limit: 'max_completion_tokens', store: true }, signal),
  };
}
