/**
 * The notation of the two key tables: literal text with runs in braces, `rubygems_{h48}` or `{a20-24}.{w43}`. A run is a class and a
 * length or two. Format and test example are the same line.
 */
export interface KeyFormat {
  /** Source of a linear pattern: fixed text and bounded classes, nothing nested. */
  readonly pattern: string;
  /** The same as a template of test/unit/redaction/expand-example.ts. */
  readonly example: string;
  readonly shortest: number;
  /** Text before the first run. */
  readonly prefix: string;
  /** Hex digits, UUIDs, digits or letters and digits of one case: what digests and ids look like too. */
  readonly common: boolean;
  /** Runs of more than one length: any word of that length would do. */
  readonly loose: boolean;
}

/**
 * Each class: its characters as a pattern has them, the name of the same set in examples, and what a long example ends in, so that
 * it looks like the rest of its kind whatever is drawn (one key in thirty has no digit).
 */
const CLASSES: Readonly<Record<string, readonly [characters: string, example: string, end: string]>> = {
  h: ['0-9a-f', 'hex', '7c2e'],
  H: ['0-9A-F', 'HEX', '7C2E'],
  x: ['0-9a-fA-F', 'hex', '7c2e'],
  l: ['a-z0-9', 'az09', '7k2x9'],
  u: ['A-Z0-9', 'AZ09', '7K2X9'],
  a: ['A-Za-z0-9', 'b62', '7K2x9'],
  z: ['A-Za-z', 'letters', ''],
  U: ['A-Z', 'capitals', ''],
  d: ['0-9', 'd', ''],
  w: ['A-Za-z0-9_-', 'url', '7K2x9'],
  b: ['A-Za-z0-9+/', 'b64', '7K2x9'],
  p: ['A-Za-z0-9._~+/=-', 'url', '7K2x9'],
};
const LONG = 6;
const RUN = /\{([A-Za-z])(\d+)(?:-(\d+))?\}/g;
const UUID = '{x8}-{x4}-{x4}-{x4}-{x12}';
const COMMON = new Set(['h', 'H', 'x', 'l', 'u', 'd', 'U']);

/** @throws Error for a class that there is none of: the tables are constants, a test compiles them all */
export function parseKeyFormat(written: string): KeyFormat {
  const format = (/^[A-Za-z]\d+(?:-\d+)?$/.test(written) ? `{${written}}` : written).replaceAll('{uuid}', UUID);
  const full = format === 'uuid' ? UUID : format;
  let pattern = '';
  let example = '';
  let shortest = 0;
  let common = true;
  let copied = 0;
  for (const run of full.matchAll(RUN)) {
    const [characters, name, end] = CLASSES[run[1]!] ?? unknownClass(written);
    const literal = full.slice(copied, run.index);
    const longest = run[3] === undefined ? '' : `,${run[3]}`;
    pattern += `${escapePattern(literal)}[${characters}]{${run[2]}${longest}}`;
    const drawn = Number(run[2]) >= LONG ? Number(run[2]) - end.length : Number(run[2]);
    example += `${literal}{${name}:${drawn}}${drawn < Number(run[2]) ? end : ''}`;
    shortest += literal.length + Number(run[2]);
    if (!COMMON.has(run[1]!)) common = false;
    copied = run.index + run[0].length;
  }
  const rest = full.slice(copied);
  const prefix = full.slice(0, full.indexOf('{'));
  return {
    pattern: pattern + escapePattern(rest),
    example: example + rest,
    shortest: shortest + rest.length,
    prefix,
    common: common && prefix === '',
    loose: /-\d+\}/.test(full),
  };
}

function unknownClass(written: string): never {
  throw new Error(`no such class in the key format ${written}`);
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
