import 'reflect-metadata';

import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  cryptoProvider,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

cryptoProvider.set(globalThis.crypto);

/** Who has a certificate: its PEM, its key, and what stands between it and the root. */
export type Holder = {
  certificate: X509Certificate;
  keys: CryptoKeyPair;
  /** The certificates of those above it, but for the root's. */
  above: readonly X509Certificate[];
};

export type Asked = {
  name: string;
  uris?: readonly string[];
  dns?: readonly string[];
  ips?: readonly string[];
  ca?: boolean;
  pathLength?: number;
  /** ms from now; a day and a day unless said. */
  from?: number;
  until?: number;
  /** Of its key; what befits it unless said. */
  usage?: 'digitalSignature' | 'keyEncipherment' | 'keyCertSign';
  /** Object identifier of a critical extension that nobody knows. */
  critical?: string;
  key?: 'RS256' | 'ES256' | 'ES384';
  hash?: 'SHA-1' | 'SHA-256';
};

const DAY = 24 * 3600 * 1000;

const algorithms = {
  RS256: {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    publicExponent: new Uint8Array([1, 0, 1]),
    modulusLength: 2048,
  },
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
  ES384: { name: 'ECDSA', namedCurve: 'P-384' },
};

/** A certificate of one's own, or one that an authority gives. */
export async function issue(asked: Asked, by?: Holder): Promise<Holder> {
  const {
    name,
    uris = [],
    dns = [],
    ips = [],
    ca = false,
    pathLength,
    from = -DAY,
    until = DAY,
    key = 'RS256',
  } = asked;
  const keys = await crypto.subtle.generateKey(algorithms[key], true, ['sign', 'verify']);
  const usage = KeyUsageFlags[asked.usage ?? (ca ? 'keyCertSign' : 'digitalSignature')];
  const names = [
    ...uris.map((value) => ({ type: 'url' as const, value })),
    ...dns.map((value) => ({ type: 'dns' as const, value })),
    ...ips.map((value) => ({ type: 'ip' as const, value })),
  ];
  const signer = by ?? { keys, certificate: null };
  const signing = (signer.keys.privateKey.algorithm as { name: string }).name; // every algorithm has a name
  const certificate = await X509CertificateGenerator.create({
    serialNumber: Buffer.from(crypto.getRandomValues(new Uint8Array(8))).toString('hex'),
    subject: `CN=${name}`,
    issuer: signer.certificate?.subject ?? `CN=${name}`,
    notBefore: new Date(Date.now() + from),
    notAfter: new Date(Date.now() + until),
    publicKey: keys.publicKey,
    signingKey: signer.keys.privateKey,
    signingAlgorithm: { name: signing, hash: asked.hash ?? 'SHA-256' },
    extensions: [
      new BasicConstraintsExtension(ca, pathLength, true),
      new KeyUsagesExtension(usage, true),
      ...(by ? [await AuthorityKeyIdentifierExtension.create(by.keys.publicKey)] : []),
      ...(names.length > 0 ? [new SubjectAlternativeNameExtension(names)] : []),
      ...(asked.critical ? [new Extension(asked.critical, true, new Uint8Array([5, 0]))] : []),
    ],
  });
  return {
    certificate,
    keys,
    above: by && by.certificate.issuer !== by.certificate.subject ? [by.certificate, ...by.above] : [],
  };
}

/** As a header `x5c` has it: the holder's own first. */
export const x5cOf = ({ certificate, above }: Holder): string[] =>
  [certificate, ...above].map((one) => Buffer.from(one.rawData).toString('base64'));

export const pemOf = ({ certificate, above }: Holder): string =>
  [certificate, ...above].map((one) => one.toString('pem')).join('\n');

export const privateKeyPem = async ({ keys }: Holder): Promise<string> =>
  PemConverter.encode(await crypto.subtle.exportKey('pkcs8', keys.privateKey), PemConverter.PrivateKeyTag);
