import type { OpenModel } from './summaries/open-model.ts';
import { openProvider } from './summaries/providers/open-provider.ts';

/** Where the model is that tags personal data; it has to be one that may see it. */
export interface PersonalDataModelSettings {
  readonly llm_personal_data_url?: string | undefined;
  readonly llm_personal_data_model?: string | undefined;
  readonly llm_personal_data_key?: string | undefined;
}

/** Opens that model when it is first needed; undefined without one. It is yours, so its tokens count and have no price. */
export function personalDataModel(settings: PersonalDataModelSettings): () => Promise<OpenModel | undefined> {
  const { llm_personal_data_url: baseUrl, llm_personal_data_model: model } = settings;
  let opened: Promise<OpenModel | undefined> | undefined;
  return () => {
    if (baseUrl === undefined || model === undefined) return Promise.resolve(undefined);
    const apiKey = settings.llm_personal_data_key ?? '';
    opened ??= openProvider({ kind: 'openai-compatible', model, baseUrl, apiKey, region: '' }).then(
      (provider) =>
        provider && { provider, model, prices: { inputUsdPerMillion: 0, outputUsdPerMillion: 0 }, revision: 'server' },
    );
    return opened;
  };
}
