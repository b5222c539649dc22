import { z } from 'zod';
import { clientSection } from './client-section.ts';
import { detectionSection } from './detection-section.ts';
import { gatewaySection } from './gateway-section.ts';
import { kafkaSection } from './kafka-section.ts';
import { listenerSection } from './listener-section.ts';
import { modelSection } from './model-section.ts';
import { singleSignOnSection } from './single-sign-on-section.ts';
import { storageSection } from './storage-section.ts';

/**
 * Every setting, by its name in the config file; the environment variable is SPANWARDEN_ and the name in upper case, and wins.
 * Strict: an unknown name stops the start.
 */
export const settingsSchema = z.strictObject({
  ...listenerSection,
  ...storageSection,
  ...kafkaSection,
  ...gatewaySection,
  ...detectionSection,
  ...modelSection,
  ...singleSignOnSection,
  ...clientSection,
});

export type Config = z.infer<typeof settingsSchema>;

/** JSON Schema of the config file, for editors. */
export function configJsonSchema(): unknown {
  return z.toJSONSchema(settingsSchema, { io: 'input', unrepresentable: 'any' });
}
