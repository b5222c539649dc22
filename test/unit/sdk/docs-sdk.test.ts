import { globSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DECISIONS } from '../../../agent/sdk/record-decision.ts';
import * as sdk from '../../../agent/sdk/sdk.ts';
import { quotedIn, ROOT, readPage, tableRows } from '../../markdown.ts';

describe('sdk.md', () => {
  const page = readPage('docs/sdk.md');

  it('has a line for everything that is exported', () => {
    const named = tableRows(page, 'What there is').flatMap(([names]) => quotedIn(names!));
    expect(named.sort()).toEqual(Object.keys(sdk).sort());
  });

  it('has a line for every option of configure', () => {
    const [, options = ''] = readPage('agent/sdk/configure.ts').split('export interface SpanwardenOptions {');
    const declared = [...options.split('\n}')[0]!.matchAll(/^ {2}readonly (\w+)\?:/gm)].map(([, name]) => name!);
    const named = tableRows(page, 'Options of `configure`').flatMap(([name]) => quotedIn(name!));
    expect(named.sort()).toEqual(declared.sort());
  });

  it('leads to every example and names every decision', () => {
    const examples = globSync('examples/{vercel-ai,openinference,openllmetry,plain-clients,own-provider}/*.ts', {
      cwd: ROOT,
    });
    expect(examples.filter((file) => !page.includes(`(../${file})`))).toEqual([]);
    expect(page).toContain(`one of ${DECISIONS.map((decision) => `\`${decision}\``).join(', ')}`);
  });
});
