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
export const VENDOR_KEY_RULES: readonly RedactionRule[] = collectVendors().map(vendorKeyRule);

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

/** Of a name that is also a word: as far as the letter that `api`, `key`, `token` ... begin with; the finder reads on. */
function keywordsOf(spelling: string): string[] {
  if (!spelling.endsWith('~')) return [spelling];
  const name = spelling.slice(0, -1);
  return ['', '_', '-', '.', ' '].flatMap((mark) => [...'aktscp'].map((letter) => name + mark + letter));
}
