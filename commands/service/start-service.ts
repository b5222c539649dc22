import { readConfig } from '../../engine/config/read-config.ts';
import { CodedError } from '../../engine/core/errors.ts';
import type { ServiceOptions } from './service-options.ts';

/** Starts what the options and settings ask for, a gateway or roles; `parts` hears how each part is stopped. */
export async function startService(
  options: ServiceOptions,
  parts: AsyncDisposableStack,
  stopping: AbortSignal,
): Promise<void> {
  const config = readConfig({
    env: process.env,
    file: options.config,
    overrides: {
      data: options.data,
      behind_tls_proxy: options.behindTlsProxy,
      forward_url: options.forward,
      forward_token: options.token,
    },
  });
  if (config.forward_url === undefined) {
    const { startRoles } = await import('./start-roles.ts');
    return startRoles(options, config, parts, stopping);
  }
  if (options.role !== 'ingest')
    throw new CodedError('CONFIG_INVALID', 'forward_url makes a gateway: run spanwarden ingest, or unset it');
  const { startGateway } = await import('./start-gateway.ts');
  return startGateway(config, parts, stopping);
}
