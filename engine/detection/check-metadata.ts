import { validate as isCron } from 'node-cron';
import type { z } from 'zod';
import { type RuleMetadata, ruleMetadataSchema } from '../core/rule.ts';
import { FORM_KEYS, RULE_KINDS, type RuleForm, ruleFormSchema } from '../core/rule-form.ts';
import { nearestName } from './nearest-name.ts';
import { invalidRule, type RuleProblem } from './rule-source.ts';

export interface CheckedMetadata {
  readonly metadata: RuleMetadata;
  /** undefined for scheduled SQL and detectors. */
  readonly form: RuleForm | undefined;
}

type LineOf = (path: readonly PropertyKey[], key?: string) => number;

const KNOWN_KEYS = [...Object.keys(ruleMetadataSchema.shape), ...FORM_KEYS];

/**
 * Checks what a rule says about itself: its metadata and, for kinds that become a query, its form. `body` is the text below the
 * metadata of such a rule, its `where`. Throws RULE_INVALID with every problem and its line.
 */
export function checkMetadata(file: string, declared: unknown, lineOf: LineOf, body = ''): CheckedMetadata {
  if (typeof declared !== 'object' || declared === null || Array.isArray(declared)) {
    throw invalidRule(file, [{ line: lineOf([]), text: 'the metadata must be keys and values, such as "name: ..."' }]);
  }
  const entries = Object.entries(declared);
  const isForm = (key: string) => (FORM_KEYS as readonly string[]).includes(key);
  const given = Object.fromEntries(entries.filter(([key]) => isForm(key)));
  const plain = entries.filter(([key]) => !isForm(key));
  const metadata = ruleMetadataSchema.safeParse(Object.fromEntries(plain));
  const problems = problemsIn(metadata, lineOf);
  if (metadata.success && !isCron(metadata.data.schedule)) {
    const text = `schedule: "${metadata.data.schedule}" is no cron expression of five or six fields, e.g. "*/10 * * * * *"`;
    problems.push({ line: lineOf(['schedule']), text });
  }
  const form = readForm(given, body, lineOf, problems);
  if (problems.length > 0) throw invalidRule(file, problems);
  return { metadata: metadata.data!, form };
}

function readForm(
  given: Record<string, unknown>,
  body: string,
  lineOf: LineOf,
  problems: RuleProblem[],
): RuleForm | undefined {
  const kind = given['kind'] ?? 'scheduled';
  if (kind === 'scheduled' || kind === 'detector') {
    const stray = Object.keys(given).find((key) => key !== 'kind');
    if (stray !== undefined) {
      const text = `${stray}: a ${kind} rule has none; say "kind: ${nearestName(stray, RULE_KINDS) ?? 'threshold'}" or take it away`;
      problems.push({ line: lineOf([], stray), text });
    }
    return undefined;
  }
  if (body !== '' && given['where'] !== undefined) {
    problems.push({ line: lineOf([], 'where'), text: 'where: the text below the metadata is the condition already' });
    return undefined;
  }
  const form = ruleFormSchema.safeParse(body === '' ? given : { ...given, where: body });
  problems.push(...problemsIn(form, lineOf));
  return form.data;
}

function problemsIn(parsed: z.ZodSafeParseResult<unknown>, lineOf: LineOf): RuleProblem[] {
  return (parsed.error?.issues ?? []).flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => {
        const near = nearestName(key, KNOWN_KEYS);
        return {
          line: lineOf(issue.path, key),
          text: `Unrecognized key: "${key}"; ${near ? `did you mean "${near}"?` : 'take it away'}`,
        };
      });
    }
    const key = issue.path.at(-1);
    const line = lineOf(issue.path.slice(0, -1), typeof key === 'string' ? key : undefined);
    return [{ line, text: `${issue.path.join('.') || 'metadata'}: ${mend(issue)}` }];
  });
}

function mend(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type' && issue.message.endsWith('received undefined'))
    return 'is missing; every rule needs it';
  return issue.message;
}
