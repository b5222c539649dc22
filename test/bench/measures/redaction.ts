/**
 * The redaction boundary by itself, one process, CPU time: texts of 2 KB as traces hold them, whole spans, content references, and
 * texts made to be slow.
 */

import { normalise } from '../../../engine/core/dialects/normalise.ts';
import { enrich } from '../../../engine/core/enrichment/enrich.ts';
import { contentReferences } from '../../../engine/redaction/content-references.ts';
import { redactSpan } from '../../../engine/redaction/redact-span.ts';
import { createRedactor } from '../../../engine/redaction/redactor.ts';
import { createSecretlintScanner } from '../../../ingest/second-scan/secretlint-scanner.ts';
import { type Measure, measure } from '../measure.ts';
import { mixedTexts } from '../mixed-texts.ts';
import { benchSpans } from '../spans.ts';

const ROUNDS = 10;
const HOSTILE = [
  'key=',
  'token=',
  '--cookie ',
  'phone: 5551234567 ',
  'IBAN DE89 3704 0044 0532 0130 00.',
  'H4sIAAAAAAAAA0tMSk5JBQDy7Kx9CAAAAA== ',
  '"a" + ',
  '&#64;',
  'a\0',
  '=3D',
  'YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFh\n',
  '[EMAIL:k3f9]',
  'auth=',
  'a@b.',
  '4111 1111 1111 1111 ',
  '{"name":"password","value":',
  '\\u0040',
  '%2541',
  '"-----BEGIN ',
  'sk_live_',
  'glpat-',
  '?key=AIzaqxSGIDC-qeminM9',
  'DNI: 12345678Z\n',
  'password=hunter2! ',
  'secret: ',
];

export default async function redaction(): Promise<Measure[]> {
  const redactor = createRedactor({ key: new Uint8Array(32).fill(1) });
  const texts = mixedTexts(1_500, seeded(1));
  const bytes = texts.reduce((sum, text) => sum + text.length, 0);
  const loop = fastest(() => texts.forEach(sumOfCodes));
  const text = fastest(() => {
    for (const one of texts) redactor.redactText(one);
  });

  const secretlint = createSecretlintScanner();
  const some = texts.slice(0, 300);
  const someBytes = some.reduce((sum, one) => sum + one.length, 0);
  await secretlint.scan(some);
  const before = process.cpuUsage();
  await secretlint.scan(some);
  const { user, system } = process.cpuUsage(before);
  const ofSecretlint = someBytes / (user + system);

  const big = bigSpan(() => ({ 'gen_ai.tool.call.result': texts.join('\n').slice(0, 2_000_000) }));
  const many = bigSpan((n) =>
    n < 5_000 ? { [`app.detail.${n}`]: texts[n % texts.length]!.slice(0, 200) } : undefined,
  );
  const spanOf2Mb = resources(() => redactSpan(big, redactor));
  const spanOf5000 = resources(() => redactSpan(many, redactor));

  const spans = [0, 1, 2, 3, 4, 5, 6, 7].flatMap((n) => enrich(benchSpans(n).map(normalise)));
  const perSpan = (work: () => void): number => fastest(work) / spans.length;
  const span = perSpan(() => {
    for (const one of spans) redactSpan(one, redactor);
  });
  const references = perSpan(() => {
    for (const one of spans) contentReferences(one.agent.content, redactor.hashReference);
  });
  const stringify = perSpan(() => {
    for (const { attributes, agent } of spans) JSON.stringify([attributes, agent]);
  });

  const megabyte = 1_000_000;
  const worst = Math.max(
    ...HOSTILE.map((unit) => fastest(() => redactor.redactText(unit.repeat(megabyte / unit.length)), 2)),
  );
  return [
    measure(
      'redaction-text',
      bytes / text,
      'MB/s',
      bytes / loop,
      'mixed texts of 2 KB, one in four with a secret; baseline: a loop over their characters',
    ),
    measure(
      'redaction-secretlint',
      bytes / text,
      'MB/s',
      ofSecretlint,
      'the same texts; baseline: secretlint on 300 of them, its single rules, its profiler off',
    ),
    measure(
      'redaction-span-2mb',
      spanOf2Mb.milliseconds,
      'ms',
      (text / bytes) * 2_000,
      `a span with one text of 2 MB, ${spanOf2Mb.megabytes} MB of heap at most; baseline: 2 MB of mixed text`,
    ),
    measure(
      'redaction-span-5000',
      spanOf5000.milliseconds,
      'ms',
      (text / bytes) * 1_000,
      `a span with 5,000 attributes of 200 characters, ${spanOf5000.megabytes} MB of heap at most; baseline: 1 MB of mixed text`,
    ),
    measure(
      'redaction-span',
      span,
      'µs',
      stringify,
      'a span of 1.5 KB with ten attributes, references included; baseline: JSON.stringify of it',
    ),
    measure(
      'redaction-references',
      references,
      'µs',
      stringify,
      'content references of such a span; baseline: JSON.stringify of it',
    ),
    measure(
      'redaction-worst',
      worst / 1_000,
      'ms',
      (text / bytes) * (megabyte / 1_000),
      '1 MB of the slowest of some hostile texts; baseline: 1 MB of mixed text',
    ),
  ];
}

/** A span of the benches with other attributes: what `attributes` answers for 0, 1, 2 ... until it answers nothing, or once. */
function bigSpan(attributes: (n: number) => Record<string, string> | undefined) {
  const all: Record<string, string> = Object.create(null);
  for (let n = 0, more = attributes(0); more !== undefined && n < 5_000; more = attributes(++n))
    Object.assign(all, more);
  const [span] = enrich([normalise({ ...benchSpans(0)[0]!, attributes: all })]);
  return span!;
}

/** CPU time of the fastest of five rounds and the most that the heap grew in one, with nothing collected in between where it can be. */
function resources(work: () => void): { milliseconds: number; megabytes: number } {
  const milliseconds = fastest(work, 5) / 1_000;
  const before = process.memoryUsage().heapUsed;
  work();
  return { milliseconds, megabytes: Math.max(0, Math.round((process.memoryUsage().heapUsed - before) / 1e6)) };
}

function sumOfCodes(text: string): number {
  let sum = 0;
  for (let index = 0; index < text.length; index++) sum = (sum * 31 + text.charCodeAt(index)) | 0;
  return sum;
}

/** CPU time of the fastest round, microseconds: other processes cost cache, not time. */
function fastest(work: () => void, rounds = ROUNDS): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const started = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(started);
    best = Math.min(best, user + system);
  }
  return best;
}

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}
