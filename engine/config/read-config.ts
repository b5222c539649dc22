import { CodedError } from '../core/errors.ts';
import { lackOf } from '../summaries/providers/lack-of.ts';
import { isLoopback } from './is-loopback.ts';
import { providerSettings } from './provider-settings.ts';
import { type ConfigSources, readSettings } from './read-settings.ts';
import type { Config } from './settings-schema.ts';

/** The same for a process that listens: what others can reach must be encrypted. */
export function readConfig(sources: ConfigSources): Config {
  const config = readSettings(sources);
  if ((config.tls_cert === undefined) !== (config.tls_key === undefined)) {
    throw new CodedError('CONFIG_INVALID', 'tls_cert and tls_key go together; set both or neither');
  }
  if ((config.llm_personal_data_url === undefined) !== (config.llm_personal_data_model === undefined)) {
    throw new CodedError(
      'CONFIG_INVALID',
      'llm_personal_data_url and llm_personal_data_model go together; set both or neither',
    );
  }
  if (config.tls_client_ca !== undefined && config.tls_cert === undefined) {
    throw new CodedError(
      'CONFIG_INVALID',
      'tls_client_ca needs tls_cert and tls_key: without TLS nobody shows a certificate',
    );
  }
  const lack = lackOf(providerSettings(config));
  if (lack !== '') throw new CodedError('CONFIG_INVALID', lack);
  if (!isLoopback(config.host) && config.tls_cert === undefined && !config.behind_tls_proxy) {
    throw new CodedError(
      'CONFIG_INVALID',
      `host ${config.host} is reachable from other machines: set tls_cert and tls_key, or --behind-tls-proxy when a proxy ends TLS`,
    );
  }
  checkSingleSignOn(config);
  checkForwarding(config);
  return config;
}

function checkForwarding({ forward_url, forward_senders_token, host }: Config): void {
  if (forward_url === undefined) return;
  const { protocol, hostname } = new URL(forward_url);
  if (protocol === 'http:' && !isLoopback(hostname))
    throw new CodedError('CONFIG_INVALID', 'forward_url has to be https');
  if (!isLoopback(host) && forward_senders_token === undefined) {
    throw new CodedError(
      'CONFIG_INVALID',
      `host ${host} is reachable from other machines: set forward_senders_token, which senders then show`,
    );
  }
}

function checkSingleSignOn({ oidc_issuer, oidc_client_id, oidc_roles, public_url }: Config): void {
  if (oidc_issuer === undefined) return;
  const issuer = new URL(oidc_issuer);
  const problem =
    oidc_client_id === undefined
      ? 'needs oidc_client_id'
      : public_url === undefined
        ? 'needs public_url: the identity provider sends people back to it'
        : Object.keys(oidc_roles).length === 0
          ? 'needs oidc_roles: without a group that has a role nobody comes in'
          : issuer.protocol === 'http:' && !isLoopback(issuer.hostname)
            ? 'has to be https'
            : undefined;
  if (problem !== undefined) throw new CodedError('CONFIG_INVALID', `oidc_issuer ${problem}`);
}
