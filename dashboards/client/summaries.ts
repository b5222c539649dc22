import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { z } from 'zod';
import { CodedError } from '../../engine/core/errors.ts';
import type { ApiClient } from './api-client.ts';
import { instant } from './instant.ts';
import { printAnswer } from './print-answer.ts';

type Show = (value: number, total: number, text: string) => void;

const runSchema = z.object({
  sessions: z.number(),
  done: z.number(),
  by_model: z.number(),
  postponed: z.number(),
  over_budget: z.number(),
  failed: z.number(),
  input_tokens: z.number(),
  output_tokens: z.number(),
  cost_usd: z.number(),
});
type Run = z.infer<typeof runSchema>;

export interface RunOptions {
  readonly since: string;
  readonly session?: readonly string[] | undefined;
  readonly force?: boolean | undefined;
  readonly model?: string | undefined;
  readonly json?: boolean | undefined;
  readonly show: Show;
}

/** Has the server summarise sessions. Ends with exit code 1 when some failed. */
export async function runSummaries(server: ApiClient, options: RunOptions): Promise<void> {
  const { since, session: sessions, force = false, model, json, show } = options;
  const body = { since: instant(since), force, ...(sessions && { sessions }), ...(model && { model }) };
  const run = await followed(server, '/summaries/runs', body, runSchema, (progress) => {
    const { done, sessions: total, cost_usd, input_tokens, output_tokens } = runSchema.parse(progress);
    show(done, total, `${input_tokens + output_tokens} tokens, ${dollars(cost_usd)}`);
  });
  printAnswer(run, json, inWords);
  if (run.failed > 0) process.exitCode = 1;
}

function inWords(run: Run): string[] {
  const tokens = `${run.input_tokens} tokens in, ${run.output_tokens} out, ${dollars(run.cost_usd)}`;
  const notes = [
    run.over_budget > 0 ? `${run.over_budget} without a model, for the budget is spent` : '',
    run.postponed > 0 ? `${run.postponed} left for later: the provider fails or is paused` : '',
    run.failed > 0 ? `${run.failed} failed` : '',
  ].filter(Boolean);
  return [`${run.done} of ${run.sessions} sessions summarised, ${run.by_model} by a model (${tokens})`, ...notes];
}

const summarySchema = z.looseObject({
  title: z.string(),
  asked: z.string(),
  summary: z.string(),
  outcome: z.string(),
  work_class: z.string(),
  files: z.array(z.string()),
  systems: z.array(z.string()),
  risks: z.array(
    z.object({ kind: z.string(), claim: z.string(), evidence: z.array(z.object({ span_id: z.string() })) }),
  ),
  confidence: z.number(),
  provider: z.string(),
  model: z.string(),
  prompt_hash: z.string(),
  input_tokens: z.number(),
  output_tokens: z.number(),
  cost_usd: z.number(),
  made_at: z.string(),
  revision: z.number(),
  fallback: z.string(),
});

/** Prints a session's summary. Throws NOT_FOUND while there is none. */
export async function showSummary(server: ApiClient, id: string, { json }: { json?: boolean }): Promise<void> {
  const shape = z.looseObject({ summary: summarySchema.nullable() });
  const { summary } = await server.call(shape, 'GET', `/sessions/${encodeURIComponent(id)}/summary`);
  if (summary === null)
    throw new CodedError('NOT_FOUND', 'the session has no summary yet: "summaries run --session ID" makes it');
  printAnswer(summary, json, (shown) => [
    shown.title,
    `  asked    ${shown.asked}`,
    `  done     ${shown.summary}`,
    `  outcome  ${shown.outcome}, ${shown.work_class}, confidence ${shown.confidence.toFixed(2)}`,
    ...(shown.files.length > 0 ? [`  files    ${shown.files.join(', ')}`] : []),
    ...(shown.systems.length > 0 ? [`  systems  ${shown.systems.join(', ')}`] : []),
    ...shown.risks.map(
      ({ kind, claim, evidence }) =>
        `  risk     ${kind}: ${claim} (${evidence.map(({ span_id }) => span_id).join(' ')})`,
    ),
    `  made by  ${shown.model || shown.provider}, prompt ${shown.prompt_hash}, ${shown.made_at}, version ${shown.revision}`,
    `  cost     ${shown.input_tokens} tokens in, ${shown.output_tokens} out, ${dollars(shown.cost_usd)}`,
  ]);
}

