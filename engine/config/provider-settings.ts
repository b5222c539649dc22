import type { ProviderSettings } from '../summaries/providers/model-provider.ts';
import type { Config } from './settings-schema.ts';

/** How the server's provider of language models is reached. */
export function providerSettings(config: Config): ProviderSettings {
  return {
    kind: config.llm_provider,
    model: config.llm_model ?? '',
    baseUrl: config.llm_base_url ?? '',
    apiKey: config.llm_api_key ?? '',
    region: config.llm_region ?? '',
  };
}
