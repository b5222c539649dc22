import type { RuleMetadata, SqlRule } from '../core/rule.ts';
import type { RuleForm } from '../core/rule-form.ts';
import { checkMetadata } from './check-metadata.ts';
import { compileForm } from './compile/compile-form.ts';
import { invalid, parseYaml } from './rule-source.ts';

const LEADING_COMMENT = /^\s*\/\*([\s\S]*?)\*\//;

/**
 * Reads a rule in SQL: metadata as YAML in the leading block comment, below it the query or, for kinds that become one, the
 * condition on what they read. Throws RULE_INVALID.
 */
export function parseSqlRule(id: string, file: string, text: string): SqlRule {
  const comment = LEADING_COMMENT.exec(text);
  if (!comment) throw invalid(file, 1, 'the file must begin with its metadata as YAML in a /* comment */');
  const rest = text.slice(comment[0].length);
  const body = rest.trim().replace(/;\s*$/, '');
  const yaml = parseYaml(file, comment[1]!, text.slice(0, text.indexOf(comment[1]!)).split('\n').length);
  const { metadata, form } = checkMetadata(file, yaml.value, yaml.lineOf, body);
  const queryLine = (comment[0] + rest.slice(0, rest.indexOf(body))).split('\n').length;
  if (form !== undefined) return formRule(id, file, metadata, form, body === '' ? 1 : queryLine);
  if (body === '') throw invalid(file, 1, 'the query is missing');
  return { kind: 'sql', id, file, metadata, query: body, queryLine };
}

/** Reads a rule that is YAML alone. Throws RULE_INVALID. */
export function parseYamlRule(id: string, file: string, text: string): SqlRule {
  const yaml = parseYaml(file, text);
  const { metadata, form } = checkMetadata(file, yaml.value, yaml.lineOf);
  if (form === undefined) throw invalid(file, 1, 'kind: a rule in YAML says its kind; scheduled SQL is a .sql file');
  return formRule(id, file, metadata, form, yaml.lineOf([], 'where'));
}

/** A rule whose query is made from its form. */
export function formRule(id: string, file: string, metadata: RuleMetadata, form: RuleForm, queryLine: number): SqlRule {
  return {
    kind: 'sql',
    id,
    file,
    metadata,
    query: compileForm(form, { id, entity: metadata.entity }),
    queryLine,
    form,
  };
}
