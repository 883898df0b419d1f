/** The code systems that rules are written in, each by the URIs under which its codes come. */
const uris = {
  snomed: ['http://snomed.info/sct', 'urn:oid:2.16.840.1.113883.6.96'],
  // Of the chapters that rules name, the national editions agree in the first three characters.
  icd10: [
    'http://hl7.org/fhir/sid/icd-10-cm',
    'http://hl7.org/fhir/sid/icd-10',
    'http://hl7.org/fhir/sid/icd-10-ca',
    'https://fhir.infoway-inforoute.ca/CodeSystem/icd-10-ca',
    'urn:oid:2.16.840.1.113883.6.90',
    'urn:oid:2.16.840.1.113883.6.3',
  ],
  icd9: [
    'http://hl7.org/fhir/sid/icd-9-cm',
    'http://terminology.hl7.org/CodeSystem/icd9cm',
    'urn:oid:2.16.840.1.113883.6.103',
  ],
  loinc: ['http://loinc.org', 'urn:oid:2.16.840.1.113883.6.1'],
  rxnorm: ['http://www.nlm.nih.gov/research/umls/rxnorm', 'urn:oid:2.16.840.1.113883.6.88'],
  atc: ['http://www.whocc.no/atc', 'urn:oid:2.16.840.1.113883.6.73'],
  cpt: ['http://www.ama-assn.org/go/cpt', 'urn:oid:2.16.840.1.113883.6.12'],
  hcpcs: [
    'http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets',
    'https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets',
    'http://terminology.hl7.org/CodeSystem/HCPCS',
    'urn:oid:2.16.840.1.113883.6.285',
  ],
  confidentiality: ['http://terminology.hl7.org/CodeSystem/v3-Confidentiality'],
  act: ['http://terminology.hl7.org/CodeSystem/v3-ActCode'],
} as const;

export type CodeSystem = keyof typeof uris;

const byUri = new Map<string, CodeSystem>(
  // The keys of a literal are the names that its type says.
  (Object.keys(uris) as CodeSystem[]).flatMap((name) => uris[name].map((uri) => [uri, name] as const)),
);

/** The code system of a URI, if rules are written in it. */
export const codeSystem = (uri: string): CodeSystem | undefined => byUri.get(uri);

/** A code as rules spell it: of ICD without the dot, in capitals. */
export const spelled = (system: CodeSystem, code: string): string =>
  system === 'icd10' || system === 'icd9' ? code.replace('.', '').toUpperCase() : code;
