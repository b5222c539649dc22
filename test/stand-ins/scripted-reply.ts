/** What a stand-in for a provider of models is to do with one request. */
export type ScriptedReply =
  /** Answers with this JSON; `use` is left out of the answer when undefined is given for it. */
  | { readonly answer: unknown; readonly use?: { input: number; output: number } | undefined; readonly stop?: string }
  /** Text in the place of the answer's JSON. */
  | { readonly text: string; readonly use?: { input: number; output: number } }
  | { readonly status: number; readonly retryAfter?: string }
  /** cut: breaks off in the middle. garbage: what is no JSON. hang: never answers. endless: never stops. */
  | { readonly fault: 'cut' | 'garbage' | 'hang' | 'endless' | 'refusal' | 'redirect' };

/** What of a request every protocol has. */
export interface SeenRequest {
  readonly model: string;
  readonly instructions: string;
  readonly data: string;
  readonly schemaName: string;
  readonly schema: unknown;
  readonly maxOutputTokens: number;
  /** The key that was shown. */
  readonly key: string;
  /** The whole body as it came. */
  readonly body: string;
}

export type Script = (request: SeenRequest, index: number) => ScriptedReply | Promise<ScriptedReply>;

export interface StandIn {
  readonly url: string;
  /** Every request that was in order, oldest first. */
  readonly requests: SeenRequest[];
  /** What was not in order with the others; none is what a test wants. */
  readonly problems: string[];
  script(next: Script): void;
  stop(): Promise<void>;
}
