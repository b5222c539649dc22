import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../markdown.ts';
import { hasChromium, launchBrowser, signedIn } from './browser.ts';
import { demoServer } from './demo-server.ts';

/** Pictures of the pages with the demo's data, into docs/images: `npm run screenshots`. */

const FOLDER = join(ROOT, 'docs/images');
/** A picture above this does not belong in a repository. */
const MOST_BYTES = 150_000;

const say = (text: string) => process.stdout.write(`${text}\n`);

if (!hasChromium) {
  say('Chromium is needed: install it, or name one with TEST_CHROMIUM');
  process.exit(1);
}
const server = await demoServer();
const browser = await launchBrowser();
const poisoned = server.alerts.find(({ rule_id }) => rule_id === 'external-to-memory-write')!;
const session = `/sessions/${encodeURIComponent(poisoned.session_id)}`;
const evidence = poisoned.evidence[0]?.span_id ?? '';

const PICTURES: readonly {
  name: string;
  path: string;
  ready: string;
  dark?: boolean;
  width?: number;
  height?: number;
}[] = [
  { name: 'alert', path: `/alerts/${poisoned.id}`, ready: 'that the user never wrote' },
  { name: 'alert-phone', path: `/alerts/${poisoned.id}`, ready: 'Evidence', dark: true, width: 360, height: 740 },
  { name: 'alerts', path: '/alerts', ready: 'procurement-agent' },
  { name: 'session', path: `${session}?span=${evidence}`, ready: 'What was said', dark: true },
  { name: 'provenance', path: `${session}?tab=provenance`, ready: 'Only from there', height: 520 },
  { name: 'overview', path: '/overview', ready: 'Risk by agent and day', dark: true, height: 1_180 },
  { name: 'sql', path: '/sql', ready: 'SessionId' },
  { name: 'rule', path: '/rules/leaked-secret', ready: 'Last runs', height: 1_000 },
  { name: 'rule-editor', path: '/rules/leaked-secret/edit', ready: 'Lint and test', dark: true },
  { name: 'topology', path: '/agents?tab=topology', ready: 'Choose an agent' },
];

const first = await signedIn(browser, server.api, server.adminToken);
const opened = await first.newPage();
await opened.goto(`${server.api}${session}`);
await opened.getByRole('button', { name: 'Break the glass' }).click();
await opened.getByLabel('Reason').fill('Incident 7: what did the supplier’s page say?');
await opened.getByRole('button', { name: 'Open', exact: true }).click();
await opened.getByText('Opened by').waitFor();
await first.close();

await mkdir(FOLDER, { recursive: true });
for (const { name, path, ready, ...window } of PICTURES) {
  const context = await signedIn(browser, server.api, server.adminToken, window);
  const page = await context.newPage();
  await page.goto(`${server.api}${path}`);
  await page.getByText(ready).first().waitFor();
  if (name === 'sql') await page.getByRole('button', { name: /^Run/ }).click();
  if (name === 'sql') await page.getByRole('cell', { name: 'search_stock' }).waitFor();
  if (name === 'rule-editor') await page.getByRole('button', { name: 'Lint and test' }).click();
  if (name === 'rule-editor') await page.getByText('tests passed').waitFor();
  if (name === 'rule') await page.getByRole('button', { name: 'Backtest' }).click();
  if (name === 'rule') await page.getByText('would alert').first().waitFor();
  await page.waitForTimeout(500);
  const file = join(FOLDER, `${name}.jpg`);
  await page.screenshot({ path: file, type: 'jpeg', quality: 74 });
  const { size } = await stat(file);
  say(`${name}.jpg ${Math.round(size / 1_000)} kB`);
  if (size > MOST_BYTES) process.exitCode = 1;
  await context.close();
}
await browser.close();
await server.stop();
