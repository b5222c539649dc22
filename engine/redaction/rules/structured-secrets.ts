import { findBasicCredentials, findBearerToken } from '../detect/authorization.ts';
import { findPrivateKey } from '../detect/private-key.ts';
import { findUrlCredentials } from '../detect/url-credentials.ts';
import type { RedactionRule } from '../redaction-rule.ts';
import { notSample } from './checks.ts';

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
  {
    id: 'command-password',
    kind: 'PASSWORD',
    title: 'Password on a command line',
    class: 'secret',
    confidence: 'context',
    keywords: [
      'redis-cli',
      'sshpass',
      'docker login',
      'podman login',
      'az login',
      'vault login',
      'registry login',
      'mongosh',
      'nmcli',
    ],
    match: {
      lead: `[^\\n|;&]{0,160}?[ \\t](?:-p|-a|-w|--pass(?:word)?|--token)[ \\t=]{1,2}["']?|(?<=vault login)[ \\t]`,
      pattern: `[^\\s"'\`$<{(-][^\\s"'\`]{5,128}`,
    },
    check: (value) => /\d/.test(value) && notSample(value),
    examples: [
      'docker login -u ci -p «{b62:14}7» registry.company.com',
      'redis-cli -h cache -a «{b62:14}7» ping',
      'vault login «{hex:30}77»',
      'sshpass -p «{b62:11}7!» ssh root@host',
    ],
    nearMisses: ['docker login -u ci -p $PASSWORD registry', 'vault login -method=userpass', 'sshpass -e ssh host'],
  },
  {
    id: 'curl-user',
    kind: 'BASIC_CREDENTIALS',
    title: 'User and password of curl',
    class: 'secret',
    confidence: 'context',
    keywords: ['curl', 'wget'],
    match: {
      lead: `[^|;&]{0,120}?[ \\t](?:-u|--user|--proxy-user)[ \\t=]{0,2}["']?`,
      pattern: `[^\\s"'\`$<>{:/][^\\s"'\`$<>:/]{0,128}:[^\\s"'\`$<>{]{0,256}`,
    },
    check: isUserAndPassword,
    examples: [
      'curl -u «admin:{b62:15}7» https://api.company.com',
      'curl -s https://x.io --user "«bot:{hex:40}»"',
      'curl -u «{hex:31}7:» https://api.company.com/v1',
    ],
    nearMisses: [
      'curl -u user:password https://x.io',
      'curl -u "$USER:$PASSWORD" https://x.io',
      'curl https://x.io:8080/a',
    ],
  },
  {
    id: 'mysql-password',
    kind: 'PASSWORD',
    title: 'Password on the command line of MySQL',
    class: 'secret',
    confidence: 'context',
    keywords: ['mysql', 'mysqldump', 'mysqladmin', 'mariadb'],
    match: { lead: `[^\\n|;&]{0,160}?[ \\t]-p(?=\\S)["']?`, pattern: `[^\\s"'\`$<{-][^\\s"'\`]{3,64}` },
    check: (value) => /\d/.test(value) && notSample(value),
    examples: ['mysql -h db -u root -p«{b62:12}7» app', 'mysqldump -uroot -p«{b62:12}7!» app > x.sql'],
    nearMisses: ['mysql -u root -p app', 'mysql -u root -p$PASSWORD'],
  },
  {
    id: 'identified-by',
    kind: 'PASSWORD',
    title: 'Password of a database user in SQL',
    class: 'secret',
    confidence: 'context',
    keywords: ['identified by', 'identified with'],
    match: {
      lead: `(?:[ \\t]{1,4}[a-z_0-9]{1,40}[ \\t]{1,4}(?:by|as))?[ \\t]{1,4}\\\\{0,3}["']`,
      pattern: `[^\\s"'\\\\]{4,256}`,
      ignoreCase: true,
    },
    check: (value) => !/^[a-z_]+$/i.test(value) && notSample(value),
    examples: ["CREATE USER app IDENTIFIED BY '«{b62:12}7»';", "IDENTIFIED WITH sha256_password BY '«{b62:12}7»'"],
    nearMisses: ["IDENTIFIED BY 'password'", 'is identified by its name'],
  },
  {
    id: 'secure-string',
    kind: 'PASSWORD',
    title: 'Password in PowerShell',
    class: 'secret',
    confidence: 'context',
    keywords: ['convertto-securestring'],
    match: {
      lead: `(?:[ \\t]{1,4}-(?:String|AsPlainText|Force)){0,3}[ \\t]{1,4}["']`,
      pattern: `[^"'\\r\\n$]{4,256}`,
      ignoreCase: true,
    },
    check: (value) => /[^A-Za-z]/.test(value) && notSample(value),
    examples: [
      '$p = ConvertTo-SecureString "«{b62:15}7»" -AsPlainText -Force',
      'ConvertTo-SecureString -String "«{b62:15}7»" -Force',
    ],
    nearMisses: ['ConvertTo-SecureString $env:PASSWORD -AsPlainText', 'ConvertTo-SecureString "Password" -AsPlainText'],
  },
  {
    id: 'auth-tuple',
    kind: 'BASIC_CREDENTIALS',
    title: 'User and password given to an HTTP client',
    class: 'secret',
    confidence: 'context',
    keywords: ['auth=(', 'auth = (', 'basicauth(', 'passwordcredential('],
    match: { lead: `[ \\t]{0,4}["'][^"'\\n]{1,80}["'],[ \\t]{0,4}["']`, pattern: `[^"'\\s]{4,256}` },
    anywhere: true,
    check: (value) => /\d/.test(value) && notSample(value),
    examples: ["requests.get(url, auth=('user', '«{b62:12}7»'))", "HTTPBasicAuth('user', '«{b62:12}7»')"],
    nearMisses: ["auth=('user', 'pass')", 'auth=(user, password)'],
  },
];

/** Either part looks chosen or generated: some services take the key as the user's name. */
function isUserAndPassword(value: string): boolean {
  const colon = value.indexOf(':');
  const user = value.slice(0, colon);
  const password = value.slice(colon + 1);
  if (password === '' || password === 'x' || password === 'api_token')
    return user.length >= 12 && /\d/.test(user) && notSample(user);
  return /\d|[^a-z]/.test(password) && !/^\d{1,5}$/.test(password) && notSample(password);
}
