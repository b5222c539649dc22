import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { z } from 'zod';
import { CodedError } from '../core/errors.ts';
import { type Config, settingsSchema } from './settings-schema.ts';

const PREFIX = 'SPANWARDEN_';

export interface ConfigSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Path of a YAML file. */
  readonly file?: string | undefined;
  /** Settings given on the command line; they win over everything. */
  readonly overrides?: Readonly<Record<string, unknown>>;
}

/** Reads the settings. Throws CONFIG_INVALID with one line that names the setting and how to mend it. */
export function readSettings({ env, file, overrides = {} }: ConfigSources): Config {
  const given: Record<string, unknown> = { ...readFile(file), ...fromEnvironment(env), ...defined(overrides) };
  const parsed = settingsSchema.safeParse(given);
  if (!parsed.success) throw new CodedError('CONFIG_INVALID', parsed.error.issues.map(explain).join('; '));
  return parsed.data;
}

function readFile(file: string | undefined): Record<string, unknown> {
  if (file === undefined) return {};
  if (!existsSync(file))
    throw new CodedError('CONFIG_INVALID', `config file ${file} does not exist; name one with --config`);
  try {
    return (parse(readFileSync(file, 'utf8')) as Record<string, unknown> | null) ?? {};
  } catch (error) {
    throw new CodedError(
      'CONFIG_INVALID',
      `config file ${file} is not valid YAML: ${(error as Error).message.split('\n')[0]}`,
    );
  }
}

function fromEnvironment(env: ConfigSources['env']): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(env)
      .filter(([name, value]) => name.startsWith(PREFIX) && value !== undefined && value !== '')
      .map(([name, value]) => [name.slice(PREFIX.length).toLowerCase(), value]),
  );
}

function defined(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

function explain(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') {
    const known = Object.keys(settingsSchema.shape).join(', ');
    return `unknown setting ${issue.keys.map((key) => `${key} (${PREFIX}${key.toUpperCase()})`).join(', ')}; known are ${known}`;
  }
  const name = issue.path.join('.');
  return `${name} (${PREFIX}${name.toUpperCase()}): ${issue.message}`;
}
