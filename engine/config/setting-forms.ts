import { z } from 'zod';

/*
 * The forms that several settings have. Environment variables are text: each reads that too; an unset or empty one is absent.
 */

export const text = z.string().min(1);

export const port = z.coerce.number().int().min(0).max(65_535);

export const flag = z.union([
  z.boolean(),
  z.enum(['1', '0', 'true', 'false']).transform((word) => word === '1' || word === 'true'),
]);

export const atLeast = (least: number) => z.coerce.number().int().min(least).max(1_000_000_000_000);

export const amount = z.coerce.number().min(0).max(1_000_000);

export const webAddress = z.url({ protocol: /^https?$/ });

/** For addresses that paths are put behind. */
export const baseAddress = webAddress.transform((url) => url.replace(/\/{1,5}$/, ''));

/** With commas between in a variable. */
export const list = z.union([
  z.array(text),
  z.string().transform((parts) =>
    parts
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean),
  ),
]);
