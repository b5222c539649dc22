import { z } from 'zod';
import { baseAddress, flag, port, text } from './setting-forms.ts';

/** Where the server listens, and who can reach it there. */
export const listenerSection = {
  host: text.default('127.0.0.1').describe('Address that the API and the receivers listen on'),
  port: port.default(8080).describe('Port of the API and the web pages; 0 takes a free one'),
  otlp_port: port.default(4318).describe('Port of OTLP over HTTP; 0 takes a free one'),
  otlp_grpc_port: port
    .optional()
    .describe('Port of OTLP over gRPC; 0 takes a free one, as does leaving it out where otlp_port is 0; else 4317'),
  tls_cert: text.optional().describe('PEM file with the certificate chain of all listeners'),
  tls_key: text.optional().describe('PEM file with the private key of all listeners'),
  tls_client_ca: text
    .optional()
    .describe('PEM file with the authorities of client certificates; clients need none when unset'),
  tls_client_auth: z
    .enum(['otlp', 'all'])
    .default('otlp')
    .describe('Who needs a client certificate: senders of spans, or users of the API and the pages as well'),
  behind_tls_proxy: flag
    .default(false)
    .describe('A proxy in front ends TLS; without it only loopback may be unencrypted'),
  public_url: baseAddress.optional().describe('Address under which people reach the web pages, for links in messages'),
  api_requests_per_minute: z.coerce
    .number()
    .int()
    .min(1)
    .default(6_000)
    .describe('Requests to the API that one token may make a minute'),
  log_level: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
};
