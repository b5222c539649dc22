import type { RedactionClass } from './redaction-rule.ts';

/**
 * What a value must look like to be taken for what its name promises. `human` chosen by a person, so anything but a
 * placeholder; `machine` generated, so no plain words; `random` the name is only a hint (key), so it must look random; `opaque` the same, or hex as long as a key;
 * `header` an HTTP credential header; a pattern where the value has a shape of its own.
 */
export type ValueShape = 'human' | 'machine' | 'random' | 'opaque' | 'header' | RegExp;

/** A kind of name that secrets and personal data stand under: JSON keys, attribute keys, .env lines, flags, headers, variables. */
export interface SensitiveName {
  readonly kind: string;
  readonly title: string;
  readonly class: RedactionClass;
  readonly value: ValueShape;
  /** Set where the name holds a vendor's: what that vendor's keys look like, whatever `value` says. */
  readonly vendorFormats?: RegExp;
  /** A number (not only its text) under this name is a value too. */
  readonly numeric?: boolean;
  /** On the name's words in lower case joined by `_`; the first row that matches decides. */
  readonly pattern: RegExp;
  /** Names that the pattern takes and that are none. */
  readonly except?: RegExp;
  readonly examples: readonly string[];
  readonly nearMisses: readonly string[];
}

/** Pieces of names that the keyword automaton stops at; every name below contains one. */
export const NAME_STEMS: readonly string[] =
  'pass pw kennwort secret token key auth cookie cred jwt bearer otp #fa mfa cvv cvc ssn social pin card iban phone mobile mnemonic cc_n nino nhs aadhaar cpf cnpj dni codice pesel personn fodsel hetu curp nric tfn medicare bsn tax_id taxid steuer national_id nationalid passport'.split(
    ' ',
  );

