import { RULE_TABLE } from '../../../engine/redaction/rule-table.ts';

/** A kind of secret to generate: templates as in expand-example.ts, and under which names it stands. */
export interface EvaluatedKind {
  readonly id: string;
  readonly vendor: string;
  readonly what: readonly string[];
  readonly templates: readonly string[];
  /** Found wherever it stands, by its own form. */
  readonly nameless: boolean;
}

const WHAT = ['api key', 'token', 'secret', 'api token', 'access token', 'key', 'secret key', 'auth token'];

/** Every row of the rule table but personal data; the secret alone, without the row's own surroundings. */
export function tableKinds(): EvaluatedKind[] {
  return RULE_TABLE.filter((rule) => rule.class === 'secret')
    .map((rule) => ({
      id: rule.id,
      vendor: rule.id.startsWith('vendor-')
        ? rule.id.slice(7).replaceAll('-', ' ')
        : rule.id.split('-').slice(0, 2).join(' '),
      what: WHAT,
      templates: rule.examples
        .map((example) => /«([\s\S]*)»/.exec(example)?.[1] ?? example)
        .filter((one) => !one.includes('\n'))
        .map(wholeRuns),
      nameless: rule.confidence === 'format' || rule.id === 'jwt',
    }))
    .filter((kind) => kind.templates.length > 0);
}

/** Examples of the key tables end in fixed characters; here all of a key is drawn. */
function wholeRuns(template: string): string {
  return template.replace(
    /(\{\w+:)(\d+)\}(?:7[kc]2[xe])/gi,
    (_run, open: string, count: string) => `${open}${Number(count) + 4}}`,
  );
}

const MADE_UP =
  'acmeflow bluepanda cloudwren datamoth emberly fjordpay glimmerdb hexaroute inkwise jollymetrics kelpstack lumenforms mintquill nimbusly orbitcart pixelhorn quartzmail riverbeds solstice tidepool umbraworks vantaloop willowtask xenoship yonderly zestapi brightfern coralbase driftbox'.split(
    ' ',
  );
const SHAPES = [
  '{hex:32}',
  '{hex:40}',
  '{hex:64}',
  '{b62:24}',
  '{b62:32}',
  '{b62:40}',
  '{b62:64}',
  '{az09:32}',
  '{az09:40}',
  '{url:43}',
  '{AZ09:32}',
  '{hex:8}-{hex:4}-{hex:4}-{hex:4}-{hex:12}',
  'sk_{b62:32}',
  'live_{b62:40}',
  '{b64:43}=',
  '{b62:20}',
];

/** Vendors that nobody has heard of: what is left when the table has no row. */
export function unknownKinds(): EvaluatedKind[] {
  return MADE_UP.map((vendor, index) => ({
    id: `unknown-${vendor}`,
    vendor,
    what: WHAT,
    templates: [SHAPES[index % SHAPES.length]!, SHAPES[(index * 7 + 3) % SHAPES.length]!],
    nameless: false,
  }));
}

const PEM = '{b64:64}\n{b64:64}\n{b64:64}\n{b64:40}==';

/** The thirty kinds that leak most, by the lists that public scanners publish; written by hand, not taken from the table. */
export const COMMON_KINDS: readonly EvaluatedKind[] = [
  ['aws access key id', 'AKIA{A27:16}'],
  ['aws secret access key', '{b64:40}', true],
  ['github token', 'ghp_{b62:36}'],
  ['github token', 'github_pat_{b62:22}_{b62:59}'],
  ['gitlab token', 'glpat-{url:20}'],
  ['slack bot token', 'xoxb-{d9:12}-{d9:12}-{b62:24}'],
  ['slack webhook url', 'https://hooks.slack.com/services/T{AZ09:9}/B{AZ09:9}/{b62:24}'],
  ['stripe secret key', 'sk_live_{b62:24}'],
  ['openai api key', 'sk-proj-{url:74}T3BlbkFJ{url:73}w'],
  ['anthropic api key', 'sk-ant-api03-{url:93}AA'],
  ['google api key', 'AIza{url:34}w'],
  ['google oauth secret', 'GOCSPX-{url:27}w'],
  ['hugging face token', 'hf_{b62:34}'],
  ['npm token', 'npm_{b62:36}'],
  ['pypi token', 'pypi-AgEIcHlwaS5vcmc{url:150}w'],
  ['sendgrid api key', 'SG.{url:22}.{url:42}w'],
  ['twilio api key', 'SK{hex:32}'],
  ['telegram bot token', '{d9:10}:AA{url:32}w'],
  ['discord bot token', 'MT{dc:22}.{b62:6}.{url:37}w'],
  ['azure client secret', '{b62:3}8Q~{azad:33}w'],
  [
    'azure storage connection string',
    'DefaultEndpointsProtocol=https;AccountName=acct{az09:6};AccountKey={b64:86}==;EndpointSuffix=core.windows.net',
  ],
  ['jwt', 'eyJ{url:33}.eyJ{url:90}.{url:42}w'],
  ['private key', `-----BEGIN RSA PRIVATE KEY-----\n${PEM}\n-----END RSA PRIVATE KEY-----`],
  ['database url', 'postgres://app:{b62:16}@db.internal:5432/main'],
  ['mongodb url', 'mongodb+srv://admin:{b62:18}@cluster0.{az09:5}.mongodb.net/test'],
  ['mailgun api key', 'key-{hex:32}'],
  ['datadog api key', '{hex:32}', true],
  ['heroku api key', '{hex:8}-{hex:4}-{hex:4}-{hex:4}-{hex:12}', true],
  ['digitalocean token', 'dop_v1_{hex:64}'],
  ['databricks token', 'dapi{hex:32}'],
  ['shopify access token', 'shpat_{hex:32}'],
  ['password', '{b62:12}!{b62:4}', true],
  ['api key', '{b62:32}', true],
].map(([name, template, named]) => {
  const [vendor, ...what] = String(name).split(' ');
  return {
    id: String(name).replaceAll(' ', '-'),
    vendor: what.length === 0 || name === 'api key' ? 'service' : vendor!,
    what: [what.length === 0 || name === 'api key' ? String(name) : what.join(' ')],
    templates: [String(template)],
    nameless: named !== true,
  };
});
