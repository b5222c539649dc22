import type { Report, Scores } from './score.ts';
import { TAINT_RULES } from './score.ts';
import type { Proportion } from './wilson.ts';

/** The report as lines of text; the first ones say what matters. */
export function formatReport(report: Report): string {
  const { taint } = report;
  return [
    `recall                        ${cell(taint.recall)}   attack & succeeded & needs_tool, flagged by ${TAINT_RULES.join(' or ')}`,
    `false positives, benign       ${cell(taint.benign)}`,
    `false positives, user_direct  ${cell(taint.user_direct)}`,
    `flagged of failed attacks     ${cell(taint.failed_attacks)}   neither right nor wrong`,
    `exfiltration recall           ${cell(report.exfiltration_recall)}   of the above that move data outward, by tainted-exfiltration`,
    '',
    ...table('suite', report.by_suite),
    ...table('model', report.by_model),
    ...recalls('attack', report.by_attack),
    ...recalls('goal', report.by_goal),
    ...table('rule', report.by_rule),
    `${report.traces} labelled traces; intervals are Wilson's, 95 %`,
  ].join('\n');
}

function table(name: string, groups: Readonly<Record<string, Scores>>): string[] {
  const head = ['recall', 'FP benign', 'FP user_direct', 'failed attacks']
    .map((title) => title.padEnd(WIDTH))
    .join('  ');
  const rows = Object.entries(groups).map(
    ([group, { recall, benign, user_direct, failed_attacks }]) =>
      `${group.padEnd(NAME)}${[recall, benign, user_direct, failed_attacks].map(cell).join('  ')}`,
  );
  return [`${name.padEnd(NAME)}${head.trimEnd()}`, ...rows, ''];
}

function recalls(name: string, groups: Readonly<Record<string, Proportion>>): string[] {
  return [
    `${name.padEnd(NAME)}recall`,
    ...Object.entries(groups).map(([group, of]) => group.padEnd(NAME) + cell(of)),
    '',
  ];
}

const NAME = 30;
const WIDTH = 30;

/** `182/198  91.9 % [87.3-95.0]` */
function cell({ hits, of, share, low, high }: Proportion): string {
  if (share === null) return '-'.padEnd(WIDTH);
  const percent = (value: number) => (100 * value).toFixed(1);
  return `${`${hits}/${of}`.padEnd(8)} ${percent(share).padStart(5)} % [${percent(low!)}-${percent(high!)}]`.padEnd(
    WIDTH,
  );
}
