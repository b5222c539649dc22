import { CodedError } from './errors.ts';

const SLUG = /^[a-z][a-z0-9_]{0,39}$/;

/** Name of the database that holds everything of one org. Throws BAD_REQUEST unless the slug is safe as an identifier. */
export function orgDatabase(slug: string): string {
  if (!SLUG.test(slug)) {
    throw new CodedError('BAD_REQUEST', 'An org slug is 1 to 40 of a-z, 0-9 and _, starting with a letter');
  }
  return `org_${slug}`;
}

export const DEFAULT_ORG = 'default';
