import { isIdentifier } from '../detect/identifier.ts';
import type { RedactionRule } from '../redaction-rule.ts';
import { END, notSample } from './checks.ts';
import { type KeyFormat, parseKeyFormat } from './key-format.ts';
import { PREFIXED_KEY_TABLE } from './prefixed-key-table.ts';

/** One row a kind of the table. */
export const PREFIXED_KEY_RULES: readonly RedactionRule[] = PREFIXED_KEY_TABLE.map(([id, ...formats]) =>
  prefixedKeyRule(id, formats.map(parseKeyFormat)),
);

function prefixedKeyRule(id: string, formats: readonly KeyFormat[]): RedactionRule {
  const words = id.split('-');
  return {
    id: `prefixed-${id}`,
    kind: words.join('_').toUpperCase(),
    title: words.join(' '),
    class: 'secret',
    confidence: 'format',
    keywords: [...new Set(formats.map((format) => format.prefix.toLowerCase()))],
    match: { pattern: `(?:${formats.map((format) => format.pattern).join('|')})${END}` },
    check: (value) => isDrawn(value.slice(prefixOf(value, formats).length)),
    examples: formats.map((format) => format.example),
    nearMisses: [`${formats[0]!.prefix}{hex:3}`],
  };
}

/** Neither a sample nor a name that happens to begin like the key: `test_good_and_bad_replacements`. */
function isDrawn(rest: string): boolean {
  return notSample(rest) && !(rest.length >= 16 && isIdentifier(rest));
}

function prefixOf(value: string, formats: readonly KeyFormat[]): string {
  return formats.find((format) => value.startsWith(format.prefix))?.prefix ?? '';
}