/** The first row wins: the special before the general. */
export const SENSITIVE_NAMES: readonly SensitiveName[] = [
  {
    kind: 'AWS_SECRET_KEY',
    title: 'AWS secret access key',
    class: 'secret',
    value: 'machine',
    pattern: /(?:^|_)(?:aws_)?secret_access_key$|(?:^|_)aws_secret(?:_key)?$/,
    examples: ['AWS_SECRET_ACCESS_KEY', 'SecretAccessKey', 'aws_secret_key'],
    nearMisses: ['aws_secret_access_key_id_file'],
  },
  {
    kind: 'PASSWORD',
    title: 'Password',
    class: 'secret',
    value: 'human',
    numeric: true,
    except: /^pass$/,
    pattern:
      /(?:(?:^|_)[a-z0-9]{0,24}?(?:password|passwd|passphrase|passcode|kennwort|passwort)|(?:^|_)(?:db|user|my|mysql|pg|root|admin|smtp|ftp|redis|ssh|auth|default)?(?:pass|pwd)|_pw)s?(?:_(?:hash|hashed|value|raw|plain|plaintext|confirm|confirmation|new|old|again|text))?$/,
    examples: [
      'password',
      'DB_PASSWORD',
      'userPassword',
      'passwd',
      'mysql_pwd',
      'rootpassword',
      'new-password',
      'password_hash',
    ],
    nearMisses: [
      'password_file',
      'passwordField',
      'password_policy',
      'bypass',
      'compass',
      'passport_office',
      'pass_rate',
    ],
  },
  {
    kind: 'PASSWORD',
    title: 'Password under a name that is an ordinary word',
    class: 'secret',
    value: /^(?=.*\d)(?=.*[A-Za-z])[!-;=-~]{6,128}$/,
    numeric: true,
    pattern: /^pass$/,
    examples: ['pass'],
    nearMisses: ['passes'],
  },
  {
    kind: 'COOKIE',
    title: 'HTTP cookie',
    class: 'secret',
    value: 'header',
    pattern: /(?:^|_)cookies?$/,
    examples: ['Cookie', 'Set-Cookie', 'http.request.header.cookie', 'session_cookie'],
    nearMisses: ['cookie_policy', 'cookie_name', 'cookiecutter'],
  },
  {
    kind: 'AUTHORIZATION',
    title: 'HTTP authorization header',
    class: 'secret',
    value: 'header',
    pattern: /(?:^|_)(?:authorization|auth_header|basic_?auth)$/,
    examples: ['Authorization', 'Proxy-Authorization', 'http.request.header.authorization', 'basicAuth'],
    nearMisses: ['authorization_url', 'authorization_code_ttl', 'author'],
  },
  {
    kind: 'PRIVATE_KEY',
    title: 'Private key',
    class: 'secret',
    value: 'machine',
    pattern:
      /(?:^|_)(?:private_?key|ssh_?key|rsa_?key|signing_?key|mnemonic_key|seed_key)s?(?:_(?:pem|data|value|base64))?$/,
    examples: ['private_key', 'privateKey', 'SSH_KEY', 'signing-key'],
    nearMisses: ['private_key_id', 'private_key_path', 'public_key'],
  },
  {
    kind: 'API_KEY',
    title: 'API key',
    class: 'secret',
    value: 'machine',
    pattern:
      /(?:^|_)(?:x_)?(?:api|app|application|access|account|subscription|license|service|admin|auth|integration|ingest|write|read)_?keys?(?:_(?:value|secret))?$|(?:^|_)[a-z0-9]{1,20}apikey$/,
    examples: [
      'api_key',
      'apiKey',
      'X-Api-Key',
      'OPENAI_API_KEY',
      'accountKey',
      'access-key',
      'Ocp-Apim-Subscription-Key',
    ],
    nearMisses: ['api_key_id', 'apiKeyName', 'access_key_id', 'capkey'],
  },
  {
    kind: 'SECRET',
    title: 'Secret',
    class: 'secret',
    value: 'human',
    numeric: true,
    pattern:
      /(?:^|_)[a-z0-9]{0,20}?secrets?(?:_(?:key|value|token|id|text|string|code|plain|raw|base64|key_base|base))?$/,
    examples: [
      'client_secret',
      'clientSecret',
      'SECRET',
      'secret_key',
      'JWT_SECRET',
      'webhookSecret',
      'appsecret',
      'secret_id',
    ],
    nearMisses: ['secret_name', 'secret_arn', 'secretsmanager', 'secretary', 'secret_version', 'secret_key_ref'],
  },
  {
    kind: 'TOKEN',
    title: 'Access token',
    class: 'secret',
    value: 'machine',
    pattern:
      /^(?:x_)?tokens?$|(?:^|_)(?:access|auth|refresh|id|session|bearer|api|bot|oauth|oauth2|jwt|push|device|registration|personal|security|secret|user|app|client|service|deploy|ci|csrf|xsrf|reset|verification|login|magic|invite|admin|web|vault|github|gitlab|slack|npm|hf|private|root|read|write|upload|account|tunnel|join)_?tokens?(?:_(?:value|secret))?$|(?:^|_)(?:jwt|bearer|authtoken|accesstoken|token_value)$/,
    examples: [
      'token',
      'access_token',
      'accessToken',
      'GITHUB_TOKEN',
      '_authToken',
      'X-Amz-Security-Token',
      'refresh_token',
      'jwt',
    ],
    nearMisses: [
      'max_tokens',
      'input_tokens',
      'next_token',
      'nextPageToken',
      'tokenizer',
      'token_count',
      'token_type',
      'llm.token_count.prompt',
    ],
  },
  {
    kind: 'CREDENTIAL',
    title: 'Credential',
    class: 'secret',
    value: 'machine',
    pattern: /(?:^|_)(?:credentials?|creds|auth|auth_code|authorization_code)$/,
    examples: ['credentials', 'db_creds', '_auth', 'authorization_code'],
    nearMisses: ['credential_type', 'author', 'oauth_scopes', 'auth_method'],
  },
  {
    kind: 'ONE_TIME_CODE',
    title: 'One-time code',
    class: 'secret',
    value: /^\d{4,10}$|^[A-Z0-9]{6,10}$/,
    numeric: true,
    pattern: /(?:^|_)(?:otp|totp|otp_code|totp_code|mfa_code|2fa_code|one_time_(?:code|password))$/,
    examples: ['otp', 'mfa_code', 'twoFactor_2fa_code'],
    nearMisses: ['otp_length', 'hotpink'],
  },
  {
    kind: 'CVV',
    title: 'Card verification value',
    class: 'pii',
    value: /^\d{3,4}$/,
    numeric: true,
    pattern: /(?:^|_)(?:cvv2?|cvc2?|card_verification_(?:value|code)|card_security_code)$/,
    examples: ['cvv', 'card_cvc'],
    nearMisses: ['cvv_required'],
  },
  {
    kind: 'PIN',
    title: 'Personal identification number',
    class: 'pii',
    value: /^\d{4,12}$/,
    numeric: true,
    pattern: /^(?:(?:card|bank|atm|user|security|sim|account|login|access)_)?pin(?:_(?:code|number))?$/,
    examples: ['pin', 'card_pin', 'pinCode'],
    nearMisses: ['led_pin', 'pinned', 'spin', 'pin_count'],
  },
  {
    kind: 'SSN',
    title: 'US social security number',
    class: 'pii',
    value: /^\d{3}[- ]?\d{2}[- ]?\d{4}$/,
    numeric: true,
    pattern: /(?:^|_)(?:ssn|social_?security(?:_(?:number|no))?)$/,
    examples: ['ssn', 'social_security_number', 'customerSsn'],
    nearMisses: ['ssn_verified', 'session'],
  },
  {
    kind: 'NATIONAL_ID',
    title: 'National identity, tax, health or passport number',
    class: 'pii',
    value: /^(?=(?:\D{0,8}\d){5})[A-Za-z0-9](?:[ ./-]?[A-Za-z0-9]){6,20}$/,
    numeric: true,
    pattern:
      /(?:^|_)(?:nino|nhs|aadhaar|cpf|cnpj|dni|codice_?fiscale|pesel|personnummer|fodselsnummer|hetu|curp|nric|tfn|medicare|bsn|tax_?id|steuer_?id|national_?id|passport)(?:_?(?:number|no|num|nr|code))?$/,
    examples: ['nino', 'nhs_number', 'aadhaarNumber', 'codice_fiscale', 'nationalId', 'passport_no', 'tax_id', 'cpf'],
    nearMisses: ['tax_id_type', 'passport_country', 'passport_strategy', 'national_holiday'],
  },
  {
    kind: 'CARD',
    title: 'Payment card number',
    class: 'pii',
    value: /^\d(?:[ -]?\d){11,18}$/,
    numeric: true,
    pattern: /(?:^|_)(?:(?:credit|debit|payment|bank)?_?card(?:_?(?:number|no|num|pan))?|cc_(?:number|num))$/,
    examples: ['card', 'card_number', 'creditCard', 'cardNumber', 'cc_number'],
    nearMisses: ['card_type', 'cardinality', 'discard'],
  },
  {
    kind: 'IBAN',
    title: 'Bank account number (IBAN)',
    class: 'pii',
    value: /^[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z0-9]){11,30}$/,
    pattern: /(?:^|_)iban(?:_(?:number|code))?$/,
    examples: ['iban', 'recipient_iban'],
    nearMisses: ['iban_valid', 'urbanity'],
  },
  {
    kind: 'PHONE',
    title: 'Telephone number',
    class: 'pii',
    value: /^[+(\d](?:[ ()./-]{0,2}\d){6,15}$/,
    numeric: true,
    pattern: /(?:^|_)(?:phone|telephone|mobile|cellphone|msisdn|phone_?(?:number|no)|mobile_?(?:number|no))$/,
    examples: ['phone', 'phoneNumber', 'customer_mobile', 'phone_no'],
    nearMisses: ['phone_verified', 'headphone_jack', 'mobile_app'],
  },
  {
    kind: 'SECRET_KEY',
    title: 'Key under a name that says no more',
    class: 'secret',
    value: 'opaque',
    pattern: /_keys?$/,
    except:
      /(?:^|_)(?:primary|foreign|public|pub|sort|partition|cache|idempotency|routing|row|hash|range|index|object|unique|natural|composite|message|map|dict|json|i18n|translation|lookup|group|dedup|deduplication|event|item|cell|column|order|join|parent|registry|hot|shortcut|arrow|enter|tab|escape|answer|metric|feature|flag|query|search|config|setting|property|attribute|field|label|tag|resource|entity|record|document|node|edge|task|job|issue|project|board|has|is|if|not|no|by|per|on|for|from|to|s3|blob|file|path|image|asset|trace|span)_keys?$/,
    examples: ['encryption_key', 'master_key', 'my_vendor_key'],
    nearMisses: ['primary_key', 'cache_key', 'monkeys_count', 'keyboard', 'issue_key', 'idempotency-key'],
  },
  {
    kind: 'SECRET_KEY',
    title: 'Key without a name',
    class: 'secret',
    value: 'random',
    pattern: /^keys?$/,
    examples: ['key', 'keys'],
    nearMisses: ['keyed'],
  },
  {
    kind: 'SECRET_TOKEN',
    title: 'Token under a name that says no more',
    class: 'secret',
    value: 'opaque',
    pattern: /_token$/,
    except:
      /(?:^|_)(?:next|prev|previous|page|paging|pagination|continuation|continue|sync|resume|start|end|begin|eos|bos|pad|unk|unknown|mask|cls|sep|stop|special|max|min|num|per|total|input|output|prompt|completion|cached|reasoning|first|last|each|design|css|theme|color|cancel|cancellation|word|sub|text|string|current|lookahead|delimiter)_token$/,
    examples: ['vendor_token', 'MY_SERVICE_X_TOKEN'],
    nearMisses: ['next_token', 'pad_token', 'tokens'],
  },
];
