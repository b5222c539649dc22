import { findBasicCredentials, findBearerToken } from '../detect/authorization.ts';
import { findPrivateKey } from '../detect/private-key.ts';
import { findUrlCredentials } from '../detect/url-credentials.ts';
import type { RedactionRule } from '../redaction-rule.ts';

/** Secrets whose structure tells them, whoever issued them. */
export const STRUCTURED_SECRET_RULES: readonly RedactionRule[] = [
  {
    id: 'private-key',
    kind: 'PRIVATE_KEY',
    title: 'PEM or PGP private key',
    class: 'secret',
    confidence: 'format',
    keywords: ['-----begin'],
    match: { find: findPrivateKey },
    anywhere: true,
    examples: [
      '-----BEGIN RSA PRIVATE KEY-----\n{b64:64}\n{b64:64}\n{b64:40}==\n-----END RSA PRIVATE KEY-----',
      'key: «-----BEGIN PRIVATE KEY-----\\n{b64:64}\\n{b64:64}\\n-----END PRIVATE KEY-----» end',
      '-----BEGIN OPENSSH PRIVATE KEY-----\\\\n{b64:64}\\\\n-----END OPENSSH PRIVATE KEY-----',
      'cut off: «-----BEGIN EC PRIVATE KEY-----\n{b64:64}\n{b64:20}»',
      '-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n{b64:64}\n-----END PGP PRIVATE KEY BLOCK-----',
    ],
    nearMisses: [
      '-----BEGIN CERTIFICATE-----\n{b64:64}\n-----END CERTIFICATE-----',
      '-----BEGIN PUBLIC KEY-----\n{b64:64}\n-----END PUBLIC KEY-----',
      'START = b"-----BEGIN RSA PRIVATE KEY-----"\nEND = b"-----END RSA PRIVATE KEY-----"',
    ],
  },
  {
    id: 'jwt',
    kind: 'JWT',
    title: 'JSON web token',
    class: 'secret',
    confidence: 'shape',
    keywords: ['eyj'],
    match: {
      pattern:
        'eyJ[A-Za-z0-9_-]{8,4096}\\.(?:eyJ[A-Za-z0-9_-]{8,16384}\\.[A-Za-z0-9_-]{0,2048}|[A-Za-z0-9_-]{0,1024}\\.[A-Za-z0-9_-]{8,128}\\.[A-Za-z0-9_-]{8,16384}\\.[A-Za-z0-9_-]{8,128})',
    },
    examples: [
      'eyJ{url:33}.eyJ{url:90}.{url:43}',
      'eyJ{url:33}.eyJ{url:90}.',
      'eyJ{url:60}.{url:171}.{url:16}.{url:90}.{url:22}',
    ],
    nearMisses: ['eyJhIjoxfQ', 'eyJ{url:33}'],
  },
  {
    id: 'url-credentials',
    kind: 'URL_CREDENTIALS',
    title: 'User name and password in a URL or connection string',
    class: 'secret',
    confidence: 'shape',
    keywords: ['://'],
    match: { find: findUrlCredentials },
    anywhere: true,
    examples: [
      'postgres://«svc:{b62:14}»@db.internal:5432/app?sslmode=require',
      'mongodb+srv://«admin:{b62:8}%40{b62:4}»@cluster0.mongodb.net/',
      'redis://«:{b62:20}»@cache:6379/0',
      'amqp://«guest:p@ss{b62:6}»@rabbit/vhost',
      'git clone https://«oauth2:{b62:20}»@git.company.com/x.git',
    ],
    nearMisses: [
      'http://localhost:3000/@vite/client',
      'https://host:443/npm/@scope/pkg',
      'postgres://user:password@localhost/db',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the text itself
      'postgres://${USER}:${PASSWORD}@db/app',
      'https://example.com/@user',
      'see https://example.com: mail me @ home',
    ],
  },
  {
    id: 'bearer-token',
    kind: 'BEARER_TOKEN',
    title: 'Bearer token in a header or command',
    class: 'secret',
    confidence: 'shape',
    keywords: ['bearer'],
    match: { find: findBearerToken },
    examples: [
      'Authorization: Bearer «{url:39}7»',
      "curl -H 'Authorization: Bearer «{b62:31}7»' https://api",
      'bearer «{hex:40}»',
    ],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the text itself
    nearMisses: ['bearer authentication', 'Bearer <token>', 'Bearer ${TOKEN}', 'the bearer of this letter'],
  },
  {
    id: 'basic-credentials',
    kind: 'BASIC_CREDENTIALS',
    title: 'User name and password of HTTP basic authentication',
    class: 'secret',
    confidence: 'shape',
    keywords: ['basic'],
    match: { find: findBasicCredentials },
    examples: ['Authorization: Basic «dXNlcjpodW50ZXIyMjI=»', 'basic «YWRtaW46czNjcjN0»'],
    nearMisses: ['basic authentication', 'Basic understanding', 'basic {b62:20}'],
  },
];
