/*
 * A form with data-passkey="create" or "get" and data-options (JSON of WebAuthn) has a button that asks the device for a
 * passkey, puts what it says into the field `credential`, and sends the form. Without this script the form stays hidden.
 * https://www.w3.org/TR/webauthn-3/#sctn-parseCreationOptionsFromJSON
 */

const bytesOf = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (one) => one.charCodeAt(0));

const textOf = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

const described = (list) => (list ?? []).map((one) => ({ ...one, id: bytesOf(one.id) }));

const create = (options) =>
  navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: bytesOf(options.challenge),
      user: { ...options.user, id: bytesOf(options.user.id) },
      excludeCredentials: described(options.excludeCredentials),
    },
  });

const get = (options) =>
  navigator.credentials.get({
    publicKey: {
      ...options,
      challenge: bytesOf(options.challenge),
      allowCredentials: described(options.allowCredentials),
    },
  });

function said({ id, rawId, type, authenticatorAttachment, response }) {
  const known = { clientDataJSON: textOf(response.clientDataJSON) };
  if (response.attestationObject) {
    known.attestationObject = textOf(response.attestationObject);
    known.transports = response.getTransports?.() ?? [];
  } else {
    known.authenticatorData = textOf(response.authenticatorData);
    known.signature = textOf(response.signature);
    if (response.userHandle) known.userHandle = textOf(response.userHandle);
  }
  return { id, rawId: textOf(rawId), type, authenticatorAttachment, clientExtensionResults: {}, response: known };
}

function prepare(form) {
  const problem = form.querySelector('[data-passkey-problem]');
  form.hidden = false;
  // What was hidden when the page was first drawn has not got the focus that it asks for.
  if (document.activeElement === document.body) form.querySelector('[autofocus]')?.focus();
  form.addEventListener('submit', async (event) => {
    if (form.elements.credential.value !== '') return;
    event.preventDefault();
    const button = form.querySelector('button');
    button.disabled = true;
    problem.hidden = true;
    try {
      const options = JSON.parse(form.dataset.options);
      const credential = await (form.dataset.passkey === 'create' ? create(options) : get(options));
      form.elements.credential.value = JSON.stringify(said(credential));
      form.submit();
    } catch (error) {
      const own = error.name === 'InvalidStateError' ? form.dataset.already : form.dataset.failed;
      problem.textContent = own ?? form.dataset.failed;
      problem.hidden = false;
      button.disabled = false;
      button.focus();
    }
  });
}

const able = 'credentials' in navigator && 'PublicKeyCredential' in window;

for (const form of document.querySelectorAll('form[data-passkey]')) if (able) prepare(form);
for (const note of document.querySelectorAll('[data-without-passkey]')) note.hidden = able;
