import { z } from 'zod';

/** An outside OpenID provider, as the file of PORTICO_OPENID_PROVIDERS names it. */
const provider = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]{1,40}$/),
  name: z.string().min(1),
  issuer: z.url(),
  clientId: z.string().min(1),
  clientSecret: z.string().min(1),
});
export type ProviderSettings = z.infer<typeof provider>;

/** What the file says; null when it is not such a list. */
export function providersOf(text: string): readonly ProviderSettings[] | null {
  try {
    return z.array(provider).parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** The certificates of a PEM file, one by one. */
export const certificatesOf = (pem: string | null): string[] =>
  pem?.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
