/** Who an agent is, for every span of it. */
export interface AgentTags {
  /** Stable over releases; alerts and prompt drift go by it. */
  readonly id: string;
  readonly name: string;
  /** A prompt that changes together with the version is a release and no drift. '' when not said. */
  readonly version: string;
  /** Its instructions as they are. Hashed in the process, redacted before they are sent. '' when not said. */
  readonly systemPrompt: string;
}
