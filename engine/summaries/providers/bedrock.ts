import {
  BedrockRuntimeClient,
  ConverseCommand,
  type ConverseCommandInput,
  type ConverseCommandOutput,
} from '@aws-sdk/client-bedrock-runtime';
import { askedPauseMs, type FailureReason, ModelFailure, reasonOfStatus } from './model-failure.ts';
import type { ModelAnswer, ModelProvider, ModelRequest, ProviderSettings } from './model-provider.ts';

/**
 * AWS Bedrock by its Converse API. The answer's form is the input of a tool that the model must call; nothing executes it. Bedrock
 * keeps no prompts unless an account turns on its invocation log, so there is no flag to send.
 */
export function bedrock({ apiKey, baseUrl, region }: ProviderSettings): ModelProvider {
  const client = new BedrockRuntimeClient({
    region,
    maxAttempts: 1,
    ...(baseUrl && { endpoint: baseUrl }),
    ...credentialsOf(apiKey),
  });
  return {
    kind: 'bedrock',
    complete: async (request, signal) => {
      let output: ConverseCommandOutput;
      try {
        output = await client.send(new ConverseCommand(inputOf(request)), { abortSignal: signal });
      } catch (error) {
        throw failureOf(error);
      }
      return answerOf(output, request);
    },
  };
}

/** A key is `<access key id>:<secret access key>` or a Bedrock API key; without one the machine's AWS credentials are used. */
function credentialsOf(apiKey: string) {
  if (apiKey === '') return {};
  const pair = /^([A-Z0-9]{16,128}):(.{16,256})$/.exec(apiKey);
  return pair
    ? { credentials: { accessKeyId: pair[1]!, secretAccessKey: pair[2]! } }
    : { token: { token: apiKey }, authSchemePreference: ['httpBearerAuth'] };
}

function inputOf(request: ModelRequest): ConverseCommandInput {
  const json = JSON.parse(JSON.stringify(request.schema));
  return {
    modelId: request.model,
    system: [{ text: request.instructions }],
    messages: [{ role: 'user', content: [{ text: request.data }] }],
    inferenceConfig: { maxTokens: request.maxOutputTokens },
    toolConfig: {
      tools: [{ toolSpec: { name: request.schemaName, description: 'Takes the answer.', inputSchema: { json } } }],
      toolChoice: { tool: { name: request.schemaName } },
    },
  };
}

function answerOf(
  { output, stopReason, usage }: ConverseCommandOutput,
  { model, schemaName }: ModelRequest,
): ModelAnswer {
  const use =
    usage?.inputTokens === undefined || usage.outputTokens === undefined
      ? undefined
      : { inputTokens: usage.inputTokens, outputTokens: usage.outputTokens };
  if (stopReason === 'guardrail_intervened' || stopReason === 'content_filtered') {
    throw new ModelFailure('refused', { use, uncounted: true });
  }
  const called = output?.message?.content?.find((block) => block.toolUse?.name === schemaName)?.toolUse;
  if (called === undefined || stopReason === 'max_tokens')
    throw new ModelFailure('unreadable', { use, uncounted: true });
  return { text: JSON.stringify(called.input ?? null), model, use };
}

const REASONS: Readonly<Record<string, FailureReason>> = {
  ThrottlingException: 'throttled',
  ModelNotReadyException: 'throttled',
  AccessDeniedException: 'misconfigured',
  ResourceNotFoundException: 'misconfigured',
  UnrecognizedClientException: 'misconfigured',
  CredentialsProviderError: 'misconfigured',
  // Thrown while an answer is read: it was cut off, or no JSON.
  SyntaxError: 'unreadable',
};

interface SdkError {
  readonly name?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
}

function failureOf(error: unknown): ModelFailure {
  const { name = '', $metadata, $response } = Object(error) as SdkError;
  const status = $metadata?.httpStatusCode ?? 0;
  const reason = REASONS[name] ?? (status >= 400 ? reasonOfStatus(status) : 'unavailable');
  const retryAfterMs = askedPauseMs((header) => $response?.headers?.[header]);
  return new ModelFailure(reason, { retryAfterMs, uncounted: status < 400 && reason !== 'misconfigured' });
}
