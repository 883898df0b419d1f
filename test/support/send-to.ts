import { type Agent, request } from 'node:http';

/** One request to a server that may be killed at any time: status and body; status 0 where no whole answer came. */
export function sendTo(
  { port, authorization, agent }: { port: string | undefined; authorization: string; agent: Agent },
  method: string,
  path: string,
  body?: string,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve) => {
    const headers = { authorization, 'content-type': 'application/fhir+json' };
    const one = request({ host: '127.0.0.1', port, method, path: `/fhir/R4/${path}`, headers, agent });
    one.on('error', () => resolve({ status: 0, text: '' }));
    one.on('response', (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('error', () => resolve({ status: 0, text: '' }));
      response.on('end', () => resolve({ status: response.complete ? (response.statusCode ?? 0) : 0, text }));
    });
    one.end(body);
  });
}
