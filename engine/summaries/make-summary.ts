import type { Fallback } from '../core/making.ts';
import type { SessionSummary } from '../core/session-summary.ts';
import type { SummarySource } from '../core/summary-source.ts';
import type { Purpose } from './call-ledger.ts';
import { extractSummary } from './extract-summary.ts';
import { type Making, withoutModel } from './making.ts';
import type { ModelDoor } from './model-door.ts';
import { NoAnswer } from './no-answer.ts';
import { promptHashOf } from './question.ts';
import { groundAnswer, SUMMARY_INSTRUCTIONS, summaryAnswer } from './summary-question.ts';
import { buildTranscript } from './transcript.ts';

/** The prompt hash of summaries without a model; changed when they are made another way. */
export const EXTRACTIVE_HASH = 'extractive-1';
const MOST_OUTPUT_TOKENS = 1_500;

/** A summary and what made it. */
export interface MadeSummary extends Making {
  readonly summary: SessionSummary;
}

export interface SummaryWay {
  readonly purpose: Extract<Purpose, 'summary' | 'evaluation'>;
  /** The built-in ones when left out. */
  readonly instructions?: string | undefined;
  /** The configured one when left out; '' asks none. */
  readonly model?: string | undefined;
  readonly transcriptTokens: number;
  readonly signal?: AbortSignal | undefined;
}

/** The prompt hash that summaries of a model have. */
export function summaryPromptHash(instructions = SUMMARY_INSTRUCTIONS): string {
  return promptHashOf({ instructions, schema: summaryAnswer, maxOutputTokens: MOST_OUTPUT_TOKENS });
}

/**
 * Summarises one session by the model, or without one where none is configured, the budget is spent or the model will not. Throws
 * NoAnswer `unavailable` when it is worth asking again later.
 */
export async function makeSummary(source: SummarySource, door: ModelDoor, way: SummaryWay): Promise<MadeSummary> {
  if (way.model === '') return extracted(source, await door.redactor(), '');
  const transcript = buildTranscript(source, way.transcriptTokens);
  const configured = await door.configured();
  try {
    const answered = await door.ask({
      purpose: way.purpose,
      subject: source.id,
      instructions: way.instructions ?? SUMMARY_INSTRUCTIONS,
      data: [{ name: 'transcript', text: transcript.text }],
      schemaName: 'session_summary',
      schema: summaryAnswer,
      maxOutputTokens: MOST_OUTPUT_TOKENS,
      model: way.model,
      signal: way.signal,
    });
    const { answer, ...facts } = answered;
    const model = way.model ?? configured?.model ?? facts.model;
    return { ...facts, model, summary: groundAnswer(answer, transcript), fallback: '' };
  } catch (error) {
    if (!(error instanceof NoAnswer) || error.reason === 'unavailable') throw error;
    return extracted(source, await door.redactor(), error.reason === 'none' ? '' : error.reason);
  }
}

function extracted(source: SummarySource, redact: (text: string) => string, fallback: Fallback): MadeSummary {
  return { summary: extractSummary(source, redact), ...withoutModel(EXTRACTIVE_HASH, fallback) };
}
