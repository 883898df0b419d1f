import { X509Certificate } from 'node:crypto';

import { type Extensions, readExtensions } from './extensions.ts';

export type Certificate = { x509: X509Certificate; says: Extensions };

/** Certificates in a header: the leaf, and what leads from it to an anchor. */
const MOST = 6;
/** Characters of one, base64. */
const LONGEST = 12_000;

/**
 * SHA-2 with RSA and with ECDSA. Older ones can be forged.
 * @see https://www.rfc-editor.org/rfc/rfc8017#appendix-A.2.4 and https://www.rfc-editor.org/rfc/rfc5758#section-3.2
 */
const soundAlgorithms: ReadonlySet<string> = new Set([
  '2a864886f70d01010b',
  '2a864886f70d01010c',
  '2a864886f70d01010d',
  '2a8648ce3d040302',
  '2a8648ce3d040303',
  '2a8648ce3d040304',
]);

/** One certificate, of DER or PEM; null when it is none, or says something critical that this server does not heed. */
export function readCertificate(text: Uint8Array | string): Certificate | null {
  let x509: X509Certificate;
  try {
    x509 = new X509Certificate(text);
  } catch {
    return null;
  }
  const says = readExtensions(x509.raw);
  return says && { x509, says };
}

/** The certificates of a PEM file, in its order. */
export function readPem(text: string): Certificate[] | null {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const found = blocks.map(readCertificate);
  return found.every((one) => one !== null) ? found : null;
}

/** The certificates of an `x5c` header, the leaf first. https://www.rfc-editor.org/rfc/rfc7515#section-4.1.6 */
export function readX5c(x5c: unknown): [Certificate, ...Certificate[]] | null {
  if (!Array.isArray(x5c) || x5c.length === 0 || x5c.length > MOST) return null;
  const found: Certificate[] = [];
  for (const one of x5c) {
    if (typeof one !== 'string' || one.length > LONGEST) return null;
    const certificate = readCertificate(Buffer.from(one, 'base64'));
    if (!certificate) return null;
    found.push(certificate);
  }
  const [leaf, ...others] = found;
  return leaf ? [leaf, ...others] : null;
}

const isInTime = ({ x509 }: Certificate, now: number): boolean =>
  Date.parse(x509.validFrom) <= now && now <= Date.parse(x509.validTo);

/** Whether `issuer` may have signed certificates with `below` authorities under it, and did sign this one. */
function issued(issuer: Certificate, subject: Certificate, below: number, now: number): boolean {
  const { pathLength, signsCertificates } = issuer.says;
  return (
    issuer.x509.ca &&
    signsCertificates &&
    (pathLength === null || below <= pathLength) &&
    isInTime(issuer, now) &&
    subject.x509.checkIssued(issuer.x509) &&
    soundAlgorithms.has(subject.says.signatureAlgorithm) &&
    subject.x509.verify(issuer.x509.publicKey)
  );
}

/**
 * Whether a leaf is believed: it is in time, is no authority itself, its key may sign, and authorities that are so too lead
 * to an anchor. Nothing is fetched: what leads there has to come with the leaf.
 *
 * @param now ms since 1970
 * @see https://www.rfc-editor.org/rfc/rfc5280#section-6
 */
export function isTrusted(
  [leaf, ...others]: readonly [Certificate, ...Certificate[]],
  anchors: readonly Certificate[],
  now: number,
): boolean {
  if (leaf.x509.ca || !leaf.says.signsData || !isInTime(leaf, now)) return false;
  const left = new Set(others);
  let subject = leaf;
  for (let below = 0; below < MOST; below += 1) {
    if (anchors.some((anchor) => issued(anchor, subject, below, now))) return true;
    const issuer = [...left].find((one) => issued(one, subject, below, now));
    if (!issuer) return false;
    left.delete(issuer);
    subject = issuer;
  }
  return false;
}