const sideSchema = z.object({
  model: z.string(),
  prompt_hash: z.string(),
  answered: z.number(),
  input_tokens: z.number(),
  output_tokens: z.number(),
  cost_usd: z.number(),
});

const comparisonSchema = z.object({
  sessions: z.number(),
  compared: z.number(),
  a: sideSchema,
  b: sideSchema,
  work_class: z.number(),
  work_class_kappa: z.number(),
  outcome: z.number(),
  risks: z.number(),
  files: z.number(),
  words: z.number(),
  disagreements: z.array(z.object({ session_id: z.string(), a: z.string(), b: z.string() })),
});

export interface CompareOptions {
  readonly a: string;
  readonly b: string;
  readonly since: string;
  readonly limit: number;
  readonly json?: boolean | undefined;
  readonly show: Show;
}

/** Compares two models or prompts on stored sessions and prints how far they agree. */
export async function compareSummaries(server: ApiClient, options: CompareOptions): Promise<void> {
  const body = {
    a: sideOf(options.a),
    b: sideOf(options.b),
    since: instant(options.since),
    sessions: options.limit,
  };
  const progressSchema = z.object({ done: z.number(), sessions: z.number() });
  const comparison = await followed(server, '/summaries/comparisons', body, comparisonSchema, (progress) => {
    const { done, sessions } = progressSchema.parse(progress);
    options.show(done, sessions, '');
  });
  printAnswer(comparison, options.json, agreement);
}

/** `MODEL`, `MODEL@FILE` or `@FILE` with instructions; `extractive` asks no model, `-` is the configured one. */
function sideOf(text: string): { model?: string; instructions?: string } {
  const at = text.indexOf('@');
  const model = at < 0 ? text : text.slice(0, at);
  const file = at < 0 ? '' : text.slice(at + 1);
  if (file !== '' && !existsSync(file)) throw new CodedError('USAGE', `${file}: no such file with instructions`);
  return {
    ...(model !== '' && model !== '-' && { model: model === 'extractive' ? '' : model }),
    ...(file !== '' && { instructions: readFileSync(file, 'utf8') }),
  };
}

function agreement(result: z.infer<typeof comparisonSchema>): string[] {
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
  const side = (
    name: string,
    { model, prompt_hash, answered, input_tokens, output_tokens, cost_usd }: typeof result.a,
  ) =>
    `${name}  ${model || 'no answer'}, prompt ${prompt_hash || '-'}: ${answered} answered, ${input_tokens} tokens in, ${output_tokens} out, ${dollars(cost_usd)}`;
  return [
    `${result.compared} of ${result.sessions} sessions compared`,
    side('a', result.a),
    side('b', result.b),
    `work class  ${percent(result.work_class)} (kappa ${result.work_class_kappa.toFixed(2)})`,
    `outcome     ${percent(result.outcome)}`,
    `risks       ${percent(result.risks)}`,
    `files       ${percent(result.files)}`,
    `words       ${percent(result.words)}`,
    ...result.disagreements.map(({ session_id, a, b }) => `  ${session_id}: ${a} | ${b}`),
  ];
}

function dollars(amount: number): string {
  return `$${amount.toFixed(4)}`;
}

const lineSchema = z.object({
  progress: z.unknown().optional(),
  result: z.unknown().optional(),
  problem: z.object({ code: z.string(), detail: z.string() }).optional(),
});

/** Posts, follows the lines of progress and answers the result. */
async function followed<Shape extends z.ZodType>(
  server: ApiClient,
  path: string,
  body: unknown,
  shape: Shape,
  onProgress: (progress: unknown) => void,
): Promise<z.infer<Shape>> {
  const answer = await server.fetch('POST', path, body);
  const input = Readable.fromWeb(answer.body as ReadableStream);
  for await (const line of createInterface({ input })) {
    const { progress, result, problem } = lineSchema.parse(JSON.parse(line));
    if (progress !== undefined) onProgress(progress);
    if (problem !== undefined) throw new CodedError('MODEL_UNAVAILABLE', problem.detail);
    if (result !== undefined) return shape.parse(result);
  }
  throw new CodedError('SERVER_UNREACHABLE', 'the server ended before the work was done; what it did is kept');
}
