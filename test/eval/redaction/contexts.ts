/** How a secret stands in a text: `V` is replaced by the value, names by spellings of `<vendor> <what it is>`. */
export interface Naming {
  /** `datadog`, as documentation spells it. */
  readonly vendor: string;
  /** `api key`, `token`, `client secret`. */
  readonly what: string;
}

export type Context = (naming: Naming) => string;

const words = ({ vendor, what }: Naming): string[] =>
  `${vendor} ${what}`.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
const snake = (naming: Naming): string => words(naming).join('_').toLowerCase();
const upper = (naming: Naming): string => snake(naming).toUpperCase();
const kebab = (naming: Naming): string => words(naming).join('-').toLowerCase();
const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase();
const pascal = (naming: Naming): string => words(naming).map(capital).join('');
const camel = (naming: Naming): string => {
  const all = pascal(naming);
  return all.charAt(0).toLowerCase() + all.slice(1);
};
const whatSnake = ({ what }: Naming): string => what.replaceAll(' ', '_');
const whatCamel = ({ what }: Naming): string => camel({ vendor: '', what });
const host = ({ vendor }: Naming): string => vendor.replace(/[^a-z0-9]/gi, '').toLowerCase();

/** Looked at while the rules were written. */
export const DEV_CONTEXTS: readonly Context[] = [
  (n) => `${upper(n)}=V`,
  (n) => `export ${upper(n)}="V"`,
  (n) => `# settings\nDEBUG=1\n${upper(n)}=V\nPORT=8080\n`,
  (n) => `const ${camel(n)} = 'V';`,
  (n) => `${snake(n)} = "V"\nclient = Client(${snake(n)})`,
  (n) => `{"${camel(n)}": "V", "region": "eu"}`,
  (n) => `{"name": "x", "${host(n)}": {"${whatSnake(n)}": "V"}}`,
  (n) => `${kebab(n)}: V\ntimeout: 30`,
  (n) => `${host(n)}:\n  url: https://api.${host(n)}.com/v1\n  ${whatSnake(n)}: V\n`,
  (n) => `curl -H "X-Api-Key: V" https://api.${host(n)}.com/v1/items`,
  (n) => `curl -s "https://api.${host(n)}.com/v1/items?api_key=V&limit=5"`,
  (n) => `curl -H 'Authorization: Bearer V' https://api.${host(n)}.com/`,
  (n) => `my ${n.vendor} ${n.what} is V, please use it`,
  (n) => `${capital(n.vendor)} ${n.what}: V`,
  (n) => `String ${camel(n)} = "V";`,
  (n) => `public static final String ${upper(n)} = "V";`,
  (n) => `<add key="${pascal(n)}" value="V" />`,
  (n) => `<${camel(n)}>V</${camel(n)}>`,
  (n) => `${host(n)}-cli login --${n.what.replaceAll(' ', '-')} V --verbose`,
  (n) => `$env:${upper(n)} = "V"`,
  (n) => `  - name: ${upper(n)}\n    value: "V"`,
  (n) => `ENV ${upper(n)} V`,
  (n) => `variable "${snake(n)}" {\n  default = "V"\n}`,
  (n) => `${words(n).join('.').toLowerCase()}=V`,
  (n) => `[${host(n)}]\n${whatSnake(n)} = V\n`,
  (n) => `{"role":"user","content":"Call ${n.vendor} with ${n.what} V and report"}`,
  (n) => `[DEBUG] ${host(n)} client: using ${whatCamel(n)}=V`,
  (n) => `{"tool":"http","arguments":"{\\"headers\\":{\\"${kebab(n)}\\":\\"V\\"}}"}`,
  (n) => `req.Header.Set("Authorization", "Bearer V")\nresp, err := http.Get("https://api.${host(n)}.com")`,
  (n) => `client := ${host(n)}.New("V")`,
  (n) => `${host(n)}.setApiKey("V");`,
  (n) => `${host(n)}.apiKey = "V"`,
  (n) => `[INFO] calling ${host(n)}\n[DEBUG] Using Key=V\n[INFO] 200 OK`,
  (n) => `# ${capital(n.vendor)}\napi:\n  in: header\n  key: "V"\n`,
  (n) => `${host(n)} token = 'V'`,
  (n) => `fetch('https://api.${host(n)}.com/v1/x', { headers: { 'X-Auth': 'V' } })`,
  (n) => `https://api.${host(n)}.com/v1/data?access_key=V&symbols=USD`,
  (n) => `const auth = { ${host(n)}: { id: 7, secret: 'V' } };`,
  (n) => `'${host(n)}': {'key': 'V'},`,
  (n) => `{"${host(n)}_config": {"enabled": true, "auth": "V"}}`,
];

