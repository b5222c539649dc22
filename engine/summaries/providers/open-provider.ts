import { azureOpenai } from './azure-openai.ts';
import { bedrock } from './bedrock.ts';
import type { ModelProvider, ProviderKind, ProviderSettings } from './model-provider.ts';
import { openai } from './openai.ts';
import { openaiCompatible } from './openai-compatible.ts';

const OPENERS: Readonly<Record<Exclude<ProviderKind, 'extractive'>, (settings: ProviderSettings) => ModelProvider>> = {
  openai,
  'azure-openai': azureOpenai,
  bedrock,
  'openai-compatible': openaiCompatible,
};

/** The provider of these settings; undefined for `extractive`, which asks no model. */
export function openProvider(settings: ProviderSettings): ModelProvider | undefined {
  return settings.kind === 'extractive' ? undefined : OPENERS[settings.kind](settings);
}

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
