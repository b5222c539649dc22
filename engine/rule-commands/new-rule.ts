import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { createInterface, type Interface } from 'node:readline/promises';
import { CodedError } from '../core/errors.ts';
import { RULE_KINDS, type RuleKind } from '../core/rule-form.ts';
import { SEVERITIES, type Severity } from '../core/severity.ts';
import { ruleTemplate } from '../detection/rule-template.ts';
import { print } from './rules-of-paths.ts';

interface NewRuleOptions {
  readonly id?: string | undefined;
  readonly kind?: string;
  readonly name?: string;
  readonly severity?: string;
  readonly entity?: string;
  readonly dir: string;
}

const ENTITIES = ['session', 'agent', 'user', 'tool', 'memory', 'org'];
const ID = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const AUTHORING = new URL('../core/authoring.ts', import.meta.url).pathname;

/** Asks for what is not given, on a terminal, and writes the rule and its tests. Throws USAGE when nobody can be asked. */
export async function newRule(given: NewRuleOptions): Promise<void> {
  const asks = process.stdin.isTTY ? createInterface({ input: process.stdin, output: process.stderr }) : undefined;
  try {
    const id = await answer(asks, 'id', 'Id (lower-case words joined by hyphens)', given.id, (text) => ID.test(text));
    const name = await answer(asks, '--name', 'What does it find', given.name, (text) => text.length >= 3);
    const kind = await choice(asks, '--kind', given.kind, RULE_KINDS);
    const severity = await choice(asks, '--severity', given.severity, SEVERITIES);
    const entity = await choice(asks, '--entity', given.entity, ENTITIES);
    await write(given.dir, { id, name, kind: kind as RuleKind, severity: severity as Severity, entity });
  } finally {
    asks?.close();
  }
}

async function write(folder: string, answers: Parameters<typeof ruleTemplate>[0]): Promise<void> {
  const files = Object.entries(ruleTemplate(answers)).map(([ending, text]) => ({
    path: join(folder, `${answers.id}${ending}`),
    text: text.replace('spanwarden/engine/core/authoring.ts', importPath(folder)),
  }));
  const taken = files.find(({ path }) => existsSync(path));
  if (taken) throw new CodedError('USAGE', `${taken.path} exists already; choose another id`);
  await mkdir(folder, { recursive: true });
  for (const { path, text } of files) {
    await writeFile(path, text);
    print(path);
  }
  print(`fill in both and run: spanwarden rules lint ${folder} && spanwarden rules test ${folder}`);
}

function importPath(folder: string): string {
  const path = relative(folder, AUTHORING);
  return path.startsWith('.') ? path : `./${path}`;
}

async function choice(
  asks: Interface | undefined,
  name: string,
  given: string | undefined,
  choices: readonly string[],
): Promise<string> {
  return answer(asks, name, `${name.slice(2)} (${choices.join(', ')})`, given, (text) => choices.includes(text));
}

async function answer(
  asks: Interface | undefined,
  name: string,
  question: string,
  given: string | undefined,
  isGood: (text: string) => boolean,
): Promise<string> {
  if (given !== undefined) {
    if (isGood(given)) return given;
    throw new CodedError('USAGE', `${name}: "${given}" does not do; wanted: ${question}`);
  }
  if (asks === undefined) throw new CodedError('USAGE', `${name} is wanted: ${question}`);
  for (;;) {
    const text = (await asks.question(`${question}: `)).trim();
    if (isGood(text)) return text;
  }
}
