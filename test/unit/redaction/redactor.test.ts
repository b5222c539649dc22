import { describe, expect, it } from 'vitest';
import { suffixOf } from '../../../engine/redaction/redaction-token.ts';
import { createRedactor, type RedactedText } from '../../../engine/redaction/redactor.ts';
import { createWorkBudget } from '../../../engine/redaction/work-budget.ts';
import { expandExample, seededRandom } from './expand-example.ts';

const key = (byte: number) => new Uint8Array(32).fill(byte);
const redactor = createRedactor({ key: key(1) });
const github = expandExample('ghp_{b62:36}', seededRandom(1)).text;

/** The text with every suffix as dots, so that expectations do not depend on the key. */
const shape = (text: string, context?: { key: string }) =>
  redactor.redactText(text, context).text.replace(/:[0-9a-z]{4}\]/g, ':....]');
const rules = ({ findings }: RedactedText) => findings.map((finding) => `${finding.rule}/${finding.view}`);

describe('text', () => {
  it.each([
    ['charge card 4111 1111 1111 1111 for a.b@x.io', 'charge card [CARD:....] for [EMAIL:....]'],
    ['PASSWORD=Tr0ub4dor & three # the old one', 'PASSWORD=[PASSWORD:....] # the old one'],
    ['export API_KEY="abc123def456ghi"', 'export API_KEY="[API_KEY:....]"'],
    ['mysql --password hunter2 -u root', 'mysql --password [PASSWORD:....] -u root'],
    ['GET /?access_token=a1b2c3d4e5f6&page=2', 'GET /?access_token=[TOKEN:....]&page=2'],
    ['Server=db;Uid=sa;Pwd=letmein;Encrypt=yes', 'Server=db;Uid=sa;Pwd=[PASSWORD:....];Encrypt=yes'],
    ["curl -H 'Cookie: sid=abc123; theme=dark' x", "curl -H 'Cookie: [COOKIE:....]' x"],
    ['Authorization: Basic dXNlcjpodW50ZXIyMjI=', 'Authorization: Basic [BASIC_CREDENTIALS:....]'],
    ['<password>hunter2</password>', '<password>[PASSWORD:....]</password>'],
    ['my password is Tr0ub4dor&3', 'my password is [PASSWORD:....]'],
    ['he said \\"api_key\\": \\"a1b2c3d4e5f6g7\\"', 'he said \\"api_key\\": \\"[API_KEY:....]\\"'],
    ['{"level":"info","password":"x y"} and more', '{"level":"info","password":"[PASSWORD:....]"} and more'],
  ])('%s', (text, expected) => {
    expect(shape(text)).toBe(expected);
  });

  it.each([
    'max_tokens: 4096, input_tokens=120',
    'const password = process.env.PASSWORD;',
    'def login(user: str, password: str) -> Token:',
    'password=password, token=token, api_key=api_key',
    'if (token === undefined) return next_token;',
    'The password must have at least 8 characters.',
    '--username and --password options',
    'Authorization: Bearer <token>',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the text itself
    'secret: ${VAULT_SECRET}',
    'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
    '123e4567-e89b-42d3-a456-426614174000 4bf92f3577b34da6a3ce929d0e0e4736',
    'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk',
    'key: primary_key, cache_key: user-123-profile',
    '2026-11-21T10:00:00.123456Z 1732190400000 192.168.1.254:8080',
  ])('leaves %s', (text) => {
    expect(redactor.redactText(text)).toEqual({ text, edits: [], findings: [] });
  });

  it('reports what it replaced, and never the value', () => {
    const { text, findings } = redactor.redactText(`push with ${github} now`);
    expect(findings).toEqual([
      {
        class: 'secret',
        kind: 'GITHUB_TOKEN',
        rule: 'github-token',
        view: 'plain',
        path: '',
        start: 10,
        end: 50,
        fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
      },
    ]);
    expect(text).toBe(`push with [GITHUB_TOKEN:${suffixOf(findings[0]!.fingerprint, 4)}] now`);
    expect(JSON.stringify(findings)).not.toContain(github.slice(0, 8));
  });

  it('names overlapping hits by the most specific and covers all of them', () => {
    expect(shape(`api_key="${github}"`)).toBe('api_key="[GITHUB_TOKEN:....]"');
    expect(shape(`token=${github}-and-more9`)).toBe('token=[GITHUB_TOKEN:....]');
  });

  it('reports every specific secret within a value that is replaced as one', () => {
    const cookie = JSON.stringify({
      cookie: `a=${github}; b=bob@example.com; c=${github.split('').reverse().join('')}`,
    });
    const { text, findings } = redactor.redactText(cookie);
    expect(text).toMatch(/^\{"cookie":"\[GITHUB_TOKEN:\w{4}\]"\}$/);
    expect(findings).toHaveLength(1);
    const two = redactor.redactText(JSON.stringify({ cookie: 'a=bob@example.com; b=eve@example.com' }));
    expect(two.findings.map((finding) => finding.kind)).toEqual(['EMAIL', 'EMAIL']);
  });
});

