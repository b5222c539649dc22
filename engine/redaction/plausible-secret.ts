import { isPlaceholder, shannonEntropy } from './detect/placeholder.ts';
import type { SensitiveName } from './sensitive-names.ts';

/**
 * How a value stands under its name, from the surest to the least sure: `structured` a JSON leaf or an attribute, `setting` an
 * .env line, flag, query parameter or connection string, `quoted` between quotes in text, `bare` anything else in text.
 */
export type ValueStyle = 'structured' | 'setting' | 'quoted' | 'bare';

/** Could `value` be what `name` promises? In structured data nearly everything is; in text and code much is not. */
export function isPlausibleSecret(value: string, name: SensitiveName, style: ValueStyle): boolean {
  const shape = name.value;
  if (shape instanceof RegExp) return shape.test(value);
  if (value === '' || isPlaceholder(value)) return false;
  if (shape === 'header') return style === 'structured' || value.length >= 8;
  if (shape === 'random') return looksRandom(value, style === 'bare' ? 20 : 16);
  return shape === 'human' ? isHumanSecret(value, style) : isMachineSecret(value, style);
}

const DIGIT = /\d/;
const LETTER = /[A-Za-z]/;
const SPACE = /\s/;
const ONLY_WORDS = /^[A-Za-z]+(?:[ _-][A-Za-z]+)*[.:!?…]*$/;
const BRACKET = /[()[\]{}<>]/;
const EXPRESSION = /^:|^[$@&*!]?[A-Za-z_$][\w$]*(?:(?:\??\.|::|->)[A-Za-z_$][\w$]*)+$/;
const VERSION = /^[~^<>=v]{0,2}\d+(?:\.(?:\d+|x|\*)){1,3}(?:[-+][\w.]{1,40})?$/;
const ADDRESS = /^(?:[a-z][a-z0-9+.-]{1,20}:\/\/|\.{0,2}\/|~\/|[A-Za-z]:\\)/;
const DATE = /^\d{4}-\d{2}-\d{2}(?:[T ].*)?$/;
const HASH_OR_UUID =
  /^(?:(?:sha\d{1,3}[-:])?[0-9a-f]{32,128}|[0-9A-F]{32,128}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$|^sha\d{1,3}-/;

function isHumanSecret(value: string, style: ValueStyle): boolean {
  if (style === 'structured') return true;
  if (style === 'setting') return value.length >= 3 && !/[(){}]/.test(value);
  if (isCode(value) || ADDRESS.test(value) || VERSION.test(value)) return false;
  if (ONLY_WORDS.test(value)) return value.length >= 20 && /^[a-z]+$/.test(value);
  if (style === 'quoted') return value.length >= 4 && (!SPACE.test(value) || DIGIT.test(value));
  return value.length >= (DIGIT.test(value) ? 4 : 8);
}

function isMachineSecret(value: string, style: ValueStyle): boolean {
  if (SPACE.test(value) || VERSION.test(value) || ADDRESS.test(value) || DATE.test(value)) return false;
  if (style === 'structured') return value.length >= 8 && (value.length >= 20 || !ONLY_WORDS.test(value));
  if (isCode(value) || ONLY_WORDS.test(value) || !DIGIT.test(value)) return false;
  if (style === 'setting') return value.length >= 8;
  if (!LETTER.test(value)) return false;
  return style === 'quoted'
    ? value.length >= 10 && shannonEntropy(value) >= 3
    : value.length >= 16 && shannonEntropy(value) >= 3.3;
}

/** Long, mixed, of high entropy, and neither a digest nor a UUID nor an address nor an expression. */
function looksRandom(value: string, length: number): boolean {
  if (value.length < length || !isMixed(value)) return false;
  if (HASH_OR_UUID.test(value) || isCode(value) || ADDRESS.test(value) || VERSION.test(value) || DATE.test(value))
    return false;
  return shannonEntropy(value) >= 3.5;
}

function isCode(value: string): boolean {
  return BRACKET.test(value) || EXPRESSION.test(value);
}

/** Letters and digits, of either more than a numbered word has, and no blank. Patterns, because a loop over a slice is slow. */
function isMixed(value: string): boolean {
  if (!DIGIT.test(value) || !LETTER.test(value) || SPACE.test(value)) return false;
  return THREE_DIGITS.test(value) || (/[a-z]/.test(value) && /[A-Z]/.test(value));
}

const THREE_DIGITS = /\d\D*\d\D*\d/;
