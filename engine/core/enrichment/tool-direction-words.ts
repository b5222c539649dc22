import type { ToolDirection } from '../security-context.ts';

/** The original's input keywords and their kin: the tool only brings something in. Singular, as name-words.ts makes them. */
const INPUT =
  wordSet(`receive fetch get read check poll listen watch retrieve download pull import load accept search query
  list lookup find browse scrape crawl view open show recall look inspect describe count peek scan visit navigate ask
  select monitor track validate verify reader loader retriever scraper crawler fetcher searcher inbound inbox
  websearch webfetch readfile curl wget`);

/** The original's output keywords and their kin: the tool sends, writes or sets something in motion. */
const OUTPUT =
  wordSet(`send put push publish post emit write create execute exec run invoke trigger dispatch submit export
  transmit deliver forward outbound save store delete remove update upsert insert append add set edit modify patch replace
  rename move copy upload reply respond tweet notify transfer share pay buy reserve delegate lock unlock unblock suspend activate deactivate provision reschedule cancel invite merge commit deploy restart
  kill approve reject grant revoke enable disable assign close reopen remember memorize memorise forget embed ingest click
  fill install uninstall reset rotate evaluate eval compile archive clear erase purge persist learn confirm writer sender
  executor runner publisher interpreter repl bash shell powershell terminal mailer sendemail sendmail writefile rm mv cp
  mkdir chmod`);

/** Verbs that are as often nouns: they count only as the first word, and only when no clear verb follows. */
const OUTPUT_WHEN_FIRST = wordSet(`call email mail message text request order purchase refund issue book schedule
  charge type press file index log record note comment start stop subscribe
  block hold release sign`);

const JOINING = wordSet('and or then');

/**
 * Direction that the words of a tool's name tell: its first verb decides (`get_post_comments` reads, `post_comment` sends), but
 * a name that joins verbs (`check_and_send`, `get_or_create`) sends when any of them does.
 */
export function directionOfWords(words: readonly string[]): ToolDirection {
  if (words.some((word) => JOINING.has(word)) && words.some((word) => OUTPUT.has(word))) return 'output';
  for (const word of words) {
    if (INPUT.has(word)) return 'input';
    if (OUTPUT.has(word)) return 'output';
  }
  if (words[0] !== undefined && OUTPUT_WHEN_FIRST.has(words[0])) return 'output';
  const last = words.at(-1);
  return last === 'handler' || last === 'endpoint' ? 'input' : 'internal';
}

function wordSet(words: string): ReadonlySet<string> {
  return new Set(words.split(/\s+/));
}
