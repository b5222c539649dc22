import { parseAllDocuments, stringify } from 'yaml';
import { z } from 'zod';
import type { Severity } from '../../core/severity.ts';
import { conditionSql } from './sigma-condition.ts';
import { sigmaField } from './sigma-fields.ts';
import { SigmaUnsupported, selectionSql } from './sigma-selection.ts';

/** A file of Sigma rules turned into rules of ours. */
export interface SigmaImport {
  readonly rules: readonly { id: string; text: string; notes: readonly string[] }[];
  /** What could not be turned: the rule's title and why. */
  readonly refused: readonly { title: string; reason: string }[];
}

const sigmaSchema = z.looseObject({
  title: z.string().min(3),
  id: z.string().optional(),
  name: z.string().optional(),
  status: z.string().default('experimental'),
  description: z.string().default(''),
  author: z.string().optional(),
  references: z.array(z.string()).default([]),
  level: z.string().default('medium'),
  tags: z.array(z.string()).default([]),
  falsepositives: z.union([z.array(z.string()), z.string()]).default([]),
  detection: z.record(z.string(), z.unknown()).optional(),
  correlation: z
    .looseObject({
      type: z.string(),
      rules: z.union([z.array(z.string()), z.string()]).default([]),
      'group-by': z.union([z.array(z.string()), z.string()]).default([]),
      timespan: z.string().optional(),
      condition: z.unknown().optional(),
    })
    .optional(),
});

type Sigma = z.infer<typeof sigmaSchema>;

const SCORES: Readonly<Record<string, [Severity, number]>> = {
  informational: ['low', 5],
  low: ['low', 15],
  medium: ['medium', 40],
  high: ['high', 60],
  critical: ['critical', 85],
};
const ENTITIES: Readonly<Record<string, string>> = {
  SessionId: 'session',
  AgentId: 'agent',
  UserId: 'user',
  ToolName: 'tool',
};

/** Turns every Sigma rule and correlation of a text. Correlations are made of the rules that stand in the same text. */
export function importSigmaRules(text: string): SigmaImport {
  const rules: { id: string; text: string; notes: string[] }[] = [];
  const refused: { title: string; reason: string }[] = [];
  const parsed: Sigma[] = [];
  for (const document of parseAllDocuments(text)) {
    if (document.errors.length > 0) {
      refused.push({ title: '(a document)', reason: `not valid YAML: ${document.errors[0]!.message.split('\n')[0]}` });
      continue;
    }
    const sigma = sigmaSchema.safeParse(document.toJS());
    if (sigma.success) parsed.push(sigma.data);
    else
      refused.push({ title: '(a document)', reason: `no Sigma rule: ${z.prettifyError(sigma.error).split('\n')[0]}` });
  }
  const conditions = new Map<string, string>();
  for (const sigma of parsed) {
    try {
      if (sigma.correlation === undefined) {
        const where = detectionSql(sigma);
        for (const key of [sigma.id, sigma.name, sigma.title]) if (key !== undefined) conditions.set(key, where);
        rules.push(written(sigma, 'session', matched(sigma), where));
      } else {
        const { entity, form, where } = correlated(sigma, conditions);
        rules.push(written(sigma, entity, form, where));
      }
    } catch (error) {
      if (!(error instanceof SigmaUnsupported)) throw error;
      refused.push({ title: sigma.title, reason: error.message });
    }
  }
  return { rules, refused };
}

function detectionSql({ detection }: Sigma): string {
  if (detection === undefined) throw new SigmaUnsupported('neither detection nor correlation');
  const { condition, timeframe, ...selections } = detection;
  if (timeframe !== undefined) throw new SigmaUnsupported('timeframe: write a correlation rule instead');
  if (typeof condition !== 'string') throw new SigmaUnsupported('condition: one is wanted, as text');
  if (condition.includes('|'))
    throw new SigmaUnsupported('condition: aggregations after | are from before correlations');
  const named = Object.entries(selections).map(([name, value]) => [name, selectionSql(name, value)] as const);
  return conditionSql(condition, new Map(named));
}

function matched(sigma: Sigma): object {
  return { kind: 'threshold', title: `${titleText(sigma)} ({reached} spans)`, threshold: { at_least: 1 } };
}

