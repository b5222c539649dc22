import { z } from 'zod';
import { atLeast, baseAddress, text } from './setting-forms.ts';

/** A gateway, which redacts and forwards to a centre. */
export const gatewaySection = {
  forward_url: baseAddress
    .optional()
    .describe('OTLP/HTTP address of a central Spanwarden: ingest becomes a gateway, which redacts and forwards'),
  forward_token: text.optional().describe('Token of the role gateway that a gateway shows to the centre'),
  forward_senders_token: text
    .optional()
    .describe(
      'Token that senders must show to a gateway; without it only loopback is listened on, and everybody may send',
    ),
  forward_org: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,39}$/, 'a lower-case letter, then letters, digits and _, 40 at most')
    .default('default')
    .describe('Org under whose key a gateway redacts'),
  forward_folder: text.optional().describe("A gateway's spool; <data>/forward when unset"),
  forward_spool_bytes: atLeast(1_048_576)
    .default(4_294_967_296)
    .describe('Bytes that a gateway keeps for the centre; senders are asked to come back beyond it'),
  forward_spool_hours: z.coerce
    .number()
    .min(1)
    .max(10_000)
    .default(168)
    .describe('A gateway that could not forward for this long takes nothing more until it can'),
  forward_ca: text.optional().describe("PEM file with the authorities of the centre's certificate"),
};
