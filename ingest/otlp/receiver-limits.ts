import type { BodyLimits } from './read-body.ts';

export interface ReceiverLimits extends BodyLimits {
  /** Of all requests in flight together, from the first byte of their bodies until they are answered. */
  readonly maxInFlightBytes: number;
  readonly maxConnections: number;
  /**
   * Of one message over gRPC, before and after decompression. Smaller than a body: nothing tells a message's length before it is
   * read, so as many are read side by side as fit into maxInFlightBytes at their largest.
   */
  readonly maxGrpcMessageBytes: number;
  /** For the whole request to come in; bounds slow senders. */
  readonly requestTimeoutMs: number;
  readonly headersTimeoutMs: number;
  /** How long a connection may be idle; longer than exporters pause between batches. */
  readonly keepAliveTimeoutMs: number;
}

const MIB = 1024 * 1024;

export const DEFAULT_RECEIVER_LIMITS: ReceiverLimits = {
  maxBodyBytes: 64 * MIB,
  maxInflatedBytes: 64 * MIB,
  maxInFlightBytes: 256 * MIB,
  maxConnections: 4_096,
  maxGrpcMessageBytes: 16 * MIB,
  requestTimeoutMs: 60_000,
  headersTimeoutMs: 10_000,
  keepAliveTimeoutMs: 75_000,
};
