import type { ToolCategory, ToolDirection } from '../security-context.ts';
import { type WordPattern, wordPattern } from './word-pattern.ts';

const STORE =
  'save|store|add|write|update|upsert|insert|append|put|set|record|persist|commit|create|edit|replace|learn';
const REMOVE = 'delete|remove|forget|clear|erase|purge';
const SHARE = 'publish|share|post|push|ingest|index|embed|upload|merge|archive';
const MEMORY = 'memory|mem|memo|vectorstore|vectordb|knowledge|kb|wiki|scratchpad|archival';
const VECTORS = 'vector|embedding|pinecone|chroma|chromadb|weaviate|qdrant|milvus|faiss|pgvector';
const CODE = 'code|command|cmd|script|python|bash|shell|terminal|program|notebook|cell|javascript|js|node|test';
const SEARCH_ENGINES = 'google|bing|brave|duckduckgo|ddg|tavily|serper|exa|perplexity';

/**
 * Words of tool names for each category, in the original's order of precedence: its keywords, matched as whole words and, where
 * one says too little ("execute", "request", "index"), only together with a word that makes it clear.
 */
const NAME_WORDS = compile([
  // What writes memory does so whatever it remembers: save_email_to_memory.
  ['memory_write', ['remember|memorize|memorise', `${STORE}|${REMOVE} + memory`, 'save context']],
  [
    'code_execution',
    [
      'bash|powershell|subprocess|repl|interpreter|exec|kubectl|ssh|runcode|runcommand',
      'shell + command|tool|cmd',
      `run|execute|eval + ${CODE}`,
      'evaluate + script|javascript|js|code|python',
      'python + tool|sandbox|executor|runner|ast',
      'code|command interpreter|runner|execution|executor|sandbox',
      'compile + code|program|source|project',
      'browser evaluate',
    ],
  ],
  ['email', ['email|mail|gmail|smtp|imap|inbox|mailbox|mailer|sendemail|sendmail']],
  [
    'external_api',
    [
      'http|curl|wget|webhook|rss|url',
      'scrape|scraper|crawl|crawler|browse|browser|navigate|puppeteer|playwright|selenium',
      'page text|content|source',
      'web|website|webpage|websearch|webfetch|internet|www',
      'request get|post|put|patch|delete|head',
      'get|post|send|make|api|call|rest request',
      'call|invoke api',
      `${SEARCH_ENGINES} search`,
      `search ${SEARCH_ENGINES}`,
      'wikipedia|arxiv|pubmed|hackernews|duckduckgo|tavily|serpapi',
      'fetch + page|html|content|data|json|article|site|feed|resource|news|headline',
      'get|read|open|search + html|news|article|headline',
    ],
  ],
  [
    'file_system',
    [
      'file|filesystem|fs|directory|dir|folder|disk|filename|readfile|writefile',
      'rm|mv|cp|mkdir|chmod|chown',
      'apply patch',
      'save|write|read|open attachment',
    ],
  ],
  [
    'memory_write',
    [
      'upsert',
      `${STORE}|${REMOVE}|${SHARE} + ${MEMORY}`,
      `${STORE}|${REMOVE}|${SHARE} + ${VECTORS}`,
      'add|insert|ingest|index|embed|store document|doc|chunk|text|content|page|corpus',
      'save|store|remember|write|record|take|keep|add + note|fact|preference|insight|lesson|observation|episode',
    ],
  ],
  [
    'memory_read',
    [
      'recall',
      MEMORY,
      `${VECTORS}|rag|retriever`,
      'search|query|retrieve|lookup|find|load + document|doc|corpus|context|history|conversation|note|fact|passage',
    ],
  ],
  [
    'human_interaction',
    [
      'human|hitl|approval',
      'ask user|question|operator|customer|clarification|permission|expert',
      'ask|request|get|await|wait|require + confirmation|consent',
      'confirm user|with|action|request|step|plan|proceed|execution',
      'user|operator input|confirmation|consent',
    ],
  ],
]);

