import type { ProviderSettings } from './model-provider.ts';

/** What these settings lack, in one line; '' when nothing. */
export function lackOf({ kind, model, baseUrl, apiKey, region }: ProviderSettings): string {
  if (kind === 'extractive') return '';
  if (model === '') return `${kind} needs a model (llm_model)`;
  if ((kind === 'azure-openai' || kind === 'openai-compatible') && baseUrl === '') {
    return `${kind} needs the address of the server (llm_base_url)`;
  }
  if ((kind === 'azure-openai' || kind === 'openai') && apiKey === '') return `${kind} needs a key (llm_api_key)`;
  if (kind === 'bedrock' && region === '') return 'bedrock needs a region (llm_region)';
  return '';
}
