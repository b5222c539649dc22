/** Names that stand for a vendor of models, and the one name (of gen_ai.provider.name) that they are counted under. */
const PROVIDERS: ReadonlyMap<string, string> = new Map([
  ['anthropic', 'anthropic'],
  ['openai', 'openai'],
  ['azureopenai', 'azure.ai.openai'],
  ['azureaiopenai', 'azure.ai.openai'],
  ['azaiopenai', 'azure.ai.openai'],
  ['azureaiinference', 'azure.ai.inference'],
  ['azaiinference', 'azure.ai.inference'],
  ['azure', 'azure.ai.inference'],
  ['aws', 'aws.bedrock'],
  ['amazon', 'aws.bedrock'],
  ['awsbedrock', 'aws.bedrock'],
  ['amazonbedrock', 'aws.bedrock'],
  ['bedrock', 'aws.bedrock'],
  ['gemini', 'gcp.gemini'],
  ['gcpgemini', 'gcp.gemini'],
  ['googlegenerativeai', 'gcp.gemini'],
  ['google', 'gcp.gen_ai'],
  ['gcpgenai', 'gcp.gen_ai'],
  ['vertexai', 'gcp.vertex_ai'],
  ['gcpvertexai', 'gcp.vertex_ai'],
  ['googlevertex', 'gcp.vertex_ai'],
  ['googlevertexai', 'gcp.vertex_ai'],
  ['mistral', 'mistral_ai'],
  ['mistralai', 'mistral_ai'],
  ['moonshot', 'moonshot_ai'],
  ['moonshotai', 'moonshot_ai'],
  ['xai', 'x_ai'],
  ['grok', 'x_ai'],
  ['watsonx', 'ibm.watsonx.ai'],
  ['ibmwatsonxai', 'ibm.watsonx.ai'],
  ['cohere', 'cohere'],
  ['deepseek', 'deepseek'],
  ['groq', 'groq'],
  ['perplexity', 'perplexity'],
  ['meta', 'meta'],
  ['ai21', 'ai21'],
  ['ollama', 'ollama'],
  ['together', 'together_ai'],
  ['togetherai', 'together_ai'],
  ['fireworks', 'fireworks'],
  ['cerebras', 'cerebras'],
  ['openrouter', 'openrouter'],
  ['replicate', 'replicate'],
  ['huggingface', 'hugging_face'],
  ['alephalpha', 'aleph_alpha'],
]);

/** Frameworks that write their own name where the vendor's belongs. */
const FRAMEWORKS: ReadonlyMap<string, string> = new Map([
  ['strandsagents', 'strands'],
  ['langchain', 'langchain'],
  ['langgraph', 'langgraph'],
  ['crewai', 'crewai'],
  ['autogen', 'autogen'],
  ['llamaindex', 'llama_index'],
  ['pydanticai', 'pydantic_ai'],
]);

const MAX_VENDOR_LENGTH = 64;

function folded(name: string): string {
  return name.length > MAX_VENDOR_LENGTH ? '' : name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/**
 * The vendor of a model under its one name; a name nobody here knows as it was sent, '' for a framework. The API behind it is
 * cut off (`openai.chat`, `anthropic.messages`).
 */
export function providerName(name: string): string {
  if (FRAMEWORKS.has(folded(name))) return '';
  return PROVIDERS.get(folded(name)) ?? PROVIDERS.get(folded(name.split('.', 1)[0] ?? '')) ?? name;
}

/** The framework that stands where a vendor's name belongs; '' when none does. */
export function frameworkName(name: string): string {
  return FRAMEWORKS.get(folded(name)) ?? '';
}

/**
 * True when `text` is clearly a prompt and no vendor's name. `llm.system` is the vendor by its convention, yet some senders
 * write the system prompt there: only several words, or a sentence, are taken for one.
 */
export function isPromptText(text: string): boolean {
  const trimmed = text.trim();
  if (PROVIDERS.has(folded(trimmed)) || FRAMEWORKS.has(folded(trimmed))) return false;
  if (trimmed.length > MAX_VENDOR_LENGTH && trimmed.includes(' ')) return true;
  const words = trimmed.split(/\s+/, 5).length;
  return words >= 4 || (words >= 2 && '.!?:'.includes(trimmed.at(-1) ?? ' '));
}
