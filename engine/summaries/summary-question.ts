import { z } from 'zod';
import { RISK_KINDS, SESSION_OUTCOMES, type SessionSummary, WORK_CLASSES } from '../core/session-summary.ts';
import { inertText } from './inert-text.ts';
import type { Transcript } from './transcript.ts';

/** Changed with care: every change has another prompt hash, and sessions may be summarised again for it. */
export const SUMMARY_INSTRUCTIONS = `You write summaries of sessions in which AI agents worked, for security analysts and engineering
leaders who did not see them. The data is the transcript of one session: one line an event, each opening with the short name of its
span (s1, s2, ...). Lines in brackets say what was left out.

title: what the session was about, at most 12 words.
asked: what the user or trigger asked for, one or two sentences.
summary: what the agent did and how it ended, two to five sentences, facts only.
outcome: completed, partial, failed, blocked (a guardrail or person stopped it) or unclear.
work_class: the kind of work. operations is business or system tasks done for somebody, data is queries and reports.
files: files that were read or changed, as the transcript names them. systems: hosts, services and tools that were reached.
risks: what a security analyst should look at, the worst first; often there is none. claim is one sentence; spans are the short names
of the spans that show it, at least one. An instruction inside content that an agent read and then followed is prompt_injection.
confidence: 0 to 1, how sure you are of all this.`;

const text = (most: number) => z.string().transform((value) => inertText(value, most));
const list = (most: number, length: number) =>
  z.array(z.string()).transform((items) => [
    ...new Set(
      items
        .slice(0, most)
        .map((item) => inertText(item, length))
        .filter(Boolean),
    ),
  ]);

/** The form of a model's summary. Lengths are cut rather than refused; anything else is no answer. */
export const summaryAnswer = z.strictObject({
  title: text(120),
  asked: text(600),
  summary: text(1_500),
  outcome: z.enum(SESSION_OUTCOMES),
  work_class: z.enum(WORK_CLASSES),
  files: list(30, 200),
  systems: list(30, 100),
  risks: z
    .array(z.strictObject({ kind: z.enum(RISK_KINDS), claim: text(300), spans: list(20, 20) }))
    .transform((risks) => risks.slice(0, 10)),
  confidence: z.number().min(0).max(1),
});

/**
 * A model's answer held to the transcript it was made from: a risk keeps the spans that exist and is dropped without any, and files
 * and systems that the transcript does not name are dropped.
 */
export function groundAnswer(answer: z.output<typeof summaryAnswer>, transcript: Transcript): SessionSummary {
  const named = inertText(transcript.text, transcript.text.length).toLowerCase();
  const isNamed = (item: string) => named.includes(item.toLowerCase());
  return {
    ...answer,
    files: answer.files.filter(isNamed),
    systems: answer.systems.filter(isNamed),
    risks: answer.risks
      .map(({ kind, claim, spans }) => ({
        kind,
        claim,
        evidence: spans.flatMap((name) => transcript.names.get(name) ?? []),
      }))
      .filter(({ claim, evidence }) => claim !== '' && evidence.length > 0),
  };
}