/** Notations of configuration and command lines that name no vendor. Development. */
export const NOTATIONS: readonly string[] = [
  'machine api.company.com login deploy password V',
  '//registry.company.com/:_authToken=V',
  '[pypi]\nusername = __token__\npassword = V',
  "CREATE USER app IDENTIFIED BY 'V';",
  "ALTER USER app WITH PASSWORD 'V';",
  'curl -u admin:V https://api.company.com/',
  'curl --user deploy:V https://api.company.com/',
  "curl -H 'X-Auth-Token: V' https://api.company.com/",
  'mysql -h db -u root -pV app',
  'PGPASSWORD=V psql -h db -U app',
  'redis-cli -h cache -a V ping',
  'sshpass -p V ssh root@host',
  '$p = ConvertTo-SecureString "V" -AsPlainText -Force',
  'Server=db;Database=app;User Id=sa;Password=V;Encrypt=true',
  'jdbc:postgresql://db:5432/app?user=app&password=V',
  'db:\n  password: |\n    V\n  host: x',
  'secret: >-\n  V\n',
  '["--token", "V"]',
  '["login", "--password=V"]',
  '<password>V</password>',
  '<connectionStrings><add name="Db" connectionString="Server=x;Password=V;" /></connectionStrings>',
  'spring.datasource.password=V',
  'password = V # rotate me',
  'Cookie: session=V; theme=dark',
  'Set-Cookie: sid=V; HttpOnly',
  'docker login -u ci -p V registry.company.com',
  'helm upgrade app . --set auth.password=V',
  'echo "V" | docker login --password-stdin',
  'az login --service-principal -u x -p V --tenant y',
  'vault login V',
  '"Authorization": "Bearer V"',
  "auth=('user', 'V')",
  'User: admin\nPassword: V\n',
  'the password is V',
  'password for staging: V',
  'login with admin / V',
  'pwd=V',
  'ldap_bind_pw = V',
  'smtp_pass: "V"',
  'passphrase "V"',
  '{"username":"bob","password":"V"}',
  "{'password': 'V'}",
  '{\\"password\\":\\"V\\"}',
  'rabbitmq_default_pass: V',
  'secret_key_base: V',
  'encryptionKey: "V"',
  'signing_secret=V',
  'webhook_secret: V',
  'refresh_token=V&grant_type=refresh_token',
  'client_id=abc&client_secret=V&grant_type=client_credentials',
  'X-Vault-Token: V',
  'Private-Token: V',
  'X-API-KEY: V',
  'apikey V',
  'Authorization: Token token="V"',
  'Authorization: ApiKey V',
  'Proxy-Authorization: Basic V',
  'ws.send("AUTH V")',
];

/** Written together with the others, never looked at by a rule's author: figures only. */
export const HOLDOUT_CONTEXTS: readonly Context[] = [
  (n) => `set ${upper(n)}=V`,
  (n) => `os.environ["${upper(n)}"] = "V"`,
  (n) => `process.env.${upper(n)} = 'V'`,
  (n) => `let ${snake(n)}: &str = "V";`,
  (n) => `${camel(n)} := "V"`,
  (n) => `'${snake(n)}' => 'V',`,
  (n) => `:${snake(n)} => "V"`,
  (n) => `define('${upper(n)}', 'V');`,
  (n) => `${pascal(n)}: "V",`,
  (n) => `| ${n.vendor} | ${n.what} | V |`,
  (n) => `- ${n.vendor} ${n.what} \`V\``,
  (n) => `docker run -e ${upper(n)}=V -p 80:80 image/${host(n)}:latest`,
  (n) => `kubectl create secret generic ${host(n)} --from-literal=${kebab(n)}=V`,
  (n) => `new ${capital(host(n))}Client({ ${whatCamel(n)}: 'V', retries: 3 })`,
  (n) => `requests.get("https://${host(n)}.com/api", params={"key": "V"})`,
  (n) => `headers = {"Authorization": "V", "User-Agent": "${host(n)}"}`,
  (n) => `GET /v1/me HTTP/1.1\r\nHost: api.${host(n)}.com\r\nAuthorization: Token V\r\n\r\n`,
  (n) => `curl -u V: https://api.${host(n)}.com/v2/charges`,
  (n) => `Here is the ${n.what} for ${n.vendor}: V`,
  (n) => `I rotated our ${n.vendor} ${n.what}. The new one is V`,
  (n) => `"${host(n)}.${whatCamel(n)}" : "V"`,
  (n) => `// TODO remove: ${n.vendor} ${n.what} V`,
  (n) => `ALTER SYSTEM SET ${snake(n)} = 'V';`,
  (n) => `data:\n  ${upper(n)}: V\nkind: Secret`,
  (n) => `args: ["--${kebab(n)}=V", "--debug"]`,
  (n) => `{"env":[{"name":"${upper(n)}","value":"V"}]}`,
  (n) => `resource "${host(n)}_provider" "main" {\n  ${whatSnake(n)} = "V"\n}`,
  (n) => `${host(n)}.configure(${whatSnake(n)}="V")`,
];

/** Kinds with a prefix or a structure are found without a name; these name none. */
export const NAMELESS_DEV: readonly string[] = ['V', 'use V for now', '"V"', 'see: V\n', 'key V\n', '(V)', 'x = V;'];
export const NAMELESS_HOLDOUT: readonly string[] = [
  '<V>',
  'found [V] in log',
  "print('V')",
  'foo,V,bar',
  'token=V&x=1',
  '\tV\r\n',
  '`V`',
];
