import type { WorkClass } from '../core/session-summary.ts';
import type { TranscriptSpan } from '../core/summary-source.ts';

/** Words of a request, with what each tells of the kind of work. Verbs that name the work count more than its subjects. */
const WORDS: readonly (readonly [WorkClass, RegExp, number])[] = [
  [
    'bug_fix',
    /\b(fix(es|ed|ing)?|bugs?|debug|broken|crash(es|ed)?|regression|fail(s|ing|ed)|error in|doesn't work|not working)\b/gi,
    3,
  ],
  ['test', /\b(write|add|extend|improve) (\w+ ){0,3}(unit |integration )?tests?\b|\bcoverage\b/gi, 4],
  ['refactor', /\b(refactor|rename|clean ?up|simplify|restructure|extract|migrate)\b/gi, 3],
  ['docs', /\b(document(ation)?|readme|docstring|changelog|write up|release notes)\b/gi, 3],
  ['review', /\b(review|pull request|\bpr\b|audit|look over|critique)\b/gi, 3],
  ['feature', /\b(implement|add (a|an|the|support)|build|create|introduce|feature)\b/gi, 2],
  ['data', /\b(report|sales|figures|query|dataset|csv|spreadsheet|metrics?|revenue|analy[sz]e|dashboard|chart)\b/gi, 2],
  [
    'research',
    /\b(research|compare|find out|look up|search|which|what (is|are)|how (many|much|does|do)|policy|explain|summar(y|ise|ize)|recommend|suggest|investigate|pricing|learn)\b/gi,
    1.5,
  ],
  [
    'operations',
    /\b(deploy|restart|unlock|reset|refund|order|invoice|pay|rent|transfer|book|schedule|send|cancel|approve|provision|account|leave|ticket|password|inbox|calendar|release)\b/gi,
    2,
  ],
];

/** What tools tell: changes to files are work on code, a query is work on data. */
const TOOLS: readonly (readonly [WorkClass, RegExp, number])[] = [
  ['bug_fix', /^(edit|multiedit|write|apply_patch|edit_file|write_file)$/i, 1],
  ['feature', /^(edit|multiedit|write|apply_patch|edit_file|write_file)$/i, 1.2],
  ['data', /quer|sql|sales|metric|analytic/i, 2],
  ['research', /^(web_?search|fetch_page|search_|retrieve|grep|read)/i, 1],
  ['operations', /^(send_|book|pay|issue_|reset_|unlock_|create_|cancel_|update_|deploy|restart)/i, 2],
];

/** The kind of work that a session was, by the words of its requests and the tools that it used. */
export function workClassOf(asked: string, tools: readonly TranscriptSpan[]): WorkClass {
  const scores = new Map<WorkClass, number>();
  const add = (work: WorkClass, points: number) => scores.set(work, (scores.get(work) ?? 0) + points);
  const text = asked.slice(0, 4_000);
  for (const [work, pattern, points] of WORDS) add(work, points * Math.min(3, [...text.matchAll(pattern)].length));
  for (const name of new Set(tools.map(({ ToolName }) => ToolName))) {
    for (const [work, pattern, points] of TOOLS) if (pattern.test(name)) add(work, points);
  }
  const [best] = [...scores].sort(([, a], [, b]) => b - a);
  return best !== undefined && best[1] >= 1 ? best[0] : 'other';
}
