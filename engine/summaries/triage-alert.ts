import type { Triage } from '../core/triage.ts';
import type { TriageSource } from '../core/triage-source.ts';
import { type Making, withoutModel } from './making.ts';
import type { ModelDoor } from './model-door.ts';
import { NoAnswer } from './no-answer.ts';
import { rankOf, reasonAboutAlert } from './reason-about-alert.ts';
import {
  groundTriage,
  TRIAGE_INSTRUCTIONS,
  TRIAGE_OUTPUT_TOKENS,
  triageAnswer,
  triageData,
} from './triage-question.ts';

/** A triage and what made it. */
export interface MadeTriage extends Making {
  readonly triage: Triage;
  readonly rank: number;
}

/** The prompt hash of first looks without a model; changed when they are made another way. */
const BY_FACTS_HASH = 'extractive-1';

/**
 * A first look at one alert by the model, or by its facts alone where none is configured, the budget is spent or the model will not.
 * Throws NoAnswer `unavailable` when it is worth asking again later.
 */
export async function triageAlert(
  source: TriageSource,
  door: ModelDoor,
  { tokens, signal }: { readonly tokens: number; readonly signal?: AbortSignal },
): Promise<MadeTriage> {
  const byFacts = reasonAboutAlert(source, await door.redactor());
  const { parts, names } = triageData(source, tokens);
  try {
    const { answer, ...made } = await door.ask({
      purpose: 'triage',
      subject: source.alert.id,
      instructions: TRIAGE_INSTRUCTIONS,
      data: parts,
      schemaName: 'alert_triage',
      schema: triageAnswer,
      maxOutputTokens: TRIAGE_OUTPUT_TOKENS,
      signal,
    });
    const triage = groundTriage(answer, names);
    return { ...made, triage, rank: rankOf(triage.verdict, byFacts.verdict), fallback: '' };
  } catch (error) {
    if (!(error instanceof NoAnswer) || error.reason === 'unavailable') throw error;
    const fallback = error.reason === 'none' ? '' : error.reason;
    return {
      triage: byFacts,
      rank: rankOf(byFacts.verdict, byFacts.verdict),
      ...withoutModel(BY_FACTS_HASH, fallback),
    };
  }
}
