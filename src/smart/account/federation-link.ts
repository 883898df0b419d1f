import { redirect } from '../answers.ts';
import type { SmartContext } from '../context.ts';
import type { Endpoint, SmartRequest } from '../endpoint.ts';
import { accountNotice } from '../pages/account-notice.ts';
import { confirmLinkPage, federationTrouble } from '../pages/federation.ts';
import { backWith, noteChange, recentlySignedIn, securityPath, sentBy } from './account-guard.ts';
import { linkSubject, linksOf, providerOf, unlinkProvider } from './federation.ts';
import { browserOf, openTicket, type Ticket } from './federation-visit.ts';
import { passkeysOf } from './passkeys.ts';

const path = '/account/federation/link';

/** What a ticket says that this browser was given; null: another's, too old, or no ticket. */
function ticketIn(context: SmartContext, request: SmartRequest, text: string | null): Ticket | null {
  return openTicket(context, request.tenant, browserOf(context, request).owner, text ?? '');
}

const nameOf = (context: SmartContext, { provider }: Ticket): string => providerOf(context, provider)?.name ?? provider;

/** Asks whoever signed in here whether they are who the provider said. */
export const confirmLink: Endpoint = {
  method: 'GET',
  path,
  origin: 'link',
  async run(context, request) {
    const text = request.query.get('ticket');
    const ticket = ticketIn(context, request, text);
    if (!ticket || text === null) return federationTrouble(request, 'stale', '', null);
    const here = `${path}?${new URLSearchParams({ ticket: text })}`;
    const session = await recentlySignedIn(context, request, here);
    if (!session.ok) return session.answer;
    const { cookies } = browserOf(context, request);
    const shown = { provider: nameOf(context, ticket), label: ticket.label, ticket: text, cookies };
    return confirmLinkPage(context, request, session.value.user, shown);
  },
};

/** Links the two. */
export const link: Endpoint = {
  method: 'POST',
  path,
  origin: 'own',
  async run(context, request) {
    const { tenant, form } = request;
    const sent = await sentBy(context, request, recentlySignedIn);
    if (!sent.ok) return sent.answer;
    const { user } = sent.value;
    const ticket = ticketIn(context, request, form.get('ticket'));
    if (!ticket) return federationTrouble(request, 'stale', '', null);
    if (!(await linkSubject(context.database, tenant, user.id, ticket))) {
      return federationTrouble(request, 'taken', nameOf(context, ticket), null);
    }
    noteChange(context, request, user, `An account of ${nameOf(context, ticket)} was linked`);
    return ticket.next === null ? backWith(request, 'linked') : redirect(ticket.next);
  },
};

export const unlink: Endpoint = {
  method: 'POST',
  path: `${securityPath}/unlink`,
  origin: 'own',
  async run(context, request) {
    const { tenant, form } = request;
    const sent = await sentBy(context, request, recentlySignedIn);
    if (!sent.ok) return sent.answer;
    const { user } = sent.value;
    const id = form.get('provider') ?? '';
    const links = await linksOf(context.database, tenant, user.id);
    if (!links.some(({ provider }) => provider === id)) return accountNotice(request, 'gone', 404);
    const others = links.filter(({ provider }) => provider !== id).length;
    const passkeys = await passkeysOf(context.database, tenant, user.id);
    if (!user.hasPassword && others + passkeys.length === 0) return accountNotice(request, 'last-way', 409);
    await unlinkProvider(context.database, tenant, user.id, id);
    noteChange(context, request, user, `The account of ${providerOf(context, id)?.name ?? id} was unlinked`);
    return backWith(request, 'unlinked');
  },
};
