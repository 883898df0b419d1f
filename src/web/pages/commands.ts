/** The commands of the front page, for a POSIX shell; README.md has the longer tour. */
export function commands(fhir: string): Record<'token' | 'read' | 'search' | 'everything' | 'create', string> {
  const auth = '-H "Authorization: Bearer $TOKEN"';
  const reading = {
    resourceType: 'Observation',
    status: 'final',
    category: [
      { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' }] },
    ],
    code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
    subject: { reference: 'Patient/amara-osei' },
    effectiveDateTime: '2026-01-31T09:30:00Z',
    valueQuantity: { value: 72, unit: 'beats/minute', system: 'http://unitsofmeasure.org', code: '/min' },
  };
  return {
    token: `FHIR=${fhir}
TOKEN=$(npm run -s token -- --scope "system/*.cruds")`,
    read: `curl -s ${auth} "$FHIR/Patient/amara-osei?_pretty=true"`,
    search: `curl -s ${auth} \\
  "$FHIR/Observation?patient=amara-osei&code=8867-4&_sort=-date&_count=20"`,
    everything: `curl -s ${auth} "$FHIR/Patient/amara-osei/\\$everything"`,
    create: `curl -s ${auth} -H "Content-Type: application/fhir+json" \\
  "$FHIR/Observation" -d '${JSON.stringify(reading)}'`,
  };
}
