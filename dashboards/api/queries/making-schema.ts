import { z } from 'zod';
import { FALLBACKS } from '../../../engine/core/making.ts';

/** How a summary or a first look came about. */
export const makingSchema = z.object({
  provider: z.string().describe('`extractive` when no model made it'),
  model: z.string(),
  prompt_hash: z.string(),
  input_tokens: z.number(),
  output_tokens: z.number(),
  cost_usd: z.number(),
  latency_ms: z.number(),
  made_at: z.string(),
  fallback: z.enum(FALLBACKS).describe('Why no model made it though one is configured'),
});
