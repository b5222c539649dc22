import type { SessionSummary } from '../core/session-summary.ts';
import type { SummarySource } from '../core/summary-source.ts';
import { makeSummary } from './make-summary.ts';
import type { ModelDoor } from './model-door.ts';

/** One side of a comparison: a model (the configured one when undefined, none when ''), and instructions (the built-in ones). */
export interface Side {
  readonly model?: string | undefined;
  readonly instructions?: string | undefined;
}

interface SideFigures {
  readonly model: string;
  readonly prompt_hash: string;
  readonly answered: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cost_usd: number;
}

/** How far two ways of summarising agree on the same sessions. Shares are of the sessions that both answered, in [0, 1]. */
export interface Comparison {
  readonly sessions: number;
  readonly compared: number;
  readonly a: SideFigures;
  readonly b: SideFigures;
  readonly work_class: number;
  /** Cohen's kappa of the work classes: 1 is full agreement, 0 is what chance would give. */
  readonly work_class_kappa: number;
  readonly outcome: number;
  /** Kinds of risk, files: the mean share of what either names that both name. */
  readonly risks: number;
  readonly files: number;
  /** Mean share of the words of the two texts that both have. */
  readonly words: number;
  readonly disagreements: readonly { readonly session_id: string; readonly a: string; readonly b: string }[];
}

const MOST_DISAGREEMENTS = 20;

export interface CompareOptions {
  readonly door: ModelDoor;
  readonly transcriptTokens: number;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
}

/** Summarises the sessions both ways, one after the other, and stores neither. Throws NoAnswer when a model does not answer. */
export async function compareSummaries(
  sources: readonly SummarySource[],
  sides: { readonly a: Side; readonly b: Side },
  { door, transcriptTokens, signal, onProgress }: CompareOptions,
): Promise<Comparison> {
  const figures = { a: NO_FIGURES, b: NO_FIGURES };
  const pairs: { id: string; a: SessionSummary; b: SessionSummary }[] = [];
  for (const [index, source] of sources.entries()) {
    const made: Partial<Record<'a' | 'b', SessionSummary>> = {};
    for (const name of ['a', 'b'] as const) {
      signal.throwIfAborted();
      const way = { purpose: 'evaluation' as const, ...sides[name], transcriptTokens, signal };
      const one = await makeSummary(source, door, way);
      const { model, prompt_hash, ...sums } = figures[name];
      figures[name] = {
        model: one.fallback === '' ? one.model || one.provider : model,
        prompt_hash: one.fallback === '' ? one.promptHash : prompt_hash,
        answered: sums.answered + Number(one.fallback === ''),
        input_tokens: sums.input_tokens + one.inputTokens,
        output_tokens: sums.output_tokens + one.outputTokens,
        cost_usd: sums.cost_usd + one.costUsd,
      };
      if (one.fallback === '') made[name] = one.summary;
    }
    if (made.a && made.b) pairs.push({ id: source.id, a: made.a, b: made.b });
    onProgress(index + 1, sources.length);
  }
  return { sessions: sources.length, compared: pairs.length, ...figures, ...agreementOf(pairs) };
}

const NO_FIGURES: SideFigures = {
  model: '',
  prompt_hash: '',
  answered: 0,
  input_tokens: 0,
  output_tokens: 0,
  cost_usd: 0,
};

type Pair = { readonly id: string; readonly a: SessionSummary; readonly b: SessionSummary };

/** The agreement of pairs of summaries. */
export function agreementOf(pairs: readonly Pair[]) {
  const share = (of: (pair: Pair) => number) =>
    pairs.length === 0 ? 0 : Math.round((pairs.reduce((sum, pair) => sum + of(pair), 0) / pairs.length) * 1e4) / 1e4;
  const classes = share(({ a, b }) => Number(a.work_class === b.work_class));
  return {
    work_class: classes,
    work_class_kappa: kappa(pairs.map(({ a, b }) => [a.work_class, b.work_class])),
    outcome: share(({ a, b }) => Number(a.outcome === b.outcome)),
    risks: share(({ a, b }) => overlap(kindsOf(a), kindsOf(b))),
    files: share(({ a, b }) => overlap(a.files, b.files)),
    words: share(({ a, b }) => overlap(wordsOf(a), wordsOf(b))),
    disagreements: pairs
      .filter(({ a, b }) => labelOf(a) !== labelOf(b))
      .slice(0, MOST_DISAGREEMENTS)
      .map(({ id, a, b }) => ({ session_id: id, a: labelOf(a), b: labelOf(b) })),
  };
}

function labelOf({ work_class, outcome, risks }: SessionSummary): string {
  const kinds = [...new Set(risks.map(({ kind }) => kind))].sort();
  return [work_class, outcome, ...kinds].join(' ');
}

function kindsOf({ risks }: SessionSummary): string[] {
  return risks.map(({ kind }) => kind);
}

function wordsOf({ title, summary }: SessionSummary): string[] {
  return `${title} ${summary}`.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu) ?? [];
}

/** Two that name nothing agree. */
function overlap(a: readonly string[], b: readonly string[]): number {
  const [left, right] = [new Set(a), new Set(b)];
  const either = new Set([...left, ...right]).size;
  return either === 0 ? 1 : [...left].filter((item) => right.has(item)).length / either;
}

function kappa(pairs: readonly (readonly [string, string])[]): number {
  const { length } = pairs;
  if (length === 0) return 0;
  const observed = pairs.filter(([a, b]) => a === b).length / length;
  const labels = new Set(pairs.flat());
  const portion = (side: 0 | 1, label: string) => pairs.filter((pair) => pair[side] === label).length / length;
  const chance = [...labels].reduce((sum, label) => sum + portion(0, label) * portion(1, label), 0);
  return chance === 1 ? 1 : Math.round(((observed - chance) / (1 - chance)) * 1e4) / 1e4;
}
