import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../running-server.ts';
import { hasChromium, launchBrowser, signedIn } from './browser.ts';
import { demoServer } from './demo-server.ts';
import { sendLongSession } from './long-session.ts';
import { openPage } from './open-page.ts';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

if (!hasChromium) process.stderr.write('SKIPPED: the pages are not tested, for /usr/bin/chromium is not there\n');

let server: Awaited<ReturnType<typeof demoServer>>;
let browser: Browser;

beforeAll(async () => {
  if (!hasChromium) return;
  server = await demoServer();
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const PAGES: Readonly<Record<string, { path: () => string; ready: string }>> = {
  overview: { path: () => '/overview', ready: 'What tools were for' },
  alerts: { path: () => '/alerts', ready: 'procurement-agent' },
  alert: { path: () => `/alerts/${server.alertOf('external-to-memory-write').id}`, ready: 'that the user never wrote' },
  incidents: { path: () => '/alerts/incidents', ready: 'poisoned-supplier-page' },
  incident: {
    path: () => `/alerts/incidents/${encodeURIComponent(server.alertOf('external-to-memory-write').session_id)}`,
    ready: 'What happened',
  },
  sessions: { path: () => '/sessions', ready: 'procurement-agent' },
  session: { path: () => server.sessionPath('external-to-memory-write'), ready: 'save_memory' },
  provenance: {
    path: () => `${server.sessionPath('external-to-memory-write')}?tab=provenance`,
    ready: 'Only from there',
  },
  'decision path': { path: () => `${server.sessionPath('step-count-blowup')}?tab=path`, ready: 'search_stock' },
  'logs of a session': {
    path: () => `${server.sessionPath('external-to-memory-write')}?tab=logs`,
    ready: 'No log record was sent',
  },
  agents: { path: () => '/agents', ready: 'procurement-agent' },
  tools: { path: () => '/agents?tab=tools', ready: 'save_memory' },
  topology: { path: () => '/agents?tab=topology', ready: 'Choose an agent, a tool' },
  agent: { path: () => '/agents/asst_helpdesk_07', ready: 'changed, same version' },
  rules: { path: () => '/rules', ready: 'leaked-secret' },
  coverage: { path: () => '/rules?tab=coverage', ready: 'ASI06' },
  'a detector': { path: () => '/rules/tainted-tool-call', ready: 'Last runs' },
  'a rule in SQL': { path: () => '/rules/leaked-secret?file=tests', ready: 'Add an exception' },
  'rule editor': { path: () => '/rules/leaked-secret/edit', ready: 'Lint and test' },
  'new rule': { path: () => '/rules/new', ready: 'Begin' },
  sql: { path: () => '/sql', ready: 'otel_traces' },
  users: { path: () => '/admin', ready: 'Nobody signs in as a person yet' },
  account: { path: () => '/account', ready: 'Broken glass in the org' },
  tokens: { path: () => '/admin?tab=tokens', ready: 'Make a token' },
  destinations: { path: () => '/admin?tab=destinations', ready: 'Alerts go nowhere yet' },
  routes: { path: () => '/admin?tab=routes', ready: 'Where would it go?' },
  silences: { path: () => '/admin?tab=silences', ready: 'Nothing is silenced' },
  inhibitions: { path: () => '/admin?tab=inhibitions', ready: 'No alert holds back another' },
  deliveries: { path: () => '/admin?tab=deliveries', ready: 'Nothing was given up' },
  redaction: { path: () => '/admin?tab=redaction', ready: 'Key of the tokens' },
  'developers’ machines': { path: () => '/admin?tab=policy', ready: 'Left out, a pattern a line' },
  budget: { path: () => '/admin?tab=budget', ready: 'Use this provider' },
  archive: { path: () => '/admin?tab=archive', ready: 'archived until' },
  erasure: { path: () => '/admin?tab=erasure', ready: 'Nothing was erased' },
  orgs: { path: () => '/admin?tab=orgs', ready: 'Make an org' },
  health: { path: () => '/admin?tab=health', ready: 'canary' },
  audit: { path: () => '/admin?tab=audit', ready: 'latest entries' },
  'no spans yet': { path: () => '/sessions?from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z', ready: 'Vercel AI SDK' },
  'no such page': { path: () => '/nowhere', ready: 'There is no such page' },
};

/** When what the page is for stands there and nothing is being loaded. */
async function settled(page: Page, ready: string): Promise<void> {
  await page.getByText(ready).first().waitFor();
  await page.locator('.skeleton').first().waitFor({ state: 'detached' });
}

describe.skipIf(!hasChromium)('every page', () => {
  it('has no violation of WCAG 2.2 AA that axe knows, in both themes, asks no other host and reports no error', async () => {
    const { page, problems, hosts, close } = await openPage(browser, server, '/overview');
    const found: string[] = [];
    for (const [name, { path, ready }] of Object.entries(PAGES)) {
      await page.goto(`${server.api}${path()}`);
      await settled(page, ready);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        found.push(...(await violations(page)).map((violation) => `${name}, ${colorScheme}: ${violation}`));
      }
    }
    expect(found).toEqual([]);
    expect(problems).toEqual([]);
    expect([...hosts]).toEqual([server.api]);
    await close();
  });

  it.each([360, 2_560])('fits %i px without scrolling sideways', async (width) => {
    const { page, close } = await openPage(browser, server, '/overview', { width });
    for (const [name, { path, ready }] of Object.entries(PAGES)) {
      await page.goto(`${server.api}${path()}`);
      await settled(page, ready);
      const over = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect(over, `${name} at ${width} px`).toBeLessThanOrEqual(0);
    }
    await close();
  });

  it('loads less than 350 kB, compressed, with an empty cache', async () => {
    const context = await signedIn(browser, server.api, server.adminToken);
    const page = await context.newPage();
    let bytes = 0;
    page.on('response', async (response) => {
      if (!response.url().includes('/api/')) bytes += Number(response.headers()['content-length'] ?? 0);
    });
    await page.goto(`${server.api}/alerts`);
    await page.getByText('procurement-agent').first().waitFor();
    expect(bytes).toBeGreaterThan(20_000);
    expect(bytes).toBeLessThan(350_000);
    await context.close();
  });
});

describe.skipIf(!hasChromium)('a session of 21,000 spans', () => {
  it('is loaded page by page and drawn with the rows that are seen alone, to its last span', async () => {
    await sendLongSession(server.otlp, 21_000);
    await until(
      async () =>
        (await server.sql("SELECT count() FROM otel_traces FINAL WHERE SessionId = 'long'"))[0]?.[0] === '21000',
      60_000,
      'the long session',
    );
    const { page, close } = await openPage(browser, server, '/sessions/long');
    await page.getByText('20,000 spans so far').waitFor();
    const waterfall = page.getByRole('region', { name: 'Spans over time' });
    await waterfall.getByText('step-0', { exact: true }).waitFor();
    expect(await waterfall.locator('.wf-line').count()).toBeLessThan(100);
    await page.getByRole('button', { name: 'Load the next' }).click();
    await page.getByText('21,000 spans', { exact: true }).waitFor();
    await waterfall.hover();
    await page.mouse.wheel(0, 800_000);
    // The last child of the last child: the tree is in order of depth.
    await waterfall.getByText('step-11110', { exact: true }).waitFor();
    expect(await waterfall.locator('.wf-line').count()).toBeLessThan(100);
    await close();
  });
});

async function violations(page: Page): Promise<string[]> {
  // Injected past the page's own policy, as a browser's developer tools do.
  const source = await import('node:fs/promises').then(({ readFile }) => readFile(AXE, 'utf8'));
  await page.evaluate(source);
  return page.evaluate(`axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] }).then(({ violations }) =>
    violations.map(({ id, nodes }) => id + ' at ' + nodes.slice(0, 3).map(({ target, any }) => target.join(' ') + ' ' + (any[0] ? any[0].message : '')).join(' | ')))`);
}
