import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { DialectWriter } from './dialect-writer.ts';
import { claudeCode } from './dialects/claude-code.ts';
import { openInference } from './dialects/openinference.ts';
import { openLlmetry } from './dialects/openllmetry.ts';
import { otelGenAi } from './dialects/otel-genai.ts';
import { vercelAi } from './dialects/vercel-ai.ts';
import { endlessSearch } from './sessions/endless-search.ts';
import { envFilePrinted } from './sessions/env-file-printed.ts';
import { failingTestFixed } from './sessions/failing-test-fixed.ts';
import { heatPumpResearch } from './sessions/heat-pump-research.ts';
import { helpdeskBefore, helpdeskPromptChanged } from './sessions/helpdesk-prompt-changed.ts';
import { hrAssistantBefore, hrAssistantReleased } from './sessions/hr-assistant-released.ts';
import { invoiceRedirected } from './sessions/invoice-redirected.ts';
import { poisonedSupplierPage } from './sessions/poisoned-supplier-page.ts';
import { pricingNotesSentOut } from './sessions/pricing-notes-sent-out.ts';
import { refundAnswered } from './sessions/refund-answered.ts';
import { rememberedAllergy } from './sessions/remembered-allergy.ts';
import { rentPaid } from './sessions/rent-paid.ts';
import { travelPolicyQuestion } from './sessions/travel-policy-question.ts';
import { tripPlanned } from './sessions/trip-planned.ts';
import { weeklySalesReport } from './sessions/weekly-sales-report.ts';
import type { DemoDialect, Story } from './story.ts';
import { tellStory } from './tell-story.ts';

/** A session ready to be sent, with the rules it must raise. */
export interface DemoSession {
  readonly name: string;
  readonly title: string;
  readonly dialect: DemoDialect;
  /** Empty for a benign session. */
  readonly raises: readonly string[];
  readonly spans: readonly ReadableSpan[];
}

const WRITERS: Readonly<Record<DemoDialect, DialectWriter>> = {
  'otel-genai': otelGenAi,
  openinference: openInference,
  openllmetry: openLlmetry,
  'vercel-ai': vercelAi,
  'claude-code': claudeCode,
};

const STORIES: readonly Story[] = [
  refundAnswered,
  failingTestFixed,
  heatPumpResearch,
  travelPolicyQuestion,
  rememberedAllergy,
  weeklySalesReport,
  hrAssistantBefore,
  hrAssistantReleased,
  rentPaid,
  tripPlanned,
  helpdeskBefore,
  helpdeskPromptChanged,
  envFilePrinted(),
  poisonedSupplierPage,
  endlessSearch,
  invoiceRedirected,
  pricingNotesSentOut,
];

/**
 * The sessions of the demo, oldest first, all before `baseTime` (milliseconds since 1970). The same base time gives the same
 * spans with the same ids, so that sending them again is a retry and changes nothing.
 */
export function demoSpans(baseTime: number): DemoSession[] {
  return STORIES.toSorted((a, b) => b.minutesAgo - a.minutesAgo).map((story) => ({
    name: story.name,
    title: story.title,
    dialect: story.dialect,
    raises: story.raises,
    spans: tellStory(story, WRITERS[story.dialect], baseTime),
  }));
}
