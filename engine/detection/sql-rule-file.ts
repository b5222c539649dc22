import { parse } from 'yaml';
import { CodedError } from '../core/errors.ts';
import { type RuleMetadata, ruleMetadataSchema, type SqlRule } from '../core/rule.ts';

const LEADING_COMMENT = /^\s*\/\*([\s\S]*?)\*\//;

/** Reads a rule in SQL: metadata as YAML in the leading block comment, then one query. Throws RULE_INVALID. */
export function parseSqlRule(id: string, file: string, text: string): SqlRule {
  const comment = LEADING_COMMENT.exec(text);
  if (!comment) throw invalid(file, 1, 'the file must begin with its metadata as YAML in a /* comment */');
  let yaml: unknown;
  try {
    yaml = parse(comment[1]!);
  } catch (error) {
    const at = (error as { linePos?: [{ line: number }] }).linePos?.[0].line ?? 1;
    throw invalid(file, at, `the metadata is not valid YAML: ${(error as Error).message.split('\n')[0]}`);
  }
  const rest = text.slice(comment[0].length);
  const query = rest.trim().replace(/;\s*$/, '');
  if (query === '') throw invalid(file, 1, 'the query is missing');
  const before = comment[0] + rest.slice(0, rest.indexOf(query));
  return { kind: 'sql', id, file, metadata: parseMetadata(file, yaml), query, queryLine: before.split('\n').length };
}

/** Checks metadata against its schema. Throws RULE_INVALID naming each field and what is wrong with it. */
export function parseMetadata(file: string, metadata: unknown): RuleMetadata {
  const parsed = ruleMetadataSchema.safeParse(metadata);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'metadata'}: ${issue.message}`);
  throw invalid(file, 1, problems.join('; '));
}

export function invalid(file: string, line: number, problem: string): CodedError {
  return new CodedError('RULE_INVALID', `${file}:${line}: ${problem}`, { extra: { file, line } });
}
