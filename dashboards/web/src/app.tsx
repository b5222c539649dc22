import { useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { Redirect, Route, Switch } from 'wouter';
import type { SignedIn } from './answers.ts';
import { Frame } from './frame/frame.tsx';
import { AlertPage } from './pages/alert/alert-page.tsx';
import { AlertsPage } from './pages/alert/alerts-page.tsx';
import { SignInPage } from './pages/sign-in-page.tsx';
import { Failure } from './parts/failure.tsx';
import { Skeleton } from './parts/skeleton.tsx';
import { Problem, request } from './request.ts';

const IncidentsPage = lazy(() => import('./pages/alert/incidents-page.tsx'));
const IncidentPage = lazy(() => import('./pages/alert/incident-page.tsx'));
const OverviewPage = lazy(() => import('./pages/overview/overview-page.tsx'));
const SessionsPage = lazy(() => import('./pages/session/sessions-page.tsx'));
const SessionPage = lazy(() => import('./pages/session/session-page.tsx'));
const TracePage = lazy(() => import('./pages/session/trace-page.tsx'));
const AgentsPage = lazy(() => import('./pages/agent/agents-page.tsx'));
const AgentPage = lazy(() => import('./pages/agent/agent-page.tsx'));
const AccountPage = lazy(() => import('./pages/account-page.tsx'));
const RulesPage = lazy(() => import('./pages/rule/rules-page.tsx'));
const RulePage = lazy(() => import('./pages/rule/rule-page.tsx'));
const RuleEditorPage = lazy(() => import('./pages/rule/rule-editor-page.tsx'));
const SqlPage = lazy(() => import('./pages/sql/sql-page.tsx'));
const AdminPage = lazy(() => import('./pages/admin/admin-page.tsx'));

/** The whole page: signing in, or the frame around what the address names. */
export function App() {
  const client = useQueryClient();
  const who = useQuery({
    queryKey: ['session'],
    queryFn: () => request<SignedIn>('GET', '/session'),
    staleTime: 300_000,
  });
  if (who.isPending) return null;
  if (who.error instanceof Problem && who.error.status === 401)
    return <SignInPage onSignedIn={(session) => client.setQueryData(['session'], session)} />;
  if (who.error)
    return (
      <main className="signin">
        <Failure error={who.error} retry={who.refetch} />
      </main>
    );
  return (
    <Frame who={who.data}>
      <Suspense
        fallback={
          <div className="page">
            <Skeleton height={320} />
          </div>
        }
      >
        <Switch>
          <Route path="/">
            <Redirect to={firstPage(who.data)} replace />
          </Route>
          <Route path="/overview" component={OverviewPage} />
          <Route path="/alerts" component={AlertsPage} />
          <Route path="/alerts/incidents" component={IncidentsPage} />
          <Route path="/alerts/incidents/:id">{({ id }) => <IncidentPage session={decodeURIComponent(id)} />}</Route>
          <Route path="/alerts/:id">{({ id }) => <AlertPage id={decodeURIComponent(id)} />}</Route>
          <Route path="/sessions" component={SessionsPage} />
          <Route path="/sessions/:id">{({ id }) => <SessionPage id={decodeURIComponent(id)} />}</Route>
          <Route path="/traces/:id">{({ id }) => <TracePage id={id} />}</Route>
          <Route path="/agents" component={AgentsPage} />
          <Route path="/agents/:id">{({ id }) => <AgentPage id={decodeURIComponent(id)} />}</Route>
          <Route path="/rules" component={RulesPage} />
          <Route path="/rules/new">{() => <RuleEditorPage id={undefined} />}</Route>
          <Route path="/rules/:id/edit">{({ id }) => <RuleEditorPage id={decodeURIComponent(id)} />}</Route>
          <Route path="/rules/:id">{({ id }) => <RulePage id={decodeURIComponent(id)} />}</Route>
          <Route path="/sql" component={SqlPage} />
          <Route path="/account">{() => <AccountPage who={who.data} />}</Route>
          <Route path="/admin">{() => <AdminPage who={who.data} />}</Route>
          <Route>
            <div className="page">
              <h1>There is no such page</h1>
              <p className="muted">The address may be cut, or what it names may be older than the retention.</p>
            </div>
          </Route>
        </Switch>
      </Suspense>
    </Frame>
  );
}

function firstPage({ permissions }: SignedIn): string {
  if (permissions.includes('alerts:read')) return '/alerts';
  return permissions.includes('usage:read') ? '/overview' : '/sessions';
}
