import type { Config } from '../../engine/config/settings-schema.ts';
import { listen } from '../../engine/listen.ts';

interface Receiver {
  listen(host: string, port: number): Promise<string>;
  listenGrpc(host: string, port: number): Promise<string>;
}

/** Opens the ports of OTLP and answers their base URLs. */
export async function listenOtlp(receiver: Receiver, config: Config): Promise<{ otlp: string; otlp_grpc: string }> {
  const { host, otlp_port: port } = config;
  const grpcPort = grpcPortOf(config);
  const otlp = await listen({ host, port, setting: 'otlp_port' }, () => receiver.listen(host, port));
  const otlp_grpc = await listen({ host, port: grpcPort, setting: 'otlp_grpc_port' }, () =>
    receiver.listenGrpc(host, grpcPort),
  );
  return { otlp, otlp_grpc };
}

/** Whoever takes any free port for one receiver does not mean a fixed one for the other. */
function grpcPortOf({ otlp_grpc_port, otlp_port }: Pick<Config, 'otlp_grpc_port' | 'otlp_port'>): number {
  return otlp_grpc_port ?? (otlp_port === 0 ? 0 : 4317);
}
