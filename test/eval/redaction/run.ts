/**
 * What the redactor covers and what it takes wrongly, on texts that are made for it: `node test/eval/redaction/run.ts [--misses]
 * [--files DIR...]`. README.md tells how the set is made. `--misses` lists misses of the development half only.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createRedactor } from '../../../engine/redaction/redactor.ts';
import { expandExample, seededRandom } from '../../unit/redaction/expand-example.ts';
import { DEV_CONTEXTS, HOLDOUT_CONTEXTS, NAMELESS_DEV, NAMELESS_HOLDOUT, NOTATIONS } from './contexts.ts';
import { HARD_NEGATIVES } from './hard-negatives.ts';
import { COMMON_KINDS, type EvaluatedKind, tableKinds, unknownKinds } from './kinds.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { misses: { type: 'boolean' }, files: { type: 'boolean' }, most: { type: 'string', default: '6000' } },
});
const redactor = createRedactor({ key: new Uint8Array(32).fill(7) });
const random = seededRandom(20261121);
const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;

interface Tally {
  covered: number;
  all: number;
}

/** 95 % interval of a proportion after Wilson. */
function wilson(hits: number, all: number): string {
  if (all === 0) return '-';
  const z = 1.96;
  const p = hits / all;
  const centre = (p + (z * z) / (2 * all)) / (1 + (z * z) / all);
  const half = (z / (1 + (z * z) / all)) * Math.sqrt((p * (1 - p)) / all + (z * z) / (4 * all * all));
  const percent = (value: number): string => `${(100 * Math.max(0, value)).toFixed(2)}`;
  return `${percent(p)} % [${percent(centre - half)}, ${percent(centre + half)}] of ${all}`;
}

function covers(text: string, start: number, end: number): boolean {
  let reached = start;
  for (const finding of [...redactor.redactText(text).findings].sort((a, b) => a.start - b.start)) {
    if (finding.start <= reached) reached = Math.max(reached, finding.end);
  }
  return reached >= end;
}

/** Of a URL the host may stay readable, of a connection string what is not its key. */
function secretPart(value: string): string {
  return /^[a-z+]+:\/\/([^@/]+)@/.exec(value)?.[1] ?? /AccountKey=([^;]+)/.exec(value)?.[1] ?? value;
}

/** Vendors are split by a hash of their name, contexts by list. */
function isHoldout(id: string): boolean {
  let hash = 7;
  for (const character of id) hash = (Math.imul(hash, 31) + character.charCodeAt(0)) >>> 0;
  return hash % 2 === 1;
}

const misses: string[] = [];

