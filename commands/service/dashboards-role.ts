import type { FastifyInstance } from 'fastify';
import { createApi } from '../../dashboards/api/app.ts';
import { type ApiServices, LOOPBACK_HOSTS } from '../../dashboards/api/services.ts';
import { createAccounts } from '../../dashboards/auth/accounts.ts';
import { createSingleSignOn } from '../../dashboards/auth/single-sign-on.ts';
import { createWebSessions } from '../../dashboards/auth/web-sessions.ts';
import type { Config } from '../../engine/config/settings-schema.ts';
import type { Clock } from '../../engine/core/clock.ts';
import { testRuleDraft } from '../../engine/test-rule-draft.ts';
import packageJson from '../../package.json' with { type: 'json' };
import type { Foundation } from './open-foundation.ts';
import { reasonOf } from './reason-of.ts';

const FRONT_DOOR = new URL('../../spanwarden.ts', import.meta.url).pathname;
const WEB_FOLDER = new URL('../../dashboards/web/dist', import.meta.url).pathname;

export interface DashboardsRoleOptions
  extends Pick<ApiServices, 'authenticator' | 'alerts' | 'summaries' | 'erasures' | 'archives'> {
  /** Whether this process has the role; one of another role serves liveness, readiness and metrics alone. */
  readonly runs: boolean;
}

/** The API and the web pages. The caller lets it listen, and closes it. */
export function openDashboardsRole(
  { config, clock, log, metrics, tls, ruleBook, store, redaction, models, orgRules, loopback }: Foundation,
  { runs, ...services }: DashboardsRoleOptions,
): Promise<FastifyInstance> {
  return createApi(
    {
      ...services,
      store,
      clock,
      version: packageJson.version,
      accounts: createAccounts(store, clock),
      sessions: createWebSessions(clock),
      ...singleSignOn(config, clock),
      tagsPersonalData: config.llm_personal_data_model !== undefined,
      models,
      redaction,
      rules: async (org) => (await orgRules.of(org)).rules,
      ruleFiles: ruleBook.rules,
      orgRules,
      testRule: testRuleDraft(FRONT_DOOR),
      ruleProblems: ruleBook.problems,
      notReady: async () => ((await store.query('SELECT 1')).length === 1 ? '' : 'the store does not answer'),
      metrics,
      logError: (error, requestId) => log.error({ reason: reasonOf(error), requestId }, 'a request failed'),
    },
    {
      ...(loopback && { hosts: LOOPBACK_HOSTS }),
      healthOnly: !runs,
      openMetrics: loopback,
      secureCookies: !loopback,
      requestsPerMinute: config.api_requests_per_minute,
      behindProxy: config.behind_tls_proxy,
      webFolder: WEB_FOLDER,
      ...(tls && { tls: tls.api }),
    },
  );
}

function singleSignOn(config: Config, clock: Clock): Pick<ApiServices, 'singleSignOn'> {
  if (config.oidc_issuer === undefined) return {};
  const provider = createSingleSignOn(
    {
      issuer: config.oidc_issuer,
      clientId: config.oidc_client_id!,
      clientSecret: config.oidc_client_secret,
      scopes: config.oidc_scopes,
      groupsClaim: config.oidc_groups_claim,
      redirectUri: `${config.public_url}/api/v1/single-sign-on/callback`,
    },
    clock,
  );
  return { singleSignOn: { provider, groupRoles: config.oidc_roles, name: config.oidc_name } };
}
