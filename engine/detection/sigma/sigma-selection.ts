import { quoted } from '../compile/finding-columns.ts';
import { sigmaField } from './sigma-fields.ts';

/** What of a Sigma rule has no counterpart; the message names it. */
export class SigmaUnsupported extends Error {}

/** A selection as a condition: fields of a map all hold, of a list of maps one does. Throws SigmaUnsupported. */
export function selectionSql(name: string, selection: unknown): string {
  if (Array.isArray(selection)) {
    if (selection.length === 0) throw new SigmaUnsupported(`${name}: an empty list`);
    return `(${selection.map((item) => selectionSql(name, item)).join(' OR ')})`;
  }
  if (typeof selection !== 'object' || selection === null) {
    throw new SigmaUnsupported(`${name}: keywords without a field; name the column that they are looked for in`);
  }
  const fields = Object.entries(selection);
  if (fields.length === 0) throw new SigmaUnsupported(`${name}: an empty selection`);
  return `(${fields.map(([key, value]) => fieldSql(key, value)).join(' AND ')})`;
}

const KNOWN_MODIFIERS = new Set([
  'contains',
  'startswith',
  'endswith',
  'all',
  're',
  'cased',
  'exists',
  'gt',
  'gte',
  'lt',
  'lte',
  'i',
]);
const COMPARISONS: Readonly<Record<string, string>> = { gt: '>', gte: '>=', lt: '<', lte: '<=' };

function fieldSql(key: string, value: unknown): string {
  const [name = '', ...modifiers] = key.split('|');
  const unknown = modifiers.find((modifier) => !KNOWN_MODIFIERS.has(modifier));
  if (unknown !== undefined) throw new SigmaUnsupported(`${key}: the modifier ${unknown}`);
  const field = sigmaField(name);
  if (field === undefined) throw new SigmaUnsupported(`${key}: no span has the field ${name}`);
  const values: unknown[] = Array.isArray(value) ? value : [value];
  const tests = values.map((item) => valueSql(key, field, modifiers, item));
  return tests.length === 1 ? tests[0]! : `(${tests.join(modifiers.includes('all') ? ' AND ' : ' OR ')})`;
}

function valueSql(
  key: string,
  field: { sql: string; type: 'text' | 'number' },
  modifiers: readonly string[],
  value: unknown,
): string {
  const text = field.type === 'text' ? field.sql : `toString(${field.sql})`;
  if (modifiers.includes('exists')) return value === false ? `${text} = ''` : `${text} != ''`;
  if (value === null) return `${text} = ''`;
  const comparison = modifiers.map((modifier) => COMPARISONS[modifier]).find((sign) => sign !== undefined);
  if (comparison !== undefined) {
    if (typeof value !== 'number') throw new SigmaUnsupported(`${key}: compared with what is no number`);
    return `${field.type === 'number' ? field.sql : `toFloat64OrNull(${text})`} ${comparison} ${value}`;
  }
  if (typeof value === 'number' && field.type === 'number' && modifiers.length === 0) return `${field.sql} = ${value}`;
  if (!['string', 'number', 'boolean'].includes(typeof value))
    throw new SigmaUnsupported(`${key}: a value that is a map`);
  if (modifiers.includes('re')) {
    const pattern = String(value);
    if (/\(\?[=!<]|\\[1-9]/.test(pattern))
      throw new SigmaUnsupported(`${key}: look-around or back-references in a pattern`);
    return `match(${text}, ${quoted(modifiers.includes('i') ? `(?i)${pattern}` : pattern)})`;
  }
  const before = modifiers.includes('contains') || modifiers.includes('endswith') ? '%' : '';
  const after = modifiers.includes('contains') || modifiers.includes('startswith') ? '%' : '';
  const like = modifiers.includes('cased') ? 'LIKE' : 'ILIKE';
  return `${text} ${like} ${quoted(`${before}${likePattern(String(value))}${after}`)}`;
}

/** Sigma's wildcards as LIKE's; a backslash before one takes its meaning away. */
function likePattern(value: string): string {
  return value.replace(/\\[*?\\]|[*?%_\\]/g, (sign) => {
    if (sign === '*') return '%';
    if (sign === '?') return '_';
    if (sign === '\\*' || sign === '\\?') return sign[1]!;
    return sign === '%' || sign === '_' ? `\\${sign}` : '\\\\';
  });
}