describe('JSON', () => {
  it('keeps the text byte for byte when nothing is found', () => {
    const text = '{ "a" : [1, 2.50, "x\\u0041" ],\n\t"b":null }';
    expect(redactor.redactText(text).text).toBe(text);
  });

  it('changes only the values it replaces', () => {
    expect(shape('{ "user" : "Al" ,\n "password" : "p w" , "n":[1,  2] }')).toBe(
      '{ "user" : "Al" ,\n "password" : "[PASSWORD:....]" , "n":[1,  2] }',
    );
  });

  it.each([
    ['a telling key', { api_key: 'kq83hfo20fj4' }, { api_key: '[API_KEY:....]' }],
    ['a list under a telling key', { passwords: ['a1', 'b2'] }, { passwords: ['[PASSWORD:....]', '[PASSWORD:....]'] }],
    ['a value key within', { db: { password: { value: 'q' } } }, { db: { password: { value: '[PASSWORD:....]' } } }],
    [
      'a name beside its value',
      {
        headers: [
          { name: 'Authorization', value: 'opaque-9' },
          { name: 'Accept', value: 'text/html' },
        ],
      },
      {
        headers: [
          { name: 'Authorization', value: '[AUTHORIZATION:....]' },
          { name: 'Accept', value: 'text/html' },
        ],
      },
    ],
    [
      'numbers under telling keys',
      { pin: 1234, ssn: 123456789, n: 1234 },
      { pin: '[PIN:....]', ssn: '[SSN:....]', n: 1234 },
    ],
    ['a card as a number', { id: 4111111111111111 }, { id: '[CARD:....]' }],
    ['a key that is a secret', { 'bob@example.com': 1 }, { '[EMAIL:....]': 1 }],
    ['a schema', { password: { type: 'string', minLength: 8 } }, { password: { type: 'string', minLength: 8 } }],
    [
      'token counts and log probabilities',
      { max_tokens: 9, token: ' Hello', logprob: -1 },
      { max_tokens: 9, token: ' Hello', logprob: -1 },
    ],
    [
      'the scheme of an authorization',
      { authorization: 'Bearer opaque-9' },
      { authorization: 'Bearer [AUTHORIZATION:....]' },
    ],
  ])('%s', (_name, value, expected) => {
    expect(JSON.parse(shape(JSON.stringify(value)))).toEqual(expected);
  });

  it('reads JSON in JSON strings, two levels down, and keeps all of it JSON', () => {
    const inner = JSON.stringify({ password: 'q', pin: 1234, mail: 'bob@example.com' });
    const text = JSON.stringify({ call: JSON.stringify({ arguments: inner }) });
    const result = redactor.redactText(text);
    const call = JSON.parse(JSON.parse(result.text).call);
    expect(JSON.parse(call.arguments)).toEqual({
      password: expect.stringMatching(/^\[PASSWORD:/),
      pin: expect.stringMatching(/^\[PIN:/),
      mail: expect.stringMatching(/^\[EMAIL:/),
    });
    expect(result.findings.map((finding) => finding.path)).toEqual([
      '.call.arguments.password',
      '.call.arguments.pin',
      '.call.arguments.mail',
    ]);
    const [password] = result.findings;
    expect(text.slice(password!.start, password!.end)).toBe('q');
  });

  it('redacts what a cut-off JSON text holds', () => {
    const text = '{"messages":[{"password":"hunter2","content":"mail bob@exam';
    expect(shape(text)).toBe('{"messages":[{"password":"[PASSWORD:....]","content":"mail bob@exam');
    expect(shape('[{"a":"bob@example.com"},{"b"')).toBe('[{"a":"[EMAIL:....]"},{"b"');
  });

  it('walks JSON lines with their names', () => {
    expect(shape('{"password":"a"}\n{"secret":"b c"}\nplain')).toBe(
      '{"password":"[PASSWORD:....]"}\n{"secret":"[SECRET:....]"}\nplain',
    );
  });

  it('survives nesting of any depth', () => {
    const deep = `${'['.repeat(5000)}"bob@example.com"${']'.repeat(5000)}`;
    expect(redactor.redactText(deep).text).not.toContain('bob@');
    const objects = `${'{"a":'.repeat(3000)}"x@example.com"`;
    expect(redactor.redactText(objects).text).not.toContain('x@example.com');
  });

  it('takes a secret out of a path', () => {
    const [finding] = redactor
      .redactText(JSON.stringify({ [github]: { password: 'q' } }))
      .findings.filter((f) => f.kind === 'PASSWORD');
    expect(finding!.path).toMatch(/^\.\[GITHUB_TOKEN:\w{4}\]\.password$/);
  });
});

describe('other readings', () => {
  it.each([
    ['JSON escapes', `{\\"a\\": \\"\\u000a${github}\\"}`, 'escapes'],
    ['unicode escapes', 'mail bob\\u0040example.com', 'escapes'],
    ['percent encoding', 'https://x.io/?q=bob%40example.com', 'percent'],
    ['percent encoding twice', 'https://x.io/?q=bob%2540example.com', 'percent'],
    ['base64', `see ${Buffer.from(`token ${github}`).toString('base64')} there`, 'base64'],
    ['base64url without padding', Buffer.from(`??>> ${github}`).toString('base64url'), 'base64'],
    ['base64 after a path', `/v1/${Buffer.from(`user:${github}`).toString('base64')}`, 'base64'],
    [
      'base64 of JSON with a telling key',
      Buffer.from('{"user":"al","password":"hunter two"}').toString('base64'),
      'base64',
    ],
    ['hex', Buffer.from(`token ${github}`).toString('hex'), 'hex'],
  ])('%s', (_name, text, view) => {
    const result = redactor.redactText(text);
    expect(
      rules(result).some((rule) => rule.endsWith(`/${view}`)),
      rules(result).join(),
    ).toBe(true);
    const { text: decodedAll } = result;
    expect(decodedAll).not.toContain(github);
    expect(Buffer.from(decodedAll.replace(/\[.*?\]/g, ''), 'base64').toString('latin1')).not.toContain(github.slice(4));
  });

  it('gives a value the same token in every reading', () => {
    const texts = [
      github,
      JSON.stringify({ a: `\n${github}` }),
      Buffer.from(`xx ${github}`).toString('base64'),
      `x${'%20'}${github}`,
    ];
    const prints = texts.map((text) => redactor.redactText(text).findings[0]!.fingerprint);
    expect(new Set(prints).size).toBe(1);
  });
});

describe('tokens', () => {
  it('are the same for the same value however it is written, and for no other', () => {
    const suffix = (text: string) => redactor.redactText(text).text;
    expect(suffix('4111 1111 1111 1111')).toBe(suffix('4111111111111111'));
    expect(suffix('Bob@Example.com')).toBe(suffix('bob@example.com'));
    expect(suffix('DE89 3704 0044 0532 0130 00')).toBe(suffix('DE89370400440532013000'));
    expect(suffix('bob@example.com')).not.toBe(suffix('eve@example.com'));
  });

  it('are different under another key, and as long as the policy says', () => {
    expect(createRedactor({ key: key(2) }).redactText(github).text).not.toBe(redactor.redactText(github).text);
    const long = createRedactor({ key: key(1), policy: { suffixLength: 12 } }).redactText(github);
    expect(long.text).toMatch(/^\[GITHUB_TOKEN:[0-9a-hjkmnp-tv-z]{12}\]$/);
    expect(long.text.slice(0, 18)).toBe(redactor.redactText(github).text.slice(0, 18));
    expect(createRedactor({ key: key(1), policy: { suffixLength: 12 } }).redactText(long.text).text).toBe(long.text);
  });

  it('that someone forged are only text and hide nothing', () => {
    expect(redactor.redactText('[EMAIL:k3f9] [PASSWORD:abcd]').text).toBe('[EMAIL:k3f9] [PASSWORD:abcd]');
    expect(shape(`[EMAIL:k3f9]${github}[EMAIL:k3f9]`)).toBe('[EMAIL:....][GITHUB_TOKEN:....][EMAIL:....]');
    expect(shape('{"password":"[PASSWORD:hunter2]"}')).toBe('{"password":"[PASSWORD:....]"}');
    expect(shape('{"password":"[EMAIL:k3f9] hunter2"}')).toBe('{"password":"[PASSWORD:....]"}');
    expect(shape('{"password":"[HUNTER_TWO:abcd]"}')).toBe('{"password":"[PASSWORD:....]"}');
  });

  it('need a key of 32 bytes and a suffix of 4 to 24', () => {
    expect(() => createRedactor({ key: new Uint8Array(16) })).toThrow(RangeError);
    expect(() => createRedactor({ key: key(1), policy: { suffixLength: 3 } })).toThrow(RangeError);
  });
});

describe('what cannot be judged is replaced whole', () => {
  it('text longer than the limit', () => {
    const small = createRedactor({ key: key(1), policy: { maxLength: 100 } });
    const { text, findings } = small.redactText('x'.repeat(101));
    expect(text).toMatch(/^\[REDACTED:\w{4}\]$/);
    expect(findings).toMatchObject([{ class: 'failure', kind: 'REDACTED', start: 0, end: 101 }]);
    expect(small.redactText(text).text).toBe(text);
  });

  it('text whose budget is spent', () => {
    const budget = createWorkBudget(1000);
    expect(redactor.redactText('a'.repeat(900), { budget }).text).toBe('a'.repeat(900));
    expect(redactor.redactText('b'.repeat(900), { budget }).findings[0]!.class).toBe('failure');
  });

  it('text with more hits than can be told, but not one with as many', () => {
    const many = (count: number) => redactor.redactText('a.b@c.io '.repeat(count));
    expect(many(20_000).findings).toHaveLength(20_000);
    const { text, findings } = many(20_001);
    expect(text).toMatch(/^\[REDACTED:\w{4}\]$/);
    expect(findings).toMatchObject([{ class: 'failure', kind: 'REDACTED', start: 0 }]);
  });

  it('a run of names without a blank, from the name on that is one too many', () => {
    const { text, findings } = redactor.redactText(`see ${'auth='.repeat(500)} and go on`);
    expect(text).toMatch(/^see (?:auth=){64,65}\[\w+:\w{4}\] and go on$/);
    expect(findings).toHaveLength(1);
  });

  it('text on which a rule throws', () => {
    const broken = createRedactor({
      key: key(1),
      scanner: {
        kinds: new Set(['REDACTED']),
        judgeName: () => undefined,
        scan() {
          throw new Error('a fault in a rule');
        },
      },
    });
    expect(broken.redactText(`secret ${github}`).text).toMatch(/^\[REDACTED:\w{4}\]$/);
  });
});
