import { redirect } from '../answers.ts';
import { pathIn } from '../developer/visitor.ts';
import type { Endpoint } from '../endpoint.ts';
import { recoveryCodesPage } from '../pages/recovery.ts';
import { securityWords } from '../pages/security-words.ts';
import { totpSetupPage } from '../pages/totp-setup.ts';
import { newRecoveryCodes, recoveryCodesLeft } from '../people/recovery-codes.ts';
import { openNote, sealNote } from '../people/sealed-note.ts';
import { disableTotp, enableTotp, newTotpSecret } from '../people/totp.ts';
import type { User } from '../people/user.ts';
import { backWith, noteChange, recentlySignedIn, securityPath, sentBy } from './account-guard.ts';

const path = `${securityPath}/totp`;
/** Minutes that somebody has to put the secret into their app. */
const MINUTES = 15;

const label = ({ tenant, id }: User): string => `totp ${tenant} ${id}`;

/** The secret stands in the form, sealed: only once a code of it was shown is it the user's. */
export const setUpTotp: Endpoint = {
  method: 'GET',
  path,
  origin: 'link',
  async run(context, request) {
    const session = await recentlySignedIn(context, request, path);
    if (!session.ok) return session.answer;
    const { user } = session.value;
    if (user.hasTotp) return redirect(pathIn(request.place, securityPath));
    const secret = newTotpSecret();
    const sealed = sealNote(context, label(user), secret, MINUTES);
    return totpSetupPage(context, request, user, { secret, sealed, problem: null });
  },
};

export const confirmTotp: Endpoint = {
  method: 'POST',
  path,
  origin: 'own',
  async run(context, request) {
    const sent = await sentBy(context, request, recentlySignedIn, path);
    if (!sent.ok) return sent.answer;
    const { user } = sent.value;
    if (user.hasTotp) return redirect(pathIn(request.place, securityPath));
    const { wrong, tooLate } = securityWords[request.language].totp;
    const given = request.form.get('sealed') ?? '';
    const opened = openNote(context, label(user), given);
    if (!opened) {
      const secret = newTotpSecret();
      const sealed = sealNote(context, label(user), secret, MINUTES);
      return totpSetupPage(context, request, user, { secret, sealed, problem: tooLate });
    }
    const secret = String(opened.note);
    if (!(await enableTotp(context, user, secret, request.form.get('code') ?? ''))) {
      return totpSetupPage(context, request, user, { secret, sealed: given, problem: wrong });
    }
    noteChange(context, request, user, 'An authenticator app was set up');
    if ((await recoveryCodesLeft(context, user)) > 0) return backWith(request, 'totp');
    return recoveryCodesPage(request, await newRecoveryCodes(context, user), 'totp');
  },
};

export const removeTotp: Endpoint = {
  method: 'POST',
  path: `${path}/remove`,
  origin: 'own',
  async run(context, request) {
    const sent = await sentBy(context, request, recentlySignedIn);
    if (!sent.ok) return sent.answer;
    await disableTotp(context, sent.value.user);
    noteChange(context, request, sent.value.user, 'The authenticator app was removed');
    return backWith(request, 'totp-removed');
  },
};

/** New recovery codes, shown in the answer and never again. */
export const makeRecoveryCodes: Endpoint = {
  method: 'POST',
  path: `${securityPath}/codes`,
  origin: 'own',
  async run(context, request) {
    const sent = await sentBy(context, request, recentlySignedIn);
    if (!sent.ok) return sent.answer;
    noteChange(context, request, sent.value.user, 'New recovery codes were made');
    return recoveryCodesPage(request, await newRecoveryCodes(context, sent.value.user), null);
  },
};
