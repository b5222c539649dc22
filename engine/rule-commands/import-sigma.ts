import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError } from '../core/errors.ts';
import { importSigmaRules } from '../detection/sigma/import-sigma-rules.ts';
import { failOn, print } from './rules-of-paths.ts';

/** Writes a rule for each Sigma rule that can be one, and says of the others why not. Files that are there already stay. */
export async function importSigma(
  files: readonly string[],
  { out, json }: { out: string; json?: boolean },
): Promise<void> {
  const missing = files.find((file) => !existsSync(file));
  if (missing !== undefined) throw new CodedError('USAGE', `${missing} does not exist; name files of Sigma rules`);
  await mkdir(out, { recursive: true });
  const written: { file: string; notes: readonly string[] }[] = [];
  const refused: { file: string; title: string; reason: string }[] = [];
  for (const file of files) {
    const imported = importSigmaRules(await readFile(file, 'utf8'));
    for (const { id, text, notes } of imported.rules) {
      const path = join(out, `${id}.sql`);
      if (existsSync(path)) refused.push({ file, title: id, reason: `${path} exists already` });
      else {
        await writeFile(path, text);
        written.push({ file: path, notes });
      }
    }
    for (const { title, reason } of imported.refused) refused.push({ file, title, reason });
  }
  if (json) print(JSON.stringify({ written, refused }, null, 2));
  else {
    for (const { file, notes } of written) print(`${file}${notes.map((note) => `\n  ${note}`).join('')}`);
    print(
      `${written.length} rules written, ${refused.length} refused; write tests for them, then run "rules lint ${out}"`,
    );
  }
  failOn(refused.map(({ file, title, reason }) => `${file}: ${title}: ${reason}`));
}
