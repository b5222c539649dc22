import type { ModelProvider, ProviderSettings } from './model-provider.ts';

/**
 * The provider of these settings; undefined for `extractive`, which asks no model. Libraries are loaded when one is opened: who uses
 * none pays for none.
 */
export async function openProvider(settings: ProviderSettings): Promise<ModelProvider | undefined> {
  switch (settings.kind) {
    case 'openai':
      return (await import('./openai.ts')).openai(settings);
    case 'azure-openai':
      return (await import('./azure-openai.ts')).azureOpenai(settings);
    case 'bedrock':
      return (await import('./bedrock.ts')).bedrock(settings);
    case 'openai-compatible':
      return (await import('./openai-compatible.ts')).openaiCompatible(settings);
    case 'extractive':
      return undefined;
  }
}
