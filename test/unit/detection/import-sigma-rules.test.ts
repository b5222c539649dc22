import { describe, expect, it } from 'vitest';
import { loadRules, parseRuleText } from '../../../engine/detection/load-rules.ts';
import { importSigmaRules } from '../../../engine/detection/sigma/import-sigma-rules.ts';

const BASE = `title: Shell command by an agent
id: 11111111-1111-1111-1111-111111111111
name: agent_shell
status: test
description: An agent runs a command line that deletes files.
level: high
tags: [attack.t1059, atlas.aml.t0050]
detection:
  tool:
    gen_ai.tool.name|startswith: bash
  danger:
    - tool_args|contains|all: ['rm ', '-rf']
    - tool_args|re: 'mkfs\\.\\w+'
  filter_ci:
    UserId: 'ci-*'
  condition: tool and 1 of danger* and not filter_ci
`;

const correlation = (text: string) => `${BASE}---\ntitle: Many of them\nlevel: critical\ncorrelation:\n${text}\n`;

const ruleOf = (text: string, index = 0) => {
  const { rules, refused } = importSigmaRules(text);
  expect(refused).toEqual([]);
  const { id, text: file } = rules[index]!;
  return parseRuleText(id, `${id}.sql`, file);
};

describe('a Sigma rule', () => {
  it('becomes a rule that loads, with its metadata and mapping', () => {
    expect(ruleOf(BASE)).toMatchObject({
      id: 'agent-shell',
      metadata: {
        severity: 'high',
        risk_score: 60,
        status: 'test',
        threat: [{ framework: 'MITRE ATLAS', technique: ['AML.T0050'] }],
      },
      form: {
        kind: 'threshold',
        where:
          "((ToolName ILIKE 'bash%') AND ((((ToolArgumentsPreview ILIKE '%rm %' AND ToolArgumentsPreview ILIKE '%-rf%')) OR (match(ToolArgumentsPreview, 'mkfs\\\\.\\\\w+')))) AND NOT ((UserId ILIKE 'ci-%')))",
      },
    });
  });

  it.each([
    [
      'event_count',
      '  type: event_count\n  rules: agent_shell\n  group-by: [user.id, gen_ai.tool.name]\n  timespan: 5m\n  condition: {gte: 10}',
      { entity: 'user' },
      { kind: 'threshold', threshold: { at_least: 10, of: 'count', group_by: ['ToolName'], within: '5m' } },
    ],
    [
      'value_count',
      '  type: value_count\n  rules: [agent_shell]\n  group-by: [gen_ai.agent.id]\n  timespan: 1h\n  condition: {gt: 3, field: gen_ai.tool.name}',
      { entity: 'agent' },
      { kind: 'threshold', threshold: { at_least: 4, of: { distinct: 'ToolName' } } },
    ],
    [
      'temporal_ordered',
      '  type: temporal_ordered\n  rules: [agent_shell, agent_shell]\n  group-by: [session.id]\n  timespan: 10m',
      { entity: 'session' },
      { kind: 'sequence', sequence: { ordered: true, within: '10m' } },
    ],
  ])('of the correlation type %s becomes a rule of its kind', (_type, text, metadata, form) => {
    expect(ruleOf(correlation(text), 1)).toMatchObject({ metadata, form });
  });

  it.each([
    [
      'a field no span has',
      BASE.replace('gen_ai.tool.name|startswith', 'CommandLine'),
      /no span has the field CommandLine/,
    ],
    ['an unknown modifier', BASE.replace('|startswith', '|base64offset'), /the modifier base64offset/],
    [
      'keywords',
      BASE.replace(/danger:[\s\S]*?filter_ci:/, 'danger: [rm, mkfs]\n  filter_ci:'),
      /keywords without a field/,
    ],
    ['look-around', BASE.replace('mkfs', '(?=mkfs)'), /look-around/],
    ['a condition with an unknown name', BASE.replace('tool and', 'other and'), /"other" is not understood/],
    ['an old aggregation', BASE.replace('not filter_ci', 'not filter_ci | count() > 5'), /aggregations after \|/],
    [
      'an average',
      correlation('  type: value_avg\n  rules: agent_shell\n  timespan: 5m\n  condition: {gte: 1, field: CostUsd}'),
      /the type value_avg/,
    ],
    [
      'an unknown rule',
      correlation('  type: event_count\n  rules: other\n  timespan: 5m\n  condition: {gte: 1}'),
      /rule other is not in this file/,
    ],
    [
      'too few',
      correlation('  type: event_count\n  rules: agent_shell\n  timespan: 5m\n  condition: {lt: 3}'),
      /only gte and gt/,
    ],
  ])('with %s is refused with the reason, and the others stay', (_name, text, reason) => {
    const { rules, refused } = importSigmaRules(text);
    expect(refused).toHaveLength(1);
    expect(refused[0]!.reason).toMatch(reason);
    expect(rules).toHaveLength(text.includes('correlation:') ? 1 : 0);
  });

  it('cannot get out of its text', () => {
    const rule = ruleOf(BASE.replace('bash', "x' OR 1 -- */ \\").replace('Shell command', 'Shell */ command'));
    expect(rule).toMatchObject({ form: { where: expect.stringContaining("ILIKE 'x\\' OR 1 -- %/ \\\\\\\\%'") } });
  });
});

describe('the fixture rules', () => {
  it('load in every form', async () => {
    const { errors } = await loadRules([new URL('../../fixtures/rules', import.meta.url).pathname]);
    expect(errors).toEqual([]);
  });
});
