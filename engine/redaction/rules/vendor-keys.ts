import { vendorKeyFinder } from '../detect/vendor-key.ts';
import type { RedactionRule } from '../redaction-rule.ts';
import { type KeyFormat, parseKeyFormat } from './key-format.ts';
import { VENDOR_KEY_TABLE } from './vendor-key-table.ts';

/** A shorter name counts only where a word begins. */
const ANYWHERE = 5;

interface Vendor {
  readonly spellings: string[];
  readonly formats: KeyFormat[];
}

/** One row a vendor: its formats from all rows of the table that name it. */
const VENDORS = collectVendors();
export const VENDOR_KEY_RULES: readonly RedactionRule[] = VENDORS.map(vendorKeyRule);

const BY_WORD = new Map(
  VENDORS.flatMap((vendor) =>
    vendor.spellings.map((spelling) => [spelling.replace(/[^a-z0-9]/g, ''), vendor.formats] as const),
  ),
);

/** What the keys of the vendor look like whose name stands in `words` (lower case, joined by `_`). */
export function vendorFormats(words: string): RegExp | undefined {
  const parts = words.split('_');
  for (let index = 0; index < parts.length; index++) {
    const formats = BY_WORD.get(parts[index]!) ?? BY_WORD.get(`${parts[index]}${parts[index + 1]}`);
    if (formats !== undefined) return new RegExp(`^(?:${formats.map((format) => format.pattern).join('|')})$`);
  }
  return undefined;
}

function collectVendors(): Vendor[] {
  const bySpelling = new Map<string, Vendor>();
  for (const [written, names] of VENDOR_KEY_TABLE) {
    const format = parseKeyFormat(written);
    for (const name of names.split(/\s+/)) {
      const spellings = name.split('/');
      const known = spellings.map((spelling) => bySpelling.get(spelling)).find((vendor) => vendor !== undefined);
      const vendor = known ?? { spellings: [], formats: [] };
      for (const spelling of spellings) {
        if (bySpelling.has(spelling)) continue;
        vendor.spellings.push(spelling);
        bySpelling.set(spelling, vendor);
      }
      vendor.formats.push(format);
    }
  }
  return [...new Set(bySpelling.values())];
}

function vendorKeyRule({ spellings, formats }: Vendor): RedactionRule {
  const name = spellings[0]!.replace('~', '');
  const word = name.replace(/[^a-z0-9]+/g, '_').replace(/^_|_$/g, '');
  return {
    id: `vendor-${word.replaceAll('_', '-')}`,
    kind: `${/^\d/.test(word) ? 'V' : ''}${word.toUpperCase()}_KEY`,
    title: `Key of ${name}`,
    class: 'secret',
    confidence: 'context',
    keywords: spellings.flatMap(keywordsOf),
    match: { find: vendorKeyFinder(formats, spellings[0]!.endsWith('~')) },
    anywhere: spellings.every((spelling) => spelling.endsWith('~') || spelling.length >= ANYWHERE),
    examples: formats.map((format) => `${name}_api_key = "«${format.example}»"`),
    nearMisses: [`${name}_api_key = "{hex:5}"`, `${name} commit {hex:40}`],
  };
}

/**
 * A name of two words in every notation. Of a name that is also a word: as far as the letter that `api`, `key`, `token` ... begin
 * with; the finder reads on.
 */
function keywordsOf(spelling: string): string[] {
  const parts = spelling.replace('~', '').split(/[-_. ](?=.)/);
  const names = parts.length === 1 ? parts : ['', '_', '-', '.', ' '].map((mark) => parts.join(mark));
  if (!spelling.endsWith('~')) return names;
  return names.flatMap((name) =>
    ['', '_', '-', '.', ' '].flatMap((mark) => [...'aktscp'].map((letter) => name + mark + letter)),
  );
}
