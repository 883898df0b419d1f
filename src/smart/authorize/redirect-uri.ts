/** http on the loopback interface as a literal address: there the port is any. https://www.rfc-editor.org/rfc/rfc8252#section-7.3 */
const loopback = /^(http:\/\/(?:127\.0\.0\.1|\[::1\]))(?::\d{1,5})?(\/.*)?$/;

const withoutPort = (uri: string): string | null => {
  const [whole, host, rest] = loopback.exec(uri) ?? [];
  return whole === undefined ? null : `${host}${rest ?? ''}`;
};

/** Schemes that a browser runs or shows in place of leading somewhere. */
const neverLeads = /^\s*(javascript|data|vbscript|file|blob|about|view-source):/i;

/**
 * Whether an app may be answered here: it is what was registered, letter by letter.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9700#section-2.1
 */
export function isRegistered(redirectUri: string, registered: readonly string[]): boolean {
  if (neverLeads.test(redirectUri) || /[\s#\\]/.test(redirectUri) || !URL.canParse(redirectUri)) return false;
  if (registered.includes(redirectUri)) return true;
  const asked = withoutPort(redirectUri);
  return asked !== null && registered.some((one) => withoutPort(one) === asked);
}

/** What a Content-Security-Policy must name, so that a form's answer may lead there: `https://app.example`, `app.example:`. */
export function formTarget(redirectUri: string): string {
  const { protocol, origin } = new URL(redirectUri);
  return protocol === 'https:' || protocol === 'http:' ? origin : protocol;
}
