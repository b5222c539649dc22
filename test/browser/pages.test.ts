import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../running-server.ts';
import { hasChromium, launchBrowser, signedIn } from './browser.ts';
import { demoServer } from './demo-server.ts';
import { sendLongSession } from './long-session.ts';

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

/** A page that is signed in, and what went wrong on it. */
async function open(path: string, options: Parameters<typeof signedIn>[3] & { token?: string } = {}) {
  const context = await signedIn(browser, server.api, options.token ?? server.adminToken, options);
  const page = await context.newPage();
  const problems: string[] = [];
  const hosts = new Set<string>();
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  page.on('request', (request) => hosts.add(new URL(request.url()).origin));
  await page.goto(`${server.api}${path}`);
  return { page, problems, hosts, close: () => context.close() };
}

const alertOf = (rule: string) => server.alerts.find(({ rule_id }) => rule_id === rule)!;
const sessionPath = (rule: string) => `/sessions/${encodeURIComponent(alertOf(rule).session_id)}`;

const PAGES: Readonly<Record<string, { path: () => string; ready: string }>> = {
  overview: { path: () => '/overview', ready: 'Alerts by severity' },
  alerts: { path: () => '/alerts', ready: 'procurement-agent' },
  alert: { path: () => `/alerts/${alertOf('external-to-memory-write').id}`, ready: 'that the user never wrote' },
  sessions: { path: () => '/sessions', ready: 'procurement-agent' },
  session: { path: () => sessionPath('external-to-memory-write'), ready: 'save_memory' },
  provenance: { path: () => `${sessionPath('external-to-memory-write')}?tab=provenance`, ready: 'Only from there' },
  'decision path': { path: () => `${sessionPath('step-count-blowup')}?tab=path`, ready: 'search_stock' },
  agents: { path: () => '/agents', ready: 'procurement-agent' },
  tools: { path: () => '/agents?tab=tools', ready: 'save_memory' },
  agent: { path: () => '/agents/asst_helpdesk_07', ready: 'changed, same version' },
  rules: { path: () => '/rules', ready: 'leaked-secret' },
  coverage: { path: () => '/rules?tab=coverage', ready: 'ASI06' },
  rule: { path: () => '/rules/tainted-tool-call', ready: 'Last runs' },
  sql: { path: () => '/sql', ready: 'otel_traces' },
  users: { path: () => '/admin', ready: 'Nobody signs in as a person yet' },
  account: { path: () => '/account', ready: 'Broken glass in the org' },
  tokens: { path: () => '/admin?tab=tokens', ready: 'Make a token' },
  audit: { path: () => '/admin?tab=audit', ready: 'latest entries' },
  'no spans yet': { path: () => '/sessions?from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z', ready: 'Vercel AI SDK' },
};

describe.skipIf(!hasChromium)('every page', () => {
  for (const dark of [false, true]) {
    it(`has no violation of WCAG 2.2 AA that axe knows, asks no other host and reports no error, ${dark ? 'dark' : 'light'}`, async () => {
      const { page, problems, hosts, close } = await open('/overview', { dark });
      const found: string[] = [];
      for (const [name, { path, ready }] of Object.entries(PAGES)) {
        await page.goto(`${server.api}${path()}`);
        await page.getByText(ready).first().waitFor();
        await page.waitForLoadState('networkidle').catch(() => undefined);
        found.push(...(await violations(page)).map((violation) => `${name}: ${violation}`));
      }
      expect(found).toEqual([]);
      expect(problems).toEqual([]);
      expect([...hosts]).toEqual([server.api]);
      await close();
    }, 180_000);
  }

  it.each([360, 1_280, 2_560])(
    'fits %i px without scrolling sideways',
    async (width) => {
      const { page, close } = await open('/overview', { width });
      for (const [name, { path, ready }] of Object.entries(PAGES)) {
        await page.goto(`${server.api}${path()}`);
        await page.getByText(ready).first().waitFor();
        const over = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
        expect(over, `${name} at ${width} px`).toBeLessThanOrEqual(0);
      }
      await close();
    },
    120_000,
  );

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

describe.skipIf(!hasChromium)('a session of 10,000 spans', () => {
  it('is drawn with the rows that are seen alone, to its last span', async () => {
    await sendLongSession(server.otlp, 10_000);
    await until(
      async () =>
        (await server.sql("SELECT count() FROM otel_traces FINAL WHERE SessionId = 'long'"))[0]?.[0] === '10000',
      60_000,
      'the long session',
    );
    const { page, close } = await open('/sessions/long');
    await page.getByText('10,000 spans').waitFor();
    const waterfall = page.getByRole('region', { name: 'Spans over time' });
    await waterfall.getByText('step-0', { exact: true }).waitFor();
    expect(await waterfall.locator('.wf-line').count()).toBeLessThan(100);
    await waterfall.hover();
    await page.mouse.wheel(0, 400_000);
    // The last child of the last child: the tree is in order of depth.
    await waterfall.getByText('step-1110', { exact: true }).waitFor();
    expect(await waterfall.locator('.wf-line').count()).toBeLessThan(100);
    await close();
  }, 120_000);
});

describe.skipIf(!hasChromium)('on call', () => {
  it('signs in with a token, works through the inbox by keyboard and leaves a note', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${server.api}/alerts`);
    await page.getByLabel('API token').fill('spw_wrong');
    await page.getByRole('button', { name: 'Sign in with the token' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByLabel('API token').fill(server.adminToken);
    await page.getByRole('button', { name: 'Sign in with the token' }).click();
    await page.getByText('asst_helpdesk_07').first().waitFor();
    const cookies = await context.cookies();
    expect(cookies.map(({ httpOnly, sameSite }) => ({ httpOnly, sameSite }))).toEqual([
      { httpOnly: true, sameSite: 'Strict' },
    ]);

    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await page.getByText('1 selected').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Runbook' }).waitFor();
    await page.keyboard.press('a');
    await page.getByText('acknowledged', { exact: true }).first().waitFor();
    await page.getByLabel('Note').fill('on it <img src=x onerror=alert(1)>');
    await page.getByRole('button', { name: 'Add' }).click();
    await page.getByText('on it <img src=x onerror=alert(1)>').waitFor();
    await context.close();
  });

  it('sees an alert change while the page is open', async () => {
    const { page, close } = await open('/alerts');
    await page.getByText('Live').waitFor();
    const alert = alertOf('step-count-blowup');
    await page.getByText('asst_inventory_03').first().waitFor();
    await fetch(`${server.api}/api/v1/alerts/${alert.id}/close`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.adminToken}`, 'content-type': 'application/json' },
      body: '{"reason":"benign"}',
    });
    await page.getByText('asst_inventory_03').first().waitFor({ state: 'detached' });
    await close();
  });
});

