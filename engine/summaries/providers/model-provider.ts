export const PROVIDERS = ['extractive', 'openai', 'azure-openai', 'bedrock', 'openai-compatible'] as const;
export type ProviderKind = (typeof PROVIDERS)[number];

/** One question to a model: fixed instructions of ours, framed data, and the JSON Schema that the answer must have. */
export interface ModelRequest {
  readonly model: string;
  readonly instructions: string;
  readonly data: string;
  /** Letters, digits and `_`. */
  readonly schemaName: string;
  /** An object schema in which every property is required and no other is allowed. */
  readonly schema: Readonly<Record<string, unknown>>;
  readonly maxOutputTokens: number;
}

export interface TokenUse {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export interface ModelAnswer {
  /** Supposed to be JSON of the schema; nobody has checked it. */
  readonly text: string;
  /** The model that answered, by the provider's word. */
  readonly model: string;
  /** Undefined when the provider did not say. */
  readonly use: TokenUse | undefined;
}

/** One provider of models. Sends exactly one request a call: retries, limits and the ledger are the door's. */
export interface ModelProvider {
  readonly kind: ProviderKind;
  /** Throws ModelFailure and nothing else. */
  complete(request: ModelRequest, signal: AbortSignal): Promise<ModelAnswer>;
}

/** How a provider is reached. */
export interface ProviderSettings {
  readonly kind: ProviderKind;
  readonly model: string;
  /** '' for the provider's own address. */
  readonly baseUrl: string;
  /** '' for none; Bedrock then asks the machine's AWS credentials. */
  readonly apiKey: string;
  /** Of Bedrock. */
  readonly region: string;
}