/** Phrases of descriptions, articles left out. Weak: asked only when the name says nothing. */
const DESCRIPTION_PHRASES = compile([
  ['code_execution', ['execute|run|evaluate shell|bash|python|javascript|arbitrary|code|terminal', 'shell command']],
  ['email', ['send|read|write|compose|forward|reply|fetch email|mail', 'email message|inbox']],
  [
    'external_api',
    [
      'web page|search|site|browser',
      'search|browse web|internet',
      'http request',
      'fetch|open|visit|scrape url|website',
    ],
  ],
  ['file_system', ['read|write|create|delete|edit|list|open file|directory|folder']],
  [
    'memory_write',
    [
      'save|store|write|add|persist + to|in|into memory',
      'save|store|persist|remember + long term memory',
      'save|store|remember + future conversation|session',
      'add|insert|upsert|write|store + vectorstore|vectordb',
      'add|write|store|publish + knowledge base',
    ],
  ],
  ['memory_read', ['from memory', 'search|query memory|knowledge', 'knowledge base', 'vectorstore|vectordb']],
  ['human_interaction', ['ask user|human', 'human|user approval|confirmation|review']],
]);

/** Pairs that mean something else together than either word does alone: taken out, or read as the one word given. */
const PAIRS: ReadonlyMap<string, string> = new Map([
  ...'usage leak limit profile profiler pressure stat info'.split(' ').map((word) => [`memory ${word}`, ''] as const),
  ...'address format'.split(' ').map((word) => [`email ${word}`, ''] as const),
  ...'signed presigned upload share'.split(' ').map((word) => [`${word} url`, ''] as const),
  ...'active employee company staff'.split(' ').map((word) => [`${word} directory`, ''] as const),
  ...'ticket complaint claim report bug tax'.split(' ').map((word) => [`file ${word}`, 'submit'] as const),
  ['free memory', ''],
  ['human resource', ''],
  ['human readable', ''],
  ['exec summary', ''],
  ['vector graphic', ''],
  ['note to', ''],
  ['vector store', 'vectorstore'],
  ['vector database', 'vectordb'],
  ['vector db', 'vectordb'],
  ['look up', 'lookup'],
  ['duck go', 'duckduckgo'],
]);

const RETRIEVAL = wordPattern('search|query|retrieve|lookup|recall');
const OUTSIDE = [
  wordPattern(
    'message|comment|review|issue|ticket|attachment|feed|tweet|thread|download|inbound|transcript|submission|pr',
  ),
  wordPattern('pull request'),
  wordPattern('channel|chat history'),
];
const ARTICLES = new Set(['a', 'an', 'the', 'any', 'some', 'your', 'given']);

/** Category that the words of a tool's name tell; undefined when they tell none. What only brings in writes no memory. */
export function categoryOfWords(words: readonly string[], direction: ToolDirection): ToolCategory | undefined {
  return firstMatch(NAME_WORDS, words, (category) => category !== 'memory_write' || direction !== 'input');
}

/** Category that the words of a tool's description tell; undefined when they tell none. */
export function categoryOfDescription(words: readonly string[]): ToolCategory | undefined {
  if (words.length === 0) return undefined;
  return firstMatch(DESCRIPTION_PHRASES, plainWords(words.filter((word) => !ARTICLES.has(word))));
}

/** The name only says that something is looked up. */
export function isRetrieval(words: readonly string[]): boolean {
  return RETRIEVAL(plainWords(words));
}

/** The name speaks of things whose text people outside write, wherever it is stored. */
export function speaksOfOutside(words: readonly string[]): boolean {
  return OUTSIDE.some((matches) => matches(words));
}

/**
 * The words without misleading pairs ("memory usage", "human resources") and without the key of a lookup: in
 * `get_user_by_email` no mail is read.
 */
export function plainWords(words: readonly string[]): string[] {
  const by = words.indexOf('by', 1);
  const named = by === -1 ? words : words.slice(0, by);
  const plain: string[] = [];
  for (let at = 0; at < named.length; at++) {
    const meaning = PAIRS.get(`${named[at]} ${named[at + 1]}`);
    if (meaning === undefined) {
      plain.push(named[at]!);
      continue;
    }
    if (meaning !== '') plain.push(meaning);
    at++;
  }
  return plain;
}

type CategoryPatterns = readonly { readonly category: ToolCategory; readonly patterns: readonly WordPattern[] }[];

function compile(table: readonly (readonly [ToolCategory, readonly string[]])[]): CategoryPatterns {
  return table.map(([category, patterns]) => ({ category, patterns: patterns.map(wordPattern) }));
}

function firstMatch(
  table: CategoryPatterns,
  words: readonly string[],
  allowed: (category: ToolCategory) => boolean = () => true,
): ToolCategory | undefined {
  return table.find(({ category, patterns }) => allowed(category) && patterns.some((matches) => matches(words)))
    ?.category;
}
