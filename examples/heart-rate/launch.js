// Where an EHR starts the app (?iss=…&launch=…), and where its own button leads (?iss=…): fhirclient goes to the server that
// iss names, which asks the person, and comes back to index.html.
FHIR.oauth2
  .authorize({
    clientId: 'heart-rate',
    scope: 'launch launch/patient openid fhirUser patient/Patient.r patient/Observation.rs',
    redirectUri: new URL('./', location.href).href,
  })
  .catch((error) => {
    document.getElementById('state').textContent = `The app could not be started. ${error.message}`;
  });
