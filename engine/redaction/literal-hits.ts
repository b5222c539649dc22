import type { Hit } from './scanner.ts';
import type { WorkBudget } from './work-budget.ts';

/** Where values that may not stay stand in a text, as they are or escaped as JSON once and twice. One pass for each. */
export function collectLiterals(
  text: string,
  literals: readonly string[],
  kind: string,
  budget: WorkBudget,
  hits: Hit[],
): void {
  for (const value of literals) {
    const once = JSON.stringify(value).slice(1, -1);
    const spellings = new Set([value, once, JSON.stringify(once).slice(1, -1)]);
    for (const spelling of spellings) {
      budget.spend(text.length);
      for (let at = text.indexOf(spelling); at >= 0; at = text.indexOf(spelling, at + spelling.length)) {
        hits.push({
          start: at,
          end: at + spelling.length,
          kind,
          class: 'unclassified',
          rank: -1,
          rule: 'argument',
          value,
          view: 'plain',
          path: '',
          quote: '',
          settled: false,
        });
      }
    }
  }
}
