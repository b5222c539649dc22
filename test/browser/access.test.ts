import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasChromium, launchBrowser, openWindow } from './browser.ts';
import { demoServer } from './demo-server.ts';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const PASSWORD = 'correct horse battery';
const PICTURES = process.env['ACCESS_PICTURES'];

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

async function add(email: string, role: string, userIds: string[] = []): Promise<void> {
  const response = await fetch(`${server.api}/api/v1/users`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ email, role, password: PASSWORD, user_ids: userIds }),
  });
  expect(response.status).toBe(201);
}

async function signIn(email: string, path: string): Promise<Page> {
  const page = await (await openWindow(browser, { dark: true })).newPage();
  await page.goto(`${server.api}${path}`);
  // The part for tokens folds when the server has said which ways there are.
  await page.getByLabel('API token').waitFor();
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await look(page, 'sign-in');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
  return page;
}

/** No violation of WCAG 2.2 AA that axe knows, and a picture where one is asked for. */
async function look(page: Page, name: string): Promise<void> {
  await page.locator('.skeleton').first().waitFor({ state: 'detached' });
  if (PICTURES !== undefined) await page.screenshot({ path: `${PICTURES}/${name}.png` });
  await page.evaluate(await readFile(AXE, 'utf8'));
  const found = await page.evaluate(
    `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] }).then(({ violations }) => violations.map(({ id }) => id))`,
  );
  expect(found, name).toEqual([]);
}

describe.skipIf(!hasChromium)('people', () => {
  it('of security break the glass with a reason, and the author sees it', async () => {
    const alert = server.alerts.find(({ rule_id }) => rule_id === 'external-to-memory-write')!;
    const session = `/sessions/${encodeURIComponent(alert.session_id)}`;
    const [[user]] = (await server.sql('SELECT any(UserId) FROM otel_traces WHERE SessionId = {s: String}', {
      s: alert.session_id,
    })) as [[string]];
    await add('sec@example.org', 'security');
    // The demo's user ids are plain or tokens; only plain ones can be said again.
    await add('author@example.org', 'developer', user === '' || user.startsWith('[') ? [] : [user]);

    const page = await signIn('sec@example.org', session);
    await page.getByRole('button', { name: 'Break the glass' }).click();
    await page.getByLabel('Reason').fill('Incident 7: what did the page say?');
    await look(page, 'break-glass');
    await page.getByRole('button', { name: 'Open', exact: true }).click();
    await page.getByText('Opened by').waitFor();
    await look(page, 'opened');
    await page.goto(`${server.api}/account`);
    await page.getByText('Incident 7: what did the page say?').waitFor();
    await look(page, 'account');
    await page.context().close();
  });

  it('who develop come to their own sessions and to nothing else', async () => {
    await add('dev@example.org', 'developer');
    const page = await signIn('dev@example.org', '/');
    await page.waitForURL('**/sessions');
    const rail = page.getByRole('navigation', { name: 'Main' });
    await rail.getByRole('link', { name: 'Sessions' }).waitFor();
    expect(await rail.getByRole('link', { name: /Alerts|SQL|Admin|Overview/ }).count()).toBe(0);
    await page.context().close();
  });

  it('who administer add others, whose password is shown once', async () => {
    await add('boss@example.org', 'admin');
    const page = await signIn('boss@example.org', '/admin');
    const form = page.getByRole('main');
    await form.getByLabel('E-mail address').fill('new@example.org');
    await form.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByText('The password of').waitFor();
    await page.getByRole('cell', { name: 'new@example.org' }).first().waitFor();
    await look(page, 'users');
    await page.context().close();
  });

  it('who administer erase what they typed twice, and set archive and language models', async () => {
    await add('keeper@example.org', 'admin');
    const page = await signIn('keeper@example.org', '/admin?tab=erasure');
    const erase = page.getByRole('button', { name: 'Erase for good' });
    await page.getByLabel('What', { exact: true }).selectOption('session');
    await page.getByLabel('Which').fill('no-such-session');
    await page.getByLabel('Type it again').fill('no-such-sessio');
    expect(await erase.isDisabled()).toBe(true);
    await page.getByLabel('Type it again').fill('no-such-session');
    await erase.click();
    await page.getByRole('cell', { name: 'A session' }).waitFor();
    await look(page, 'erasure');

    await page.getByRole('link', { name: 'Archive' }).click();
    await page.getByLabel('Archive to').selectOption('folder');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();

    await page.getByRole('link', { name: 'Language models' }).click();
    await page.getByLabel('Model', { exact: true }).fill('gpt-test');
    await page.locator('input[name=key]').fill('sk-never-shown-again');
    await page.getByRole('button', { name: 'Use this provider' }).click();
    await page.getByText('Your own provider, set by').waitFor();
    expect(await page.locator('input[name=key]').inputValue()).toBe('');
    await look(page, 'language-models');
    await page.getByRole('button', { name: 'Go back to the server’s' }).click();
    await page.getByRole('button', { name: /^Really/ }).click();
    await page.getByText('The server’s provider is used').waitFor();
    await page.context().close();
  });
});