function evaluate(kinds: readonly EvaluatedKind[], holdout: boolean | 'all', each: number): Tally {
  const tally = { covered: 0, all: 0 };
  for (const kind of kinds) {
    const held = holdout === 'all' ? undefined : holdout;
    if (held !== undefined && isHoldout(kind.vendor) !== held) continue;
    for (let round = 0; round < each; round++) {
      const value = expandExample(pick(kind.templates), random).text;
      const nameless = kind.nameless && random() < 0.4;
      const text = nameless
        ? pick(held === true ? NAMELESS_HOLDOUT : NAMELESS_DEV)
        : pick(held === true ? HOLDOUT_CONTEXTS : DEV_CONTEXTS)({ vendor: kind.vendor, what: pick(kind.what) });
      const at = text.search(/\bV\b/);
      const inJson = /^\s*\{/.test(text) && /\n/.test(value);
      const written = inJson ? value.replaceAll('\n', '\\n') : value;
      const full = text.slice(0, at) + written + text.slice(at + 1);
      const inner = secretPart(written);
      const start = at + written.indexOf(inner);
      const covered = covers(full, start, start + inner.length);
      tally.all++;
      if (covered) tally.covered++;
      else if (held !== true) misses.push(`${kind.id}\t${JSON.stringify(full)}`);
    }
  }
  return tally;
}

const escaped = (text: string): string => JSON.stringify(text).slice(1, -1);
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const hex = (text: string): string => Buffer.from(text).toString('hex');
/** An encoded text and what of it must be covered: the secret as it is spelled there, or the run that holds it. */
const ENCODINGS: Readonly<Record<string, (text: string, secret: string) => readonly [string, string]>> = {
  'JSON once': (text, secret) => [`{"role":"tool","content":"${escaped(text)}"}`, escaped(secret)],
  'JSON twice': (text, secret) => [
    JSON.stringify({ arguments: `{"query":"${escaped(text)}"}` }),
    escaped(escaped(secret)),
  ],
  URL: (text, secret) => [`https://x.example/cb?state=1&text=${encodeURIComponent(text)}`, encodeURIComponent(secret)],
  base64: (text) => [`body: ${base64(text)} end`, base64(text)],
  hex: (text) => [`body: ${hex(text)} end`, hex(text)],
};

/** The common kinds in development contexts, in one encoding. */
function encoded(encode: (typeof ENCODINGS)[string]): Tally {
  const tally = { covered: 0, all: 0 };
  for (const kind of COMMON_KINDS) {
    for (let round = 0; round < 30; round++) {
      const value = expandExample(pick(kind.templates), random).text;
      const nameless = kind.nameless && random() < 0.4;
      const frame = nameless ? pick(NAMELESS_DEV) : pick(DEV_CONTEXTS)({ vendor: kind.vendor, what: pick(kind.what) });
      const written = /^\s*\{/.test(frame) ? value.replaceAll('\n', '\\n') : value;
      const [text, spelled] = encode(
        frame.replace(/\bV\b/, () => written),
        secretPart(written),
      );
      const at = text.indexOf(spelled);
      tally.all++;
      if (at >= 0 && covers(text, at, at + spelled.length)) tally.covered++;
      else misses.push(`encoded\t${JSON.stringify(text)}`);
    }
  }
  return tally;
}

/** Each notation with passwords and keys in turn. */
function notations(): Tally {
  const tally = { covered: 0, all: 0 };
  for (const notation of NOTATIONS) {
    for (const template of ['{b62:12}!{b62:4}', '{b62:32}', '{hex:40}', '{url:22}7Kx']) {
      const value = expandExample(template, random).text;
      const at = notation.search(/V(?![a-z-])/);
      const text = notation.slice(0, at) + value + notation.slice(at + 1);
      tally.all++;
      if (covers(text, at, at + value.length)) tally.covered++;
      else misses.push(`notation\t${JSON.stringify(text)}`);
    }
  }
  return tally;
}

function hardNegatives(): void {
  let flagged = 0;
  let all = 0;
  for (const [family, templates] of Object.entries(HARD_NEGATIVES)) {
    let wrong = 0;
    let count = 0;
    for (const template of templates) {
      for (let round = 0; round < 12; round++) {
        const { text } = expandExample(template, random);
        count++;
        const secret = redactor.redactText(text).findings.find((finding) => finding.class === 'secret');
        if (secret === undefined) continue;
        wrong++;
        if (values.misses === true && round < 2)
          console.log(`  taken as ${secret.kind} (${secret.rule}): ${text.slice(0, 120)}`);
      }
    }
    console.log(`  ${family.padEnd(12)} ${wilson(wrong, count)}`);
    flagged += wrong;
    all += count;
  }
  console.log(`hard negatives taken       ${wilson(flagged, all)}`);
}

const TEXT_FILE =
  /\.(?:[cm]?[jt]sx?|json|lock|sum|mod|py|rs|go|md|rst|txt|css|ya?ml|toml|html?|xml|sh|java|rb|php|c|h|cfg|ini|conf|svg|map|po)$|lock$/;

function collectFiles(folder: string, into: string[]): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) collectFiles(path, into);
    else if (entry.isFile() && TEXT_FILE.test(entry.name)) into.push(path);
  }
}

/** Every so many files of the folders, so that `most` are read. */
function realFiles(folders: readonly string[], most: number): void {
  const paths: string[] = [];
  for (const folder of folders) collectFiles(folder, paths);
  const step = Math.max(1, paths.length / most);
  let flagged = 0;
  let all = 0;
  for (let index = 0; index < paths.length; index += step) {
    const path = paths[Math.floor(index)]!;
    if (statSync(path).size > 400_000) continue;
    const text = readFileSync(path, 'utf8');
    all++;
    const found = redactor.redactText(text).findings.filter((finding) => finding.class === 'secret');
    if (found.length === 0) continue;
    flagged++;
    for (const finding of found.slice(0, 2)) {
      const around = text.slice(Math.max(0, finding.start - 50), finding.end + 10).slice(0, 160);
      console.log(`  ${finding.kind} (${finding.rule}) ${path.slice(-70)}: ${JSON.stringify(around)}`);
    }
  }
  console.log(`real files flagged         ${wilson(flagged, all)}`);
}

function report(label: string, { covered, all }: Tally): void {
  console.log(`${label.padEnd(26)} ${wilson(covered, all)}`);
}

if (values.files === true) {
  realFiles(positionals, Number(values.most));
} else {
  report('common kinds, dev', evaluate(COMMON_KINDS, 'all', 40));
  const table = tableKinds();
  report('table kinds, dev', evaluate(table, false, 6));
  report('table kinds, holdout', evaluate(table, true, 6));
  report('unknown vendors, dev', evaluate(unknownKinds(), false, 60));
  report('unknown vendors, holdout', evaluate(unknownKinds(), true, 60));
  report('notations, dev', notations());
  for (const [label, encode] of Object.entries(ENCODINGS)) report(`common kinds, ${label}`, encoded(encode));
  hardNegatives();
  if (values.misses === true) console.log(misses.join('\n'));
}
