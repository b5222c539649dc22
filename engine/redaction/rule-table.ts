import type { RedactionRule } from './redaction-rule.ts';
import { AI_PROVIDER_RULES } from './rules/ai-providers.ts';
import { CLOUD_RULES } from './rules/cloud.ts';
import { CODE_HOSTING_RULES } from './rules/code-hosting.ts';
import { NATIONAL_ID_RULES } from './rules/national-ids.ts';
import { NETWORK_ADDRESS_RULES } from './rules/network-addresses.ts';
import { PERSONAL_DATA_RULES } from './rules/personal-data.ts';
import { PREFIXED_KEY_RULES } from './rules/prefixed-keys.ts';
import { SERVICE_RULES } from './rules/services.ts';
import { STRUCTURED_SECRET_RULES } from './rules/structured-secrets.ts';
import { VENDOR_KEY_RULES } from './rules/vendor-keys.ts';

/** Every kind known by what it looks like. Kinds known by the name they stand under: sensitive-names.ts. */
export const RULE_TABLE: readonly RedactionRule[] = [
  ...CLOUD_RULES,
  ...CODE_HOSTING_RULES,
  ...AI_PROVIDER_RULES,
  ...SERVICE_RULES,
  ...PREFIXED_KEY_RULES,
  ...VENDOR_KEY_RULES,
  ...STRUCTURED_SECRET_RULES,
  ...PERSONAL_DATA_RULES,
  ...NATIONAL_ID_RULES,
  ...NETWORK_ADDRESS_RULES,
];