describe.skipIf(!hasChromium)('a security engineer', () => {
  it('follows outside content into memory, and finds the session by its redaction token', async () => {
    const { page, close } = await open(`${sessionPath('external-to-memory-write')}?tab=provenance`);
    const row = page.getByRole('row').filter({ hasText: 'fetch_page' }).filter({ hasText: 'memory' });
    const token = await row.locator('.token').first().textContent();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill(token!);
    await page.getByRole('option').filter({ hasText: 'poisoned-supplier-page' }).click();
    await page.getByText('save_memory').first().waitFor();
    await close();
  });

  it('reads what a rule looks for and how it fares', async () => {
    const { page, close } = await open('/rules');
    await page.getByRole('link', { name: "Outside content was written to an agent's memory" }).click();
    await page.getByText('UntrustedRefs').first().waitFor();
    await page.getByRole('img', { name: /runs, 0 failed/ }).waitFor();
    await close();
  });
});

describe.skipIf(!hasChromium)('an analyst', () => {
  it('asks in SQL with a parameter, sees rows and a chart, and where a refused query is wrong', async () => {
    const { page, close } = await open(
      `/sql?q=${encodeURIComponent("SELECT ToolName, count() AS calls FROM otel_traces FINAL WHERE AgentId = {agent: String} AND ToolName != '' GROUP BY ToolName ORDER BY calls DESC")}`,
    );
    await page.getByLabel('agent String').fill('trip-planner');
    await page.getByRole('button', { name: /^Run/ }).click();
    await page.getByText('search_trains').waitFor();
    await page.getByRole('tab', { name: 'Chart' }).click();
    await page.getByRole('img', { name: 'Result as chart' }).locator('canvas').waitFor();
    await page.getByRole('textbox', { name: 'SQL query' }).fill('SELECT * FROM system.users');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').textContent()).toMatch(/Request/);
    await close();
  });

  it('sees no content without the right to it', async () => {
    const made = await fetch(`${server.api}/api/v1/tokens`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.adminToken}`, 'content-type': 'application/json' },
      body: '{"role":"analyst","name":"reader"}',
    });
    const { token } = (await made.json()) as { token: string };
    const { page, close } = await open(sessionPath('external-to-memory-write'), { token });
    await page.getByText('No text is shown to you').first().waitFor();
    expect(await page.getByText('Kestrel').count()).toBe(0);
    expect(await page.getByRole('link', { name: 'Admin' }).count()).toBe(0);
    await close();
  });
});

describe.skipIf(!hasChromium)('a leader', () => {
  it('reads the figures, and each opens its list and its query', async () => {
    const { page, close } = await open('/overview');
    await page.getByRole('region', { name: 'Sessions', exact: true }).getByRole('link', { name: /^\d+$/ }).waitFor();
    await page.getByRole('link', { name: 'Query behind Agents' }).click();
    await page.getByRole('button', { name: /^Run/ }).click();
    await page.getByRole('cell', { name: 'trip-planner' }).waitFor();
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
