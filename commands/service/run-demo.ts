import { DEFAULT_ORG } from '../../engine/core/org.ts';
import type { createEngine } from '../../engine/engine.ts';
import { demoBaseTime } from '../../ingest/demo/demo-base-time.ts';
import { type DemoAlert, showDemo } from '../../ingest/demo/show-demo.ts';
import { printLine } from '../print-line.ts';
import type { Foundation } from './open-foundation.ts';

export interface DemoParts {
  /** Base URLs of the receiver and of the web pages. */
  readonly otlp: string;
  readonly pages: string;
  readonly engine: ReturnType<typeof createEngine>;
  /** Alerts as they open. */
  readonly opened: DemoAlert[];
  readonly stopping: AbortSignal;
}

/** `start --demo`: sends the sample sessions and prints the alerts they raise. Answers how many. */
export function runDemo(
  { config, clock }: Foundation,
  { otlp, pages, engine, opened, stopping }: DemoParts,
): Promise<number> {
  return showDemo({
    otlp,
    baseTime: demoBaseTime(config.data, clock()),
    opened,
    evaluatedTo: engine.evaluatedTo,
    open: async () => (await (await engine.alerting(DEFAULT_ORG)).list({ status: 'open', limit: 100 })).items,
    linkTo: (id) => `${pages}/alerts/${id}`,
    print: printLine,
    stopping,
  });
}
