import { z } from 'zod';
import { PROVIDERS } from '../summaries/providers/model-provider.ts';
import { amount, atLeast, text, webAddress } from './setting-forms.ts';

/** Summaries of sessions, and the language models that may make them. */
export const modelSection = {
  session_idle_seconds: z.coerce
    .number()
    .int()
    .min(1)
    .default(600)
    .describe('A session without spans for this long is over and is summarised'),
  llm_provider: z
    .enum(PROVIDERS)
    .default('extractive')
    .describe('Who summarises sessions: no model, or a provider of language models'),
  llm_base_url: webAddress.optional().describe("Address of the provider's API, where it is not the provider's own"),
  llm_api_key: text.optional().describe('Key of the provider'),
  llm_model: text.max(200).optional().describe('Model that is asked; of Azure OpenAI the deployment'),
  llm_region: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/)
    .optional()
    .describe('AWS region of Bedrock'),
  llm_transcript_tokens: atLeast(500).default(8_000).describe('Tokens of a session that a model is shown, about'),
  llm_session_tokens: atLeast(0).default(200_000).describe('Tokens that one session or alert may cost'),
  llm_day_tokens: atLeast(0).default(5_000_000).describe('Tokens that an org may spend in a day (UTC)'),
  llm_month_tokens: atLeast(0).default(100_000_000).describe('Tokens that an org may spend in a month'),
  llm_session_usd: amount.default(0).describe('Dollars that one session or alert may cost; 0 is no limit'),
  llm_day_usd: amount.default(0).describe('Dollars that an org may spend in a day; 0 is no limit'),
  llm_month_usd: amount.default(0).describe('Dollars that an org may spend in a month; 0 is no limit'),
  llm_input_usd_per_million: amount.default(0).describe('Price of a million input tokens; limits in dollars need it'),
  llm_output_usd_per_million: amount.default(0).describe('Price of a million output tokens'),
  llm_concurrency: atLeast(1).default(4).describe('Calls of an org at the same time'),
  llm_calls_per_minute: atLeast(1).default(120).describe('Calls of an org in a minute'),
  llm_personal_data_url: webAddress
    .optional()
    .describe(
      'OpenAI-compatible server with a model of your own that tags personal data before anything goes to a provider',
    ),
  llm_personal_data_model: text.max(200).optional().describe('Model there'),
  llm_personal_data_key: text.optional().describe('Its key, if it wants one'),
  llm_timeout_seconds: atLeast(1).default(60).describe('A call that takes longer is given up'),
};
