import { setTimeout as wait } from 'node:timers/promises';
import type { Alert } from '../../engine/core/alert.ts';
import { progressBar } from '../progress-bar.ts';
import { sendDemo } from './send-demo.ts';

/** What is shown of an alert. */
export type DemoAlert = Pick<Alert, 'id' | 'severity' | 'rule_id' | 'title'>;

export interface DemoStage {
  /** Base URL of the OTLP port. */
  readonly otlp: string;
  /** See demoSpans; milliseconds since 1970. */
  readonly baseTime: number;
  /** Alerts as they open; taken from the front. */
  readonly opened: DemoAlert[];
  /** Everything ingested before this has been seen by every rule; microseconds since 1970. */
  readonly evaluatedTo: () => Promise<number>;
  /** The alerts that are open, the latest first. */
  readonly open: () => Promise<readonly DemoAlert[]>;
  /** Where an alert can be looked at. */
  readonly linkTo: (alertId: string) => string;
  readonly print: (line: string) => void;
  readonly stopping: AbortSignal;
}

/**
 * Sends the sample sessions like any exporter would and prints every alert that there is in the end, each once. Answers how many.
 * Throws the reason of `stopping` when that comes first.
 */
export async function showDemo(stage: DemoStage): Promise<number> {
  const { otlp, baseTime, opened, print, stopping } = stage;
  const printed = new Set<string>();
  const show = (alert: DemoAlert) => {
    if (printed.has(alert.id)) return;
    printed.add(alert.id);
    print(`${alert.severity.padEnd(9)} ${alert.rule_id.padEnd(26)} ${alert.title}`);
    print(`${''.padEnd(36)} ${stage.linkTo(alert.id)}`);
  };

  const bar = progressBar('sample sessions', 'spans', process.stderr);
  await sendDemo({
    url: otlp,
    baseTime,
    onProgress: ({ spans, totalSpans, session }) => {
      stopping.throwIfAborted();
      bar.show(spans, totalSpans, session.title);
    },
  }).finally(bar.stop);
  const sentAt = Date.now() * 1_000;
  while ((await stage.evaluatedTo()) < sentAt) {
    for (const alert of opened.splice(0)) show(alert);
    await wait(100);
    stopping.throwIfAborted();
  }
  for (const alert of opened.splice(0)) show(alert);
  for (const alert of (await stage.open()).toReversed()) show(alert);
  return printed.size;
}