function correlated(
  sigma: Sigma,
  conditions: ReadonlyMap<string, string>,
): { entity: string; form: object; where: string } {
  const { type, timespan, condition, ...rest } = sigma.correlation!;
  const rules = list(rest.rules).map((rule) => {
    const where = conditions.get(rule);
    if (where === undefined)
      throw new SigmaUnsupported(`correlation: the rule ${rule} is not in this file or was refused`);
    return { name: rule, where };
  });
  if (rules.length === 0) throw new SigmaUnsupported('correlation: no rules');
  const groups = list(rest['group-by']).map((name) => {
    const field = sigmaField(name);
    if (field === undefined) throw new SigmaUnsupported(`group-by: no span has the field ${name}`);
    return field.sql;
  });
  const entityColumn = groups.find((column) => ENTITIES[column] !== undefined);
  const entity = entityColumn === undefined ? 'org' : ENTITIES[entityColumn]!;
  const others = groups
    .filter((column) => column !== entityColumn)
    .map((column) =>
      /^\w+$/.test(column) ? column : `${column} AS ${column.replace(/\W+/g, '_').replace(/^_|_$/g, '')}`,
    );
  if (timespan === undefined || !/^\d+[smhd]$/.test(timespan))
    throw new SigmaUnsupported(`timespan: ${timespan ?? 'none'}`);
  const where = rules.map((rule) => rule.where).join(' OR ');
  const title = titleText(sigma);
  if (type === 'temporal' || type === 'temporal_ordered') {
    if (entity !== 'session' || others.length > 0)
      throw new SigmaUnsupported(`${type}: only with group-by session.id alone`);
    const sequence = { ordered: type === 'temporal_ordered', within: timespan, steps: rules };
    return { entity, form: { kind: 'sequence', title, sequence }, where: '' };
  }
  const of = measureOf(type, condition);
  const threshold = { at_least: leastOf(type, condition), of, group_by: others, within: timespan };
  return { entity, form: { kind: 'threshold', title: `${title} ({reached})`, threshold }, where };
}

function measureOf(type: string, condition: unknown): unknown {
  if (type === 'event_count') return 'count';
  if (type !== 'value_count' && type !== 'value_sum') throw new SigmaUnsupported(`correlation: the type ${type}`);
  const name = (condition as { field?: unknown } | null)?.field;
  const field = typeof name === 'string' ? sigmaField(name) : undefined;
  if (field === undefined) throw new SigmaUnsupported(`condition: no span has the field ${String(name)}`);
  return type === 'value_count' ? { distinct: field.sql } : { sum: field.sql };
}

function leastOf(type: string, condition: unknown): number {
  const { gte, gt, ...others } = (condition ?? {}) as Record<string, unknown>;
  const strange = Object.keys(others).find((key) => key !== 'field');
  if (strange !== undefined)
    throw new SigmaUnsupported(`condition: ${strange}; only gte and gt say when enough was seen`);
  if (typeof gte === 'number' && gte > 0) return gte;
  if (typeof gt === 'number') return type === 'value_sum' ? gt + 1e-6 : gt + 1;
  throw new SigmaUnsupported('condition: gte or gt with a number is wanted');
}

function written(
  sigma: Sigma,
  entity: string,
  form: object,
  where: string,
): { id: string; text: string; notes: string[] } {
  const [severity, risk_score] = SCORES[sigma.level] ?? SCORES['medium']!;
  const threat = threatOf(sigma.tags);
  const notes = threat.length > 0 ? [] : ['no mapping of agent threats in its tags: LLM06 was put in, check it'];
  const metadata = {
    name: sigma.title,
    description: sigma.description.length >= 20 ? sigma.description : `Imported from Sigma: ${sigma.title}.`,
    severity,
    risk_score,
    status: sigma.status === 'experimental' ? 'experimental' : 'test',
    version: 1,
    ...(sigma.author !== undefined && { author: sigma.author }),
    entity,
    threat: threat.length > 0 ? threat : [{ framework: 'OWASP LLM', version: '2025', technique: ['LLM06'] }],
    runbook: `Imported from the Sigma rule "${sigma.title}"${sigma.id ? ` (${sigma.id})` : ''}. Look at the evidence spans and their session, and ask the owner of the agent whether this was meant.\n`,
    false_positives: list(sigma.falsepositives).length > 0 ? list(sigma.falsepositives) : ['None named by its author.'],
    references: sigma.references.filter((link) => URL.canParse(link)),
    tags: ['sigma', ...sigma.tags],
    ...form,
  };
  const yaml = stringify(metadata).replaceAll('*/', '* /');
  return { id: idOf(sigma), text: `/*\n${yaml}*/\n${where}\n`, notes };
}

function threatOf(tags: readonly string[]): object[] {
  const matches = (pattern: RegExp, id: (match: RegExpExecArray) => string) =>
    tags.flatMap((tag) => {
      const match = pattern.exec(tag);
      return match ? [id(match)] : [];
    });
  const llm = matches(/llm(0[1-9]|10)\b/i, ([, number]) => `LLM${number}`);
  const agentic = matches(/asi(0[1-9]|10)\b/i, ([, number]) => `ASI${number}`);
  const atlas = matches(/aml\.t(\d{4}(?:\.\d{3})?)$/i, ([, number]) => `AML.T${number}`);
  return [
    ...(llm.length > 0 ? [{ framework: 'OWASP LLM', version: '2025', technique: llm }] : []),
    ...(agentic.length > 0 ? [{ framework: 'OWASP Agentic', version: '2026', technique: agentic }] : []),
    ...(atlas.length > 0 ? [{ framework: 'MITRE ATLAS', version: '5.6.0', technique: atlas }] : []),
  ];
}

function idOf({ name, title }: Sigma): string {
  return (name ?? title)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 80)
    .replace(/-$/, '');
}

/** Braces in a title would be filled in. */
function titleText({ title }: Sigma): string {
  return title.replace(/[{}]/g, '').padEnd(5);
}

function list(value: string | string[]): string[] {
  return Array.isArray(value) ? value : [value];
}
