/** What a page may do beyond being read. */
export type PageNeeds = {
  /** Where its forms may lead, redirects included: `https://app.example`, `app.example:`. This server always. */
  forms?: readonly string[];
  /** Whether it loads scripts from /assets. */
  scripts?: boolean;
};

const common: Readonly<Record<string, string>> = {
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};

/** Pages for people take nothing from elsewhere, run no script and can be framed by nobody. */
export const pageHeaders: Readonly<Record<string, string>> = {
  ...common,
  'Content-Security-Policy':
    "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cache-Control': 'no-cache',
  Vary: 'Accept-Language',
};

/** The same for a page that is about one person or has forms: nothing of it is kept. */
export const privatePageHeaders = ({ forms = [], scripts = false }: PageNeeds = {}): Record<string, string> => ({
  ...common,
  'Content-Security-Policy':
    `default-src 'none'; style-src 'self'; img-src 'self' data:; ${scripts ? "script-src 'self'; connect-src 'self'; " : ''}` +
    `base-uri 'none'; form-action ${["'self'", ...forms].join(' ')}; frame-ancestors 'none'`,
  'Cache-Control': 'no-store',
});
