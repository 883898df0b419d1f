import type { SmartContext } from '../context.ts';
import { findClient } from './clients.ts';
import { registerClient } from './register-client.ts';

/** The apps of the demo world: one in a browser, which the tour starts, and one that an EHR starts. */
const apps = [
  {
    id: 'heart-rate',
    metadata: {
      client_name: 'Heart Rate Diary',
      client_uri: 'https://heart-rate.example',
      redirect_uris: ['http://127.0.0.1/'],
      post_logout_redirect_uris: ['http://127.0.0.1/'],
      launch_uri: 'http://127.0.0.1:8104/launch.html',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      scope:
        'openid fhirUser profile launch launch/patient launch/encounter offline_access online_access patient/*.rs user/*.rs patient/Observation.c',
    },
  },
];

/** Registers them, where they are not. */
export async function seedDemoClients(context: SmartContext): Promise<void> {
  for (const { id, metadata } of apps) {
    if (await findClient(context, 1, id)) continue;
    const registered = await registerClient(context, 1, metadata, { by: 'demo', owner: null, system: false }, id);
    if (!registered.ok) throw new Error(`The demo app ${id} cannot be registered: ${registered.fault.reason}`);
  }
}
