import { createBoundedCache } from './bounded-cache.ts';
import { vendorFormats } from './rules/vendor-keys.ts';
import { SENSITIVE_NAMES, type SensitiveName } from './sensitive-names.ts';

/** Says what a value under a name would be; undefined when the name says nothing. */
export type NameJudge = (name: string) => SensitiveName | undefined;

const NAMES_REMEMBERED = 4096;
const MAX_NAME = 96;
/** Last parts of a dotted name that say nothing themselves: `db.password.value` is judged as `password`. */
const VALUE_PARTS = /^(?:\d+|value|raw|text|data|string|content|stringvalue|string_value|current)$/;

/** Words that say what a key, token or secret is when they stand before it. */
export const KEY_QUALIFIERS =
  /^(?:api|access|secret|auth|private|client|app|application|service|account|license|encryption|master|signing|admin|bearer|bot|personal|refresh|security|webhook)$/i;

export function createNameJudge(): NameJudge {
  const remembered = createBoundedCache<string, { readonly verdict: SensitiveName | undefined }>(NAMES_REMEMBERED);
  return (name) => {
    const known = remembered.get(name);
    if (known !== undefined) return known.verdict;
    const verdict = judge(name);
    remembered.set(name, { verdict });
    return verdict;
  };
}

function judge(name: string): SensitiveName | undefined {
  const joined = joinWords(lastTellingPart(name.slice(-MAX_NAME)));
  if (joined.length < 3) return undefined;
  const row = SENSITIVE_NAMES.find((one) => one.pattern.test(joined) && !one.except?.test(joined));
  // shapes that leave hex and UUIDs alone: unless they are this vendor's
  if (row === undefined || (row.value !== 'random' && row.value !== 'opaque')) return row;
  const formats = vendorFormats(joined);
  return formats === undefined ? row : { ...row, vendorFormats: formats };
}

function lastTellingPart(name: string): string {
  const parts = name.split(/[.[\]]+/).filter((part) => part !== '');
  while (parts.length > 1 && VALUE_PARTS.test(parts[parts.length - 1]!.toLowerCase())) parts.pop();
  const last = parts[parts.length - 1] ?? '';
  const before = parts[parts.length - 2];
  // `service.api.key` in a properties file
  return before !== undefined && KEY_QUALIFIERS.test(before) ? `${before}_${last}` : last;
}

/** `X-Api-Key`, `apiKey`, `API_KEY2` all become `api_key` (with `x_`). */
function joinWords(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]{1,40})([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .replace(/(?<=[a-z])\d{1,4}$/, '');
}
