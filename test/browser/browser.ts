import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium } from 'playwright-core';

/** Debian's, or the one that is named. */
const EXECUTABLE = process.env['TEST_CHROMIUM'] ?? '/usr/bin/chromium';

export const hasChromium = existsSync(EXECUTABLE);

/** A Chromium with a profile of its own, which asks nobody for anything. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: EXECUTABLE,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

interface Window {
  width?: number;
  height?: number;
  dark?: boolean;
}

/** A window where nobody is signed in. */
export async function openWindow(browser: Browser, options: Window = {}): Promise<BrowserContext> {
  const { width = 1_280, height = 800, dark = false } = options;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
  });
  // A limit for what hangs: a check of a rule brings a store up, and the machine may be busy.
  context.setDefaultTimeout(100_000);
  return context;
}

/** A window that is signed in with an API token, as the sign-in page does it. */
export async function signedIn(
  browser: Browser,
  api: string,
  token: string,
  options: Window = {},
): Promise<BrowserContext> {
  const context = await openWindow(browser, options);
  const answer = await context.request.post(`${api}/api/v1/session`, {
    data: { token },
    headers: { 'x-spanwarden-csrf': '1' },
  });
  if (!answer.ok()) throw new Error(`signing in: HTTP ${answer.status()}`);
  return context;
}
