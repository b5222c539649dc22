import type { RedactionRule } from '../redaction-rule.ts';
import { END, notSample, randomLike } from './checks.ts';

/** Model providers and the tools around them. Formats from the vendors' documentation. */
export const AI_PROVIDER_RULES: readonly RedactionRule[] = [
  {
    id: 'anthropic-key',
    kind: 'ANTHROPIC_KEY',
    title: 'Anthropic API or admin key, Claude OAuth token',
    class: 'secret',
    confidence: 'format',
    keywords: ['sk-ant-'],
    match: { pattern: 'sk-ant-[a-z]{2,8}\\d{2}-[A-Za-z0-9_-]{32,128}' },
    check: notSample,
    examples: ['sk-ant-api03-{url:93}AA', 'sk-ant-admin01-{url:93}AA', 'sk-ant-oat01-{url:95}'],
    nearMisses: ['sk-ant-api03-...', 'sk-ant-'],
  },
  {
    id: 'openai-key',
    kind: 'OPENAI_KEY',
    title: 'OpenAI API key',
    class: 'secret',
    confidence: 'format',
    keywords: ['sk-proj-', 'sk-svcacct-', 'sk-admin-', 'sk-none-', 't#blbkfj'],
    match: {
      find: (text, at, _end, from, to, found) => {
        const start = text.charCodeAt(at) === 84 || text.charCodeAt(at) === 116 ? text.lastIndexOf('sk-', at) : at;
        if (start < from || at - start > 120) return false;
        OPENAI_KEY.lastIndex = start;
        if (!OPENAI_KEY.test(text) || OPENAI_KEY.lastIndex > to) return false;
        found.start = start;
        found.end = OPENAI_KEY.lastIndex;
        return true;
      },
    },
    anywhere: true,
    check: notSample,
    examples: [
      'sk-proj-{url:74}T3BlbkFJ{url:74}',
      'sk-{b62:20}T3BlbkFJ{b62:20}',
      'sk-svcacct-{url:58}T3BlbkFJ{url:58}',
      'sk-proj-{url:48}',
    ],
    nearMisses: ['sk-proj-demo', 'T3BlbkFJ', 'risk-project-plan-for-the-coming-quarter-and-the-one-after-that'],
  },
  {
    id: 'sk-key',
    kind: 'API_KEY',
    title: 'API key with the prefix sk- that several model providers use',
    class: 'secret',
    confidence: 'shape',
    keywords: ['sk-'],
    match: {
      pattern: `sk-(?:or-v\\d-|lf-|[a-z]{1,8}-)?[A-Za-z0-9]{32,80}${END}|sk-lf-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}`,
    },
    check: randomLike(3.2),
    examples: ['sk-{b62:40}', 'sk-or-v1-{hex:64}', 'sk-lf-{hex:8}-{hex:4}-{hex:4}-{hex:4}-{hex:12}', 'sk-{hex:32}'],
    nearMisses: ['sk-learn', 'task-{b62:40}', 'sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'],
  },
  {
    id: 'hugging-face-token',
    kind: 'HUGGING_FACE_TOKEN',
    title: 'Hugging Face access token',
    class: 'secret',
    confidence: 'format',
    keywords: ['hf_', 'api_org_'],
    match: { pattern: `(?:hf_|api_org_)[A-Za-z0-9]{34,40}${END}` },
    check: randomLike(3),
    examples: ['hf_{b62:34}', 'api_org_{b62:34}'],
    nearMisses: ['hf_hub_download', 'hf_{b62:12}', 'hf_transformersmodelwithaverylongnamethatgoeson'],
  },
  {
    id: 'groq-key',
    kind: 'GROQ_KEY',
    title: 'Groq API key',
    class: 'secret',
    confidence: 'format',
    keywords: ['gsk_'],
    match: { pattern: `gsk_[A-Za-z0-9]{52}${END}` },
    examples: ['gsk_{b62:52}'],
    nearMisses: ['gsk_model'],
  },
  {
    id: 'xai-key',
    kind: 'XAI_KEY',
    title: 'xAI API key',
    class: 'secret',
    confidence: 'format',
    keywords: ['xai-'],
    match: { pattern: `xai-[A-Za-z0-9]{70,90}${END}` },
    examples: ['xai-{b62:80}'],
    nearMisses: ['xai-grok-beta'],
  },
  {
    id: 'perplexity-key',
    kind: 'PERPLEXITY_KEY',
    title: 'Perplexity API key',
    class: 'secret',
    confidence: 'format',
    keywords: ['pplx-'],
    match: { pattern: `pplx-[A-Za-z0-9]{48,56}${END}` },
    examples: ['pplx-{b62:48}'],
    nearMisses: ['pplx-7b-online'],
  },
  {
    id: 'replicate-token',
    kind: 'REPLICATE_TOKEN',
    title: 'Replicate API token',
    class: 'secret',
    confidence: 'format',
    keywords: ['r#_'],
    match: { pattern: `r8_[A-Za-z0-9]{37}${END}` },
    check: randomLike(3),
    examples: ['r8_{b62:37}'],
    nearMisses: ['r8_model', 'r2_bucket'],
  },
  {
    id: 'langsmith-key',
    kind: 'LANGSMITH_KEY',
    title: 'LangSmith API key',
    class: 'secret',
    confidence: 'format',
    keywords: ['lsv#_'],
    match: { pattern: 'lsv2_(?:pt|sk)_[a-f0-9]{32}_[a-f0-9]{10}' },
    examples: ['lsv2_pt_{hex:32}_{hex:10}'],
    nearMisses: ['lsv2_pt_x'],
  },
  {
    id: 'tavily-key',
    kind: 'TAVILY_KEY',
    title: 'Tavily API key',
    class: 'secret',
    confidence: 'format',
    keywords: ['tvly-'],
    match: { pattern: `tvly-(?:dev-|prod-)?[A-Za-z0-9]{32,48}${END}` },
    examples: ['tvly-{b62:32}', 'tvly-dev-{b62:32}'],
    nearMisses: ['tvly-search'],
  },
];

const OPENAI_KEY =
  /sk-(?:(?:proj|svcacct|admin|None)-[A-Za-z0-9_-]{40,200}|[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}|[A-Za-z0-9_-]{20,80}T3BlbkFJ[A-Za-z0-9_-]{20,80})/y;
