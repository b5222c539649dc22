/** Where alerts go. Settings are free of secrets; those are kept sealed beside them and leave the engine only in use. */
export interface Destination {
  id: string;
  kind: string;
  name: string;
  settings: Record<string, string>;
  /** Name of each secret and its sealed value. */
  secrets: Record<string, string>;
  /** DateTime64(6) text, UTC. Events from here on are the destination's own. */
  created_at: string;
  created_by: string;
}
