import { z } from 'zod';
import { flag, list, text } from './setting-forms.ts';

/** What is looked for, and where alerts may go. */
export const detectionSection = {
  rules: list.default([]).describe('Folders with rules of your own'),
  canary_minutes: z.coerce
    .number()
    .int()
    .min(0)
    .max(1_440)
    .default(60)
    .describe('A session that must set off a rule is sent this often; 0 sends none'),
  trufflehog: text.optional().describe('Path of a TruffleHog binary: a second look at all that is stored'),
  trufflehog_required: flag.default(false).describe('Store nothing that TruffleHog has not looked at'),
  secretlint: flag.default(false).describe('A second look by secretlint at all that is stored'),
  allow_private_destinations: flag.default(false).describe('Let alerts go to private and loopback addresses'),
};
