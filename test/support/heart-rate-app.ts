import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';

/** A small SMART app as somebody would write it with fhirclient: it is launched, and draws the patient's heart rate. */
export type HeartRateApp = {
  origin: string;
  /** Where it comes back to; to be registered. */
  redirectUri: string;
  /** Where an EHR starts it; to be registered. */
  launchUri: string;
  /** The id that it got at its registration. */
  registered(clientId: string): void;
  /** Where a person starts it by themselves. */
  standalone(fhirBase: string): string;
  close(): Promise<void>;
};

export const heartRateScopes =
  'launch launch/patient openid fhirUser offline_access patient/Patient.r patient/Observation.rs';

const fhirclient = readFileSync(createRequire(import.meta.url).resolve('fhirclient/build/fhir-client.js'), 'utf8');

const page = (title: string, body: string) =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title>
  <link rel="icon" href="data:,"><script src="/fhir-client.js"></script></head><body>${body}</body></html>`;

const launchPage = (clientId: string) =>
  page(
    'Starting',
    `<script>
      FHIR.oauth2
        .authorize({ clientId: '${clientId}', scope: '${heartRateScopes}', redirectUri: '/' })
        .catch((error) => { document.body.innerHTML = '<p id="error"></p>'; document.getElementById('error').textContent = error.message; });
    </script>`,
  );

const chartPage = page(
  'Heart rate',
  `<h1 id="patient">Heart rate</h1><p id="state">Loading</p><svg id="chart" viewBox="0 0 600 200" width="600" height="200" role="img"></svg>
  <script>
    const say = (text) => { document.getElementById('state').textContent = text; };
    function draw(points) {
      const [first, last] = [points[0].at, points[points.length - 1].at];
      const rates = points.map(({ rate }) => rate);
      const [low, high] = [Math.min(...rates), Math.max(...rates)];
      const x = (at) => 10 + (580 * (at - first)) / Math.max(1, last - first);
      const y = (rate) => 190 - (180 * (rate - low)) / Math.max(1, high - low);
      const line = points.map(({ at, rate }) => x(at).toFixed(1) + ',' + y(rate).toFixed(1)).join(' ');
      document.getElementById('chart').innerHTML =
        '<polyline fill="none" stroke="crimson" stroke-width="2" points="' + line + '"/>';
    }
    async function show() {
      const client = await FHIR.oauth2.ready();
      const patient = await client.patient.read();
      document.getElementById('patient').textContent = patient.name[0].family;
      document.body.dataset.user = client.user.fhirUser || '';
      document.body.dataset.encounter = client.encounter.id || '';
      const found = await client.patient.request('Observation?code=http://loinc.org|8867-4&_count=100', { pageLimit: 5, flat: true });
      const points = found
        .map((one) => ({ at: Date.parse(one.effectiveDateTime), rate: one.valueQuantity.value }))
        .sort((a, b) => a.at - b.at);
      if (points.length > 0) draw(points);
      say(points.length + ' measurements');
    }
    show().catch((error) => say('Failed: ' + error.message));
  </script>`,
);

/** Listens on a free port of this computer. */
export async function startHeartRateApp(): Promise<HeartRateApp> {
  let clientId = '';
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://app');
    const isScript = pathname === '/fhir-client.js';
    response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? fhirclient : pathname === '/launch' ? launchPage(clientId) : chartPage);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // It listens on TCP
  const origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    redirectUri: `${origin}/`,
    launchUri: `${origin}/launch`,
    registered(id) {
      clientId = id;
    },
    standalone: (fhirBase) => `${origin}/launch?iss=${encodeURIComponent(fhirBase)}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
