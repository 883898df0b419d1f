import { redirect } from '../answers.ts';
import type { SmartContext } from '../context.ts';
import { pathIn } from '../developer/visitor.ts';
import type { Endpoint, SmartRequest } from '../endpoint.ts';
import { accountNotice } from '../pages/account-notice.ts';
import { newPasskeyPage } from '../pages/passkey.ts';
import type { User } from '../people/user.ts';
import { backWith, noteChange, recentlySignedIn, securityPath, sentBy } from './account-guard.ts';
import { linksOf } from './federation.ts';
import { addPasskey, creationOptions, passkeysOf, passkeysPossible, removePasskey, renamePasskey } from './passkeys.ts';

const newPath = `${securityPath}/passkeys/new`;

const nameIn = ({ form }: SmartRequest): string => (form.get('name') ?? '').trim().slice(0, 60);

export const newPasskey: Endpoint = {
  method: 'GET',
  path: newPath,
  origin: 'link',
  async run(context, request) {
    const session = await recentlySignedIn(context, request, newPath);
    if (!session.ok) return session.answer;
    if (!passkeysPossible(context)) return redirect(pathIn(request.place, securityPath));
    const { user, id } = session.value;
    return newPasskeyPage(context, request, await creationOptions(context, user, id));
  },
};

export const keepPasskey: Endpoint = {
  method: 'POST',
  path: newPath,
  origin: 'own',
  async run(context, request) {
    const sent = await sentBy(context, request, recentlySignedIn, newPath);
    if (!sent.ok) return sent.answer;
    const { user, id } = sent.value;
    const credential = request.form.get('credential') ?? '';
    // What the device made is lost if it is refused for want of a name.
    const name = nameIn(request) || new Date(context.now()).toISOString().slice(0, 10);
    const refused = await addPasskey(context, user, id, credential, name);
    if (refused !== null) return accountNotice(request, refused === 'invalid' ? 'passkey' : refused, 400);
    noteChange(context, request, user, 'A passkey was added');
    return backWith(request, 'passkey');
  },
};

/** Whether somebody without this passkey could still sign in. */
async function isLastWay(context: SmartContext, user: User): Promise<boolean> {
  if (user.hasPassword) return false;
  const passkeys = await passkeysOf(context.database, user.tenant, user.id);
  return passkeys.length + (await linksOf(context.database, user.tenant, user.id)).length <= 1;
}

export const changePasskey: Endpoint = {
  method: 'POST',
  path: `${securityPath}/passkeys`,
  origin: 'own',
  async run(context, request) {
    const { tenant, form } = request;
    const sent = await sentBy(context, request, recentlySignedIn);
    if (!sent.ok) return sent.answer;
    const { user } = sent.value;
    const id = form.get('id') ?? '';
    if (form.get('do') === 'rename') {
      const name = nameIn(request);
      const renamed = name !== '' && (await renamePasskey(context.database, tenant, user.id, id, name));
      return renamed ? backWith(request, 'passkey-named') : accountNotice(request, 'gone', 404);
    }
    if (await isLastWay(context, user)) return accountNotice(request, 'last-way', 409);
    const removed = await removePasskey(context.database, tenant, user.id, id);
    if (!removed) return accountNotice(request, 'gone', 404);
    noteChange(context, request, user, 'A passkey was removed');
    return backWith(request, 'passkey-removed');
  },
};
