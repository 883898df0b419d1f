import type { Client } from '../clients/client.ts';
import { kindOf } from '../developer/developer-form.ts';
import type { Place } from '../tokens/tokens.ts';

/** A program that runs as it is but for what only its author has. `about` names its words. */
export type Sample = { about: 'browserStart' | 'browserReady' | 'node' | 'nodeService' | 'curl'; code: string };

type Of = Pick<Client, 'id' | 'metadata'>;

const quoted = (text: string): string => `'${text.replaceAll(/['\\]/g, '\\$&').replaceAll('<', '\\x3c')}'`;

const LIBRARY = 'https://cdn.jsdelivr.net/npm/fhirclient@2/build/fhir-client.js';
const HEART_RATE = 'http://loinc.org|8867-4';

const browserStart = (client: Of, place: Place): string => `<script src="${LIBRARY}"></script>
<script>
  FHIR.oauth2.authorize({
    iss: ${quoted(place.audience)},
    clientId: ${quoted(client.id)},
    redirectUri: ${quoted(client.metadata.redirect_uris[0] ?? '')},
    scope: ${quoted(client.metadata.scope)},
    pkceMode: 'required',
  });
</script>`;

const browserReady = (): string => `<script src="${LIBRARY}"></script>
<script type="module">
  const client = await FHIR.oauth2.ready();
  const patient = await client.patient.read();
  const rates = await client.request(
    \`Observation?patient=\${patient.id}&code=${HEART_RATE}&_sort=-date&_count=30\`,
  );
  document.body.append(\`\${patient.birthDate}: \${rates.entry?.length ?? 0} heart rates\`);
</script>`;

/** How openid-client is told who the app is. */
const credentials = (client: Of): { before: string; argument: string } => {
  const kind = kindOf(client);
  if (kind === 'public') return { before: '', argument: 'oidc.None()' };
  if (kind === 'secret') {
    const how = client.metadata.token_endpoint_auth_method === 'client_secret_post' ? 'Post' : 'Basic';
    return { before: '', argument: `oidc.ClientSecret${how}(process.env.CLIENT_SECRET)` };
  }
  return {
    before: `// The private half of a key that is registered, as a JWK with its kid and alg.
const jwk = JSON.parse(await readFile('private-key.json', 'utf8'));
const key = { key: await importJWK(jwk, jwk.alg), kid: jwk.kid };
`,
    argument: 'oidc.PrivateKeyJwt(key)',
  };
};

function discovery(client: Of, place: Place): string {
  const { before, argument } = credentials(client);
  const imports =
    before === '' ? '' : `import { readFile } from 'node:fs/promises';\nimport { importJWK } from 'jose';\n`;
  const insecure = place.issuer.startsWith('http:') ? ', {\n  execute: [oidc.allowInsecureRequests],\n}' : '';
  return `${imports}import * as oidc from 'openid-client';

const issuer = new URL(${quoted(place.issuer)});
const fhir = ${quoted(place.audience)};
const clientId = ${quoted(client.id)};
const scope = ${quoted(client.metadata.scope)};
${before}
const config = await oidc.discovery(issuer, clientId, undefined, ${argument}${insecure});
`;
}

const node = (client: Of, place: Place): string => `${discovery(client, place)}
// 1. Send the person here, and keep verifier and state for when they come back.
const verifier = oidc.randomPKCECodeVerifier();
const state = oidc.randomState();
const url = oidc.buildAuthorizationUrl(config, {
  redirect_uri: ${quoted(client.metadata.redirect_uris[0] ?? '')},
  scope,
  state,
  aud: fhir,
  code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
  code_challenge_method: 'S256',
});

// 2. They come back to the redirect address; \`back\` is the whole of it, with its query.
export async function cameBack(back) {
  const tokens = await oidc.authorizationCodeGrant(config, new URL(back), {
    pkceCodeVerifier: verifier,
    expectedState: state,
  });
  const answer = await fetch(\`\${fhir}/Patient/\${tokens.patient}\`, {
    headers: { authorization: \`Bearer \${tokens.access_token}\` },
  });
  return answer.json();
}

export { url };
`;

const nodeService = (client: Of, place: Place): string => `${discovery(client, place)}
const tokens = await oidc.clientCredentialsGrant(config, { scope });
const answer = await fetch(\`\${fhir}/Patient?_count=1\`, {
  headers: { authorization: \`Bearer \${tokens.access_token}\` },
});
console.log(answer.status, await answer.json());
`;

const curl = (
  client: Of,
  place: Place,
): string => `# ASSERTION is a JWT that the service signs with its private key (ES384 or RS384, with kid):
#   iss and sub: ${client.id}
#   aud: ${place.issuer}/oauth2/token
#   exp: at most 5 minutes from now; jti: new each time
TOKEN=$(curl -s ${place.issuer}/oauth2/token \\
  -d grant_type=client_credentials \\
  --data-urlencode 'scope=${client.metadata.scope.replaceAll("'", "'\\''")}' \\
  -d client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer \\
  -d client_assertion="$ASSERTION" | jq -r .access_token)

curl -s "${place.audience}/Patient?_count=1" -H "Authorization: Bearer $TOKEN"`;

/** Programs by which an app does what it is for, with its own values in them. */
export function samplesOf(client: Of, place: Place): Sample[] {
  if (kindOf(client) === 'service') {
    return [
      { about: 'nodeService', code: nodeService(client, place) },
      { about: 'curl', code: curl(client, place) },
    ];
  }
  if (kindOf(client) !== 'public') return [{ about: 'node', code: node(client, place) }];
  return [
    { about: 'browserStart', code: browserStart(client, place) },
    { about: 'browserReady', code: browserReady() },
    { about: 'node', code: node(client, place) },
  ];
}
