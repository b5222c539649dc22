import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasChromium, launchBrowser, openWindow } from './browser.ts';
import { demoServer } from './demo-server.ts';
import { openPage } from './open-page.ts';
import { toolCall } from './tool-call.ts';

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

const RULE = `name: Wiped disks
description: An agent called a tool that wipes a disk, which none of ours has any business with.
severity: high
risk_score: 60
status: stable
version: 1
entity: session
threat: [{ framework: OWASP LLM, version: "2025", technique: [LLM06] }]
runbook: Look at the session, ask its user what was wiped, and take the tool away from the agent.
false_positives: [Scratch disks of a test bench.]
kind: threshold
title: "A disk was wiped {reached} times in {entity}"
where: ToolName = 'wipe_disk'
threshold: { at_least: 2 }
`;
const RULE_TESTS = `- name: fires on two wipes
  spans: [{ id: cause, kind: tool, tool: wipe_disk, repeat: 2 }]
  expect: [{ title: A disk was wiped }]
- name: quiet on another tool
  spans: [{ kind: tool, tool: list_disks, repeat: 2 }]
  expect: []
`;

describe.skipIf(!hasChromium)('on call', () => {
  it('signs in with a token, works through the inbox by keyboard and leaves a note', async () => {
    const context = await openWindow(browser);
    const page = await context.newPage();
    // One rule's alone: which alert is the first of all depends on which rule ran first.
    await page.goto(`${server.api}/alerts?rule=external-to-memory-write`);
    await page.getByLabel('API token').fill('spw_wrong');
    await page.getByRole('button', { name: 'Sign in with the token' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByLabel('API token').fill(server.adminToken);
    await page.getByRole('button', { name: 'Sign in with the token' }).click();
    await page.getByRole('table', { name: 'Alerts' }).getByText('external-to-memory-write').waitFor();
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
    const { page, close } = await openPage(browser, server, '/alerts');
    await page.getByText('Live').waitFor();
    const alert = server.alertOf('step-count-blowup');
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
  it('writes a rule, tests and backtests it, and it alerts; on call sees that live, follows the evidence, acknowledges and silences', async () => {
    await server.send([toolCall('yesterday', 'wipe_disk', 2)]);
    const engineer = await openPage(browser, server, '/rules');
    const { page } = engineer;
    await page.getByRole('link', { name: 'New rule' }).click();
    await page.getByLabel('Name').fill('Wiped disks');
    await page.getByLabel('Id').fill('wiped-disks');
    await page.getByLabel('Severity').selectOption('high');
    await page.getByRole('button', { name: 'Begin' }).click();
    const rule = page.getByRole('textbox', { name: 'Rule' });
    await rule.waitFor();
    await page.getByRole('button', { name: 'Lint and test' }).click();
    await page.getByText('needs at least one test').waitFor();
    await rule.fill(RULE);
    await page.getByRole('tab', { name: 'Tests' }).click();
    await page.getByRole('textbox', { name: 'Tests' }).fill(RULE_TESTS);
    await page.getByRole('button', { name: 'Lint and test' }).click();
    await page.getByText('2 tests passed').waitFor();
    await page.getByRole('button', { name: 'Backtest' }).click();
    await page.getByRole('img', { name: 'Findings a day' }).locator('canvas').waitFor();
    await page.getByRole('button', { name: 'Save and run' }).click();
    await page.getByText('your org’s own').waitFor();

    const onCall = await openPage(browser, server, '/alerts');
    await onCall.page.getByText('Live').waitFor();
    await server.send([toolCall('now', 'wipe_disk', 3)]);
    await onCall.page.getByText('A disk was wiped').first().waitFor();
    await onCall.page.getByRole('link', { name: 'A disk was wiped' }).first().click();
    await onCall.page.getByRole('link', { name: 'Open the session' }).click();
    await onCall.page.getByText('wipe_disk').first().waitFor();
    await onCall.page.goBack();
    await onCall.page.getByRole('button', { name: 'Acknowledge' }).click();
    await onCall.page.getByText('acknowledged', { exact: true }).first().waitFor();
    await onCall.page.getByRole('link', { name: 'Silence…' }).click();
    await onCall.page.getByLabel('Why').fill('the disks are scratch disks');
    await onCall.page.getByRole('button', { name: 'Silence', exact: true }).click();
    await onCall.page.getByRole('cell', { name: 'the disks are scratch disks' }).waitFor();
    await onCall.close();

    await page.getByRole('button', { name: 'Disable' }).click();
    await page.getByRole('button', { name: 'Really disable?' }).click();
    await page.getByRole('button', { name: 'Enable' }).waitFor();
    await page.getByText('disabled it').waitFor();
    expect(engineer.problems).toEqual([]);
    await engineer.close();
  });

  it('follows outside content into memory, and finds the session by its redaction token', async () => {
    const { page, close } = await openPage(
      browser,
      server,
      `${server.sessionPath('external-to-memory-write')}?tab=provenance`,
    );
    const row = page.getByRole('row').filter({ hasText: 'fetch_page' }).filter({ hasText: 'memory' });
    const token = await row.locator('.token').first().textContent();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill(token!);
    await page.getByRole('option').filter({ hasText: 'poisoned-supplier-page' }).click();
    await page.getByText('save_memory').first().waitFor();
    await close();
  });

  it('reads what a rule looks for and how it fares', async () => {
    const { page, close } = await openPage(browser, server, '/rules');
    await page.getByRole('link', { name: "Outside content was written to an agent's memory" }).click();
    await page.getByRole('textbox', { name: 'Rule' }).getByText('severity').first().waitFor();
    await page.getByRole('img', { name: /runs, 0 failed/ }).waitFor();
    await close();
  });
});

describe.skipIf(!hasChromium)('an analyst', () => {
  it('saves a query with its parameters, opens it again and keeps the result as a file', async () => {
    const query =
      'SELECT ToolName, count() AS calls FROM otel_traces FINAL WHERE AgentId = {agent: String} GROUP BY ToolName';
    const { page, problems, close } = await openPage(browser, server, `/sql?q=${encodeURIComponent(query)}`);
    await page.getByLabel('agent String').fill('trip-planner');
    await page.getByRole('button', { name: 'Save…' }).click();
    await page.getByLabel('Title').fill('Tools of an agent');
    await page.getByLabel('Share it in the org').check();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('shared by').waitFor();
    await page.goto(`${server.api}/sql`);
    const saved = page.getByLabel('Saved queries');
    await saved.locator('option', { hasText: 'Tools of an agent' }).waitFor({ state: 'attached' });
    await saved.selectOption({ label: 'Tools of an agent (shared)' });
    expect(await page.getByLabel('agent String').inputValue()).toBe('trip-planner');
    await page.getByRole('button', { name: /^Run/ }).click();
    await page.getByText('search_trains').waitFor();
    const file = page.waitForEvent('download');
    await page.getByLabel('Download').selectOption('csv');
    expect((await file).suggestedFilename()).toBe('query.csv');
    expect(problems).toEqual([]);
    await close();
  });

  it('is shown the word that a query is refused for', async () => {
    const { page, close } = await openPage(
      browser,
      server,
      `/sql?q=${encodeURIComponent('SELECT 1\nFROM otel_traces\nWHERE NoSuchColumn = 1')}`,
    );
    await page.getByRole('button', { name: /^Run/ }).click();
    await page.getByRole('alert').waitFor();
    expect(await page.locator('.cm-wrong').textContent()).toBe('NoSuchColumn');
    await close();
  });

  it('asks in SQL with a parameter, sees rows and a chart, and where a refused query is wrong', async () => {
    const { page, close } = await openPage(
      browser,
      server,
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
    const { page, close } = await openPage(browser, server, server.sessionPath('external-to-memory-write'), { token });
    await page.getByText('For its author and those who may read content').first().waitFor();
    expect(await page.getByText('Kestrel').count()).toBe(0);
    expect(await page.getByRole('link', { name: 'Admin' }).count()).toBe(0);
    await close();
  });
});

describe.skipIf(!hasChromium)('a leader', () => {
  it('reads the figures, and each opens its list and its query', async () => {
    const { page, close } = await openPage(browser, server, '/overview');
    await page.getByRole('region', { name: 'Sessions', exact: true }).getByRole('link', { name: /^\d+$/ }).waitFor();
    await page.getByRole('link', { name: 'Query behind Agents' }).click();
    await page.getByRole('button', { name: /^Run/ }).click();
    await page.getByRole('cell', { name: 'trip-planner' }).waitFor();
    await close();
  });
});
