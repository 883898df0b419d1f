import { type Der, hex, readDer, tags } from './der.ts';

/** What a certificate says that node:crypto does not tell. https://www.rfc-editor.org/rfc/rfc5280#section-4.2 */
export type Extensions = {
  /** Uniform resource identifiers of the subject alternative name, as written. */
  uris: readonly string[];
  /** Whether the key may sign data, and whether it may sign certificates; both where nothing is said of it. */
  signsData: boolean;
  signsCertificates: boolean;
  /** How many certificate authorities may stand between this one and the leaf; null: any number. */
  pathLength: number | null;
  /** Object identifier of the algorithm by which it was signed, in hexadecimal. */
  signatureAlgorithm: string;
};

/** Object identifiers below 2.5.29, in hexadecimal. */
const oids = {
  keyUsage: '551d0f',
  subjectAltName: '551d11',
  basicConstraints: '551d13',
  certificatePolicies: '551d20',
  extendedKeyUsage: '551d25',
} as const;

/** A certificate with another critical extension, name constraints for one, must be refused by who does not heed it. */
const heeded: ReadonlySet<string> = new Set(Object.values(oids));

const [EXTENSIONS, URI] = [0xa3, 0x86];

/**
 * Reads a certificate.
 *
 * @param der the whole certificate
 * @returns null when it is not one, or has a critical extension that is not heeded here
 */
export function readExtensions(der: Uint8Array): Extensions | null {
  const certificate = inside(readDer(der)?.[0]);
  const body = inside(certificate?.[0]);
  const signatureAlgorithm = inside(certificate?.[1])?.[0];
  if (!body || signatureAlgorithm?.tag !== tags.oid) return null;
  const said = new Map<string, Uint8Array>();
  const wrapper = body.find(({ tag }) => tag === EXTENSIONS);
  for (const one of inside(inside(wrapper)?.[0]) ?? []) {
    const [oid, second, third] = inside(one) ?? [];
    const isCritical = second?.tag === tags.boolean && second.bytes[0] !== 0;
    const value = second?.tag === tags.boolean ? third : second;
    if (oid?.tag !== tags.oid || value?.tag !== tags.octets || said.has(hex(oid.bytes))) return null;
    if (isCritical && !heeded.has(hex(oid.bytes))) return null;
    said.set(hex(oid.bytes), value.bytes);
  }
  return {
    uris: urisOf(said.get(oids.subjectAltName)),
    signsData: mayUse(said.get(oids.keyUsage), 0),
    signsCertificates: mayUse(said.get(oids.keyUsage), 5),
    pathLength: pathLengthOf(said.get(oids.basicConstraints)),
    signatureAlgorithm: hex(signatureAlgorithm.bytes),
  };
}

const inside = (value: Der | undefined): Der[] | null => (value ? readDer(value.bytes) : null);

const first = (bytes: Uint8Array): Der | undefined => readDer(bytes)?.[0];

function urisOf(names: Uint8Array | undefined): string[] {
  const found = names ? (inside(first(names)) ?? []) : [];
  return found.filter(({ tag }) => tag === URI).map(({ bytes }) => Buffer.from(bytes).toString('latin1'));
}

/** @param bit counted from the left: 0 digitalSignature, 5 keyCertSign */
function mayUse(usage: Uint8Array | undefined, bit: number): boolean {
  if (!usage) return true;
  // The first byte says how many bits at the end are not used.
  const byte = first(usage)?.bytes[1] ?? 0;
  return (byte & (0x80 >> bit)) !== 0;
}

function pathLengthOf(constraints: Uint8Array | undefined): number | null {
  const found = constraints ? inside(first(constraints))?.find(({ tag }) => tag === tags.integer) : undefined;
  return found ? found.bytes.reduce((sum, byte) => sum * 256 + byte, 0) : null;
}
