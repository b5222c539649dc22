import { AzureOpenAI } from 'openai';
import { completeChat } from './chat-completions.ts';
import { CLIENT_OPTIONS } from './client-options.ts';
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
    ...CLIENT_OPTIONS,
  });
  return {
    kind: 'azure-openai',
    complete: (request, signal) =>
      completeChat(client, request, { limit: 'max_completion_tokens', store: true }, signal),
  };
}
