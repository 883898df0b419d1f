import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Resource } from '../../src/fhir/context.ts';
import { type NaiveAnswer, naiveSearch } from './naive-search.ts';
import { shared, syntheaFiles, syntheaResources } from './shared-data.ts';

/**
 * A search over the Synthea records. `{Patient/1}` in it stands for a reference to a resource by its id in the files, which a server
 * that gives ids of its own has under another.
 */
export type KnownSearch = { type: string; query: string };

/** The query as a server has to be asked, and as the files are asked where `placeOf` gives what it gets. */
export const filled = ({ query }: KnownSearch, placeOf: (reference: string) => string): string =>
  query.replace(/\{([^}]+)\}/g, (_, reference: string) => placeOf(reference));

/** The ids, as the files have them, that a search should find. */
export const knownAnswer = (resources: readonly Resource[], search: KnownSearch): NaiveAnswer =>
  naiveSearch(
    resources,
    search.type,
    filled(search, (reference) => reference),
  );

/** Every resource of the Synthea files, or of the hospitals, the practitioners and the first so many patients. */
export function syntheaRecords(patients = Number.POSITIVE_INFINITY): Resource[] {
  const identities = new Map<string, string>();
  return syntheaFiles()
    .slice(0, patients + 2)
    .flatMap((file) => syntheaResources(file, identities));
}

type Frequent = {
  observationCodes: [string, number][];
  observationCategories: [string, number][];
  encounterClass: [string, number][];
  conditionCodes: [string, number][];
  patientFamily: string[];
  birthDates: string[];
};

function frequentValues(): Frequent | null {
  if (shared === null) return null;
  return JSON.parse(readFileSync(join(shared, 'data/synthea-search-values.json'), 'utf8')) as Frequent; // its own form
}

const loinc = 'http://loinc.org';
const snomed = 'http://snomed.info/sct';

