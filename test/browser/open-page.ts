import type { Browser, Page } from 'playwright-core';
import type { RunningServer } from '../running-server.ts';
import { signedIn } from './browser.ts';

interface OpenedPage {
  readonly page: Page;
  /** Errors that the page reported. */
  readonly problems: string[];
  /** Whom it asked. */
  readonly hosts: ReadonlySet<string>;
  close(): Promise<void>;
}

/** A page that is signed in, by default as the admin, and what goes wrong on it. */
export async function openPage(
  browser: Browser,
  server: Pick<RunningServer, 'api' | 'adminToken'>,
  path: string,
  { token = server.adminToken, ...window }: Parameters<typeof signedIn>[3] & { token?: string } = {},
): Promise<OpenedPage> {
  const context = await signedIn(browser, server.api, token, window);
  const page = await context.newPage();
  const problems: string[] = [];
  const hosts = new Set<string>();
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  page.on('request', (request) => hosts.add(new URL(request.url()).origin));
  await page.goto(`${server.api}${path}`);
  return { page, problems, hosts, close: () => context.close() };
}
