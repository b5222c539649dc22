import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const LEADING_COMMENT = /^\s*\/\*([\s\S]*?)\*\//;

const headerSchema = z.strictObject({
  title: z.string().min(1),
  description: z.string().trim().min(1),
  params: z
    .record(z.string(), z.strictObject({ default: z.union([z.string(), z.number()]), description: z.string() }))
    .default({}),
});

/** A question of the product's own: SQL in sql/queries with its title, description and defaults of its parameters. */
export interface LibraryQuery {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly query: string;
  readonly params: readonly { name: string; description: string; value: string | number }[];
}

/** Every query of the folder, by title. Throws when a file has no such header: the files are part of the product. */
export function readQueryLibrary(folder: string): LibraryQuery[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .map((file) => parseQuery(basename(file, '.sql'), readFileSync(join(folder, file), 'utf8')))
    .sort((a, b) => a.title.localeCompare(b.title, 'en'));
}

function parseQuery(id: string, text: string): LibraryQuery {
  const comment = LEADING_COMMENT.exec(text);
  if (!comment) throw new Error(`sql/queries/${id}.sql does not begin with its title as YAML in a comment`);
  const { title, description, params } = headerSchema.parse(parse(comment[1]!));
  return {
    id,
    title,
    description,
    query: text.slice(comment[0].length).trim(),
    params: Object.entries(params).map(([name, { default: value, description }]) => ({ name, description, value })),
  };
}