/** Searches that say nothing of one patient, one line each. */
const fixed = `
Patient gender=female
Patient gender:not=female
Patient name:contains=berg
Patient name:exact=Rosenbaum794
Patient address-state=MA
Patient address-city=bos
Patient address=boston,worcester
Patient deceased=true
Patient deceased=false
Patient death-date=ge2010
Patient death-date:missing=true
Patient telecom=phone
Patient language:text=english
Patient language=urn:ietf:bcp:47|en-US
Patient birthdate=lt1950&gender=male
Patient birthdate=ge1950&birthdate=lt1970&_sort=birthdate
Patient _sort=family,-birthdate
Patient _sort=-birthdate
Patient _profile=http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient
Patient identifier:of-type=http://terminology.hl7.org/CodeSystem/v2-0203|SS|999-92-5327
Patient _has:Observation:patient:code=72166-2
Patient _has:Condition:patient:code=840539006
Patient _has:Encounter:patient:class=EMER
Patient _has:AllergyIntolerance:patient:criticality=low
Patient _has:Encounter:patient:_has:Procedure:encounter:status=completed
Observation value-quantity=gt180||cm&code=8302-2
Observation value-quantity=gt1.8||m&code=8302-2
Observation value-quantity=lt20||kg&code=29463-7
Observation value-quantity=ge90000||g&code=29463-7
Observation value-quantity=le36.5||Cel&code=8310-5
Observation value-quantity=ap100||mg/dL&code=2339-0
Observation value-quantity=100||mg/dL
Observation value-quantity=ne100||mg/dL&code=2339-0
Observation code-value-quantity=8302-2$gt180||cm
Observation code-value-quantity=${loinc}|29463-7$lt20
Observation component-code-value-quantity=8480-6$gt140
Observation component-code-value-quantity=8480-6$gt140||mm[Hg]
Observation component-code-value-quantity=8462-4$lt60
Observation combo-code-value-quantity=${loinc}|8480-6$ge160
Observation component-code=8480-6&date=ge2018
Observation combo-code=8462-4
Observation code-value-concept=72166-2$266919005
Observation value-concept=266919005
Observation value-concept:not=266919005&code=72166-2
Observation code:text=blood pressure
Observation code:missing=true
Observation value-quantity:missing=true&category=vital-signs
Observation category=vital-signs&date=2020
Observation category=vital-signs&date=ge2020-01-01&date=lt2020-07-01
Observation category=laboratory&date=sa2021-06
Observation category=survey&date=eb2012
Observation status=final&date=lt1950
Observation status:not=final
Observation code=8867-4&_sort=date
Observation code=8867-4&_sort=-date
Observation code=8302-2&_sort=value-quantity
Observation patient.gender=male&code=8302-2
Observation patient.birthdate=lt1940&code=8867-4
Observation patient.family=Rosenbaum794
Observation encounter.class=EMER
Observation encounter.service-provider.name=milford
Observation subject:Patient.address-city=boston&category=vital-signs
Encounter class=IMP
Encounter class=http://terminology.hl7.org/CodeSystem/v3-ActCode|EMER
Encounter class=EMER,IMP&date=ge2015
Encounter date=2019
Encounter date=2019-06
Encounter date=gt2021-03
Encounter date=le1960
Encounter date=ne2020&class=IMP
Encounter status=finished&class=EMER
Encounter type=${snomed}|185345009
Encounter type:text=prenatal
Encounter reason-code:missing=false
Encounter reason-code=72892002
Encounter service-provider.name:contains=hospital&class=IMP
Encounter service-provider:Organization.address-state=MA&class=EMER
Encounter participant.family:exact=Pollich983
Encounter location.name=milford
Encounter length:missing=true
Encounter _sort=-date&class=EMER
Condition clinical-status=active
Condition clinical-status:not=active&onset-date=ge2018
Condition onset-date=2020
Condition onset-date=ge2020-03-01&onset-date=lt2020-04-01
Condition abatement-date:missing=true&verification-status=confirmed
Condition recorded-date=gt2021
Condition encounter.class=EMER
Condition patient.gender=female&code=10509002
Condition code:text=sinusitis
Condition category=encounter-diagnosis&_sort=-onset-date
MedicationRequest status=active
MedicationRequest intent=order&authoredon=ge2020
MedicationRequest code:text=acetaminophen
MedicationRequest code=http://www.nlm.nih.gov/research/umls/rxnorm|313782
MedicationRequest medication.code=2563431
MedicationRequest requester.name=pollich
MedicationRequest patient.birthdate=ge2010
MedicationRequest _sort=authoredon&status=active
Procedure date=2020
Procedure code=${snomed}|430193006
Procedure code:text=medication
Procedure status=completed&date=gt2021
Procedure encounter.class=IMP
Immunization vaccine-code=140
Immunization vaccine-code=http://hl7.org/fhir/sid/cvx|140&date=ge2020
Immunization date=2020-01
Immunization location.name:contains=pcp
DiagnosticReport code=${loinc}|57698-3
DiagnosticReport category=LAB&date=ge2021
DiagnosticReport result.code=2093-3
DiagnosticReport performer.name:contains=clinic
AllergyIntolerance category=food
AllergyIntolerance criticality=low&clinical-status=active
AllergyIntolerance code:text=allergy
CarePlan status=active
CarePlan category:text=plan
CarePlan activity-code=226060000
CareTeam status=active
CareTeam participant:Organization.name:contains=hospital
Claim created=ge2021
Claim use=claim&status=active&created=2019
Claim provider.name:contains=hospital&created=2015
ExplanationOfBenefit created=lt1970
ExplanationOfBenefit provider:Practitioner.family=pollich
Organization name:contains=hospital
Organization address-city=worcester
Organization type=prov
Organization _has:Encounter:service-provider:class=EMER
Practitioner family=poll
Practitioner gender=female
Practitioner identifier=http://hl7.org/fhir/sid/us-npi|9999999619
PractitionerRole organization.name:contains=hospital
PractitionerRole practitioner.family=pollich
Location address-state=MA
Location near=42.36|-71.06|10|km
Location near=42.36|-71.06|50|[mi_us]
Device type:text=pacemaker
Device patient.gender=male
ImagingStudy modality=DX
ImagingStudy started=ge2015
ImagingStudy bodysite:missing=false
SupplyDelivery status=completed
DocumentReference date=2021
DocumentReference type=${loinc}|34117-2
Provenance recorded=ge2021
Medication code:text=ml
MedicationAdministration effective-time=ge2000
`;

/** 200 of them; none where the values are not there. */
export function knownSearches(resources: readonly Resource[]): KnownSearch[] {
  const values = frequentValues();
  if (values === null) return [];
  const patients = resources
    .filter(({ resourceType }) => resourceType === 'Patient')
    .map(({ id }) => `{Patient/${id}}`);
  const searches: KnownSearch[] = fixed
    .trim()
    .split('\n')
    .map((line) => {
      const at = line.indexOf(' ');
      return { type: line.slice(0, at), query: line.slice(at + 1) };
    });
  const add = (type: string, queries: readonly string[]) => searches.push(...queries.map((query) => ({ type, query })));
  const codes = values.observationCodes.map(([code]) => code);
  add(
    'Observation',
    codes.slice(0, 8).map((code, at) => `patient=${patients[at % patients.length]}&code=${loinc}|${code}&_sort=-date`),
  );
  add(
    'Observation',
    codes.slice(20, 26).map((code) => `code=${code}`),
  );
  add(
    'Observation',
    codes.slice(40, 44).map((code) => `code=${loinc}|${code},x&date=ge2015`),
  );
  add(
    'Observation',
    values.observationCategories.map(([code]) => `category=${code}&date=ge2021`),
  );
  add(
    'Condition',
    values.conditionCodes.slice(0, 8).map(([code]) => `code=${snomed}|${code}`),
  );
  add(
    'Patient',
    values.patientFamily.slice(0, 6).map((family) => `family=${family.slice(0, 4).toLowerCase()}`),
  );
  add(
    'Patient',
    [...new Set(values.birthDates)].slice(0, 40).map((date, at) => `birthdate=${['', 'le', 'gt'][at % 3]}${date}`),
  );
  return searches.slice(0, 200);
}
