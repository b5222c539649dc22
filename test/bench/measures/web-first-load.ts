/**
 * How long the first page takes in Chromium with an empty cache, from the address to a list of alerts that answers a key; the baseline
 * is the limit that we set ourselves.
 */
import { hasChromium, launchBrowser, signedIn } from '../../browser/browser.ts';
import { demoServer } from '../../browser/demo-server.ts';
import { type Measure, measure, percentile } from '../measure.ts';

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 9);
const LIMIT_MS = 1_500;

export default async function webFirstLoad(): Promise<Measure[]> {
  if (!hasChromium) return [];
  const server = await demoServer();
  const browser = await launchBrowser();
  const times: number[] = [];
  let bytes = 0;
  try {
    // The first round only warms up the browser.
    for (let round = 0; round <= ROUNDS; round++) {
      const context = await signedIn(browser, server.api, server.adminToken);
      const page = await context.newPage();
      bytes = 0;
      page.on('response', (response) => {
        if (!response.url().includes('/api/')) bytes += Number(response.headers()['content-length'] ?? 0);
      });
      const started = performance.now();
      await page.goto(`${server.api}/alerts`, { waitUntil: 'commit' });
      await page.getByText('procurement-agent').first().waitFor();
      await page.keyboard.press('j');
      await page.locator('.line.at').waitFor();
      if (round > 0) times.push(performance.now() - started);
      await context.close();
    }
  } finally {
    await browser.close();
    await server.stop();
  }
  const detail = `median of ${ROUNDS} loads of /alerts, ${Math.round(bytes / 1_000)} kB compressed; baseline: the limit`;
  return [measure('web first load', percentile(times, 0.5), 'ms', LIMIT_MS, detail)];
}
