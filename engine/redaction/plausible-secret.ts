import { isIdentifier, isScrambled } from './detect/identifier.ts';
import { isPlaceholder, isSample, shannonEntropy } from './detect/placeholder.ts';
import type { SensitiveName } from './sensitive-names.ts';

/**
 * How a value stands under its name, from the surest to the least sure: `structured` a JSON leaf or an attribute, `setting` an
 * .env line, flag, query parameter or connection string, `quoted` between quotes in text, `bare` anything else in text.
 */
export type ValueStyle = 'structured' | 'setting' | 'quoted' | 'bare';

/** Could `value` be what `name` promises? In structured data nearly everything is; in text and code much is not. */
export function isPlausibleSecret(value: string, name: SensitiveName, style: ValueStyle): boolean {
  const shape = name.value;
  if (name.vendorFormats?.test(value) === true && !isSample(value)) return true;
  if (shape instanceof RegExp) return shape.test(value);
  if (value === '' || isPlaceholder(value)) return false;
  if (shape === 'header') return isHeaderSecret(value, style);
  if (shape === 'human') return isHumanSecret(value, style);
  const plausible =
    shape === 'machine'
      ? isMachineSecret(value, style)
      : looksRandom(value, style === 'bare' ? 20 : 16) || (shape === 'opaque' && isDigest(value, style));
  return plausible && !isSample(value) && !QUERY.test(value);
}

/** A value that only chance makes: what stands after a name with nothing but a blank between them must be one. */
export function isUnmistakable(value: string, name: SensitiveName): boolean {
  if (name.value instanceof RegExp || name.value === 'header' || isPlaceholder(value) || isSample(value)) return false;
  return looksRandom(value, 16) || (name.value !== 'random' && isDigest(value, 'setting'));
}

const DIGIT = /\d/;
const LETTER = /[A-Za-z]/;
const SPACE = /\s/;
const QUERY = /[&?][\w.-]{1,40}=/;
const NUMBER = /^-?(?:0x[0-9a-fA-F_]{1,20}|\d[\d_.]{0,20})$/;
const DIGEST = /^(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9A-F]{32})$/;
/** `%s:%s`, `_PASSWORD_DEFAULT`: a format, a constant's name. */
const FORMAT = /^(?:[^A-Za-z0-9]{0,4}%[a-z]){1,8}[^A-Za-z0-9]{0,4}$|^_[A-Z][A-Z_]{2,60}$/;
const ALGORITHM = /^(?:sha|md|hs|rs|es|aes|hmac|utf|base|hex|pbkdf|ed)[-_]?\d{1,5}(?:[-_]\w{1,12})?$/i;
/** What documentation and tests put in a secret's place. */
const SAMPLE_SECRET =
  /^(?:my|your|the|some|test|fake|dummy|demo|sample|new|old|super|top)?[-_ ]?(?:[a-z]{2,8}[-_])?(?:secret|pass(?:word|wd|phrase)?|pwd|token|key|api[-_]?key|postgres|foo|bar|baz|qux)(?:[-_ ]?(?:here|value|key|token|\d{1,3}))?$/i;
const ONLY_WORDS = /^[A-Za-z]+(?:[ _-][A-Za-z]+)*[.:!?…]*$/;
const BRACKET = /[()[\]{}<>]/;
const OPERATORS = ['===', '&&', '||'];
const CONDITION = /\?[\w.]{1,40}:/;
const EXPRESSION = /^:|^[$@&*!]?[A-Za-z_$][\w$]*(?:(?:\??\.|::|->)[A-Za-z_$][\w$]*)+$/;
const VERSION = /^[~^<>=v]{0,2}\d+(?:\.(?:\d+|x|\*)){1,3}(?:[-+][\w.]{1,40})?$/;
const ADDRESS = /^(?:urn:|[a-z][a-z0-9+.-]{1,20}:\/\/|\.{0,2}\/|~\/|[A-Za-z]:\\)/;
const DIGIT_OR_LONG = /\d|[^=;,\s]{20}/;
const DATE = /^\d{4}-\d{2}-\d{2}(?:[T ].*)?$/;
const HASH_OR_UUID =
  /^(?:(?:sha\d{1,3}[-:])?[0-9a-f]{32,128}|[0-9A-F]{32,128}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$|^sha\d{1,3}-/;

function isHumanSecret(value: string, style: ValueStyle): boolean {
  if (style === 'structured') return true;
  if (ALGORITHM.test(value) || FORMAT.test(value) || value.includes('...')) return false;
  if (SAMPLE_SECRET.test(value) && (style !== 'setting' || !DIGIT.test(value))) return false;
  if (style === 'setting') return value.length >= 3 && !/[(){}]/.test(value);
  if (isCode(value) || ADDRESS.test(value) || VERSION.test(value)) return false;
  if (value.includes('/') && isIdentifier(value)) return false;
  if (style === 'bare' && NUMBER.test(value)) return false;
  if (ONLY_WORDS.test(value)) return value.length >= 20 && /^[a-z]+$/.test(value);
  if (style === 'quoted') return value.length >= 4 && (!SPACE.test(value) || DIGIT.test(value));
  return value.length >= (DIGIT.test(value) ? 4 : 8);
}

function isMachineSecret(value: string, style: ValueStyle): boolean {
  if (SPACE.test(value) || VERSION.test(value) || ADDRESS.test(value) || DATE.test(value)) return false;
  if (style === 'structured') return value.length >= 8 && (value.length >= 20 || !ONLY_WORDS.test(value));
  if (isScrambled(value)) return true;
  if (isCode(value) || ONLY_WORDS.test(value) || !DIGIT.test(value)) return false;
  if (style === 'setting') return value.length >= 8;
  if (!LETTER.test(value) || isIdentifier(value)) return false;
  return style === 'quoted'
    ? value.length >= 10 && shannonEntropy(value) >= 2.8
    : value.length >= 16 && shannonEntropy(value) >= 2.9;
}

/** A credential of some length in text; in structured data whatever stands there. */
function isHeaderSecret(value: string, style: ValueStyle): boolean {
  return style === 'structured' || (value.length >= 8 && DIGIT_OR_LONG.test(value));
}

/** Hex of the lengths that keys and digests share. */
function isDigest(value: string, style: ValueStyle): boolean {
  return style !== 'bare' && DIGEST.test(value) && shannonEntropy(value) >= 2.5;
}

/** Long, mixed, of high entropy, and neither a digest nor a UUID nor an address nor an expression. */
function looksRandom(value: string, length: number): boolean {
  if (value.length < length || SPACE.test(value)) return false;
  if (isScrambled(value)) return true;
  if (!isMixed(value) || isIdentifier(value)) return false;
  if (HASH_OR_UUID.test(value) || isCode(value) || ADDRESS.test(value) || VERSION.test(value) || DATE.test(value))
    return false;
  return shannonEntropy(value) >= 3.5;
}

function isCode(value: string): boolean {
  return (
    BRACKET.test(value) ||
    EXPRESSION.test(value) ||
    OPERATORS.some((one) => value.includes(one)) ||
    CONDITION.test(value)
  );
}

/** Letters and digits, of either more than a numbered word has, and no blank. Patterns, because a loop over a slice is slow. */
function isMixed(value: string): boolean {
  if (!DIGIT.test(value) || !LETTER.test(value) || SPACE.test(value)) return false;
  return THREE_DIGITS.test(value) || (/[a-z]/.test(value) && /[A-Z]/.test(value));
}

const THREE_DIGITS = /\d\D*\d\D*\d/;
