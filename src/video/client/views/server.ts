import type { VisitPage } from '../../pages/visit-page.ts';
import type { Asked, Chunk } from '../room.ts';

type Json = { [key: string]: unknown };
type Parameter = { name: string } & Json;

/** What the server answered: a resource, or why not in its words. */
export type Answered = { ok: true; resource: Json } | { ok: false; status: number; text: string };

export type Server = {
  /** Asks for an operation on the Encounter. */
  operate(operation: string, parameters: readonly Parameter[]): Promise<Answered>;
  /** Stores a resource of this Encounter. */
  create(resource: Json & { resourceType: string }): Promise<Answered>;
  /** A way in, as the room asks for it each time. */
  join(): Promise<Asked>;
  /** The guest's own word on being recorded, or that of whoever is signed in. */
  consent(given: boolean): Promise<Answered>;
  upload(chunk: Chunk): Promise<boolean>;
  /** `Encounter/1`; null: nobody has opened it yet, or one is a guest. */
  readonly encounter: string | null;
  /** Where the patient wants to be called, told with the next way in. */
  callback: string | null;
};

const parameterOf = (resource: Json, name: string): Parameter | undefined =>
  (resource.parameter as Parameter[] | undefined)?.find((one) => one.name === name); // a Parameters resource of ours

const textOf = (resource: Json, name: string): string => {
  const parameter = parameterOf(resource, name);
  const key = Object.keys(parameter ?? {}).find((one) => one.startsWith('value'));
  return key === undefined ? '' : String(parameter?.[key]);
};

/** The sentence of an OperationOutcome. */
const sentenceOf = (resource: Json): string =>
  (resource.issue as { diagnostics?: string }[] | undefined)?.[0]?.diagnostics ?? '';

const instant = /\d{4}-\d{2}-\d{2}T[\d:.]+Z/;

/** @throws TypeError where the server cannot be reached */
async function post(path: string, sent: Json): Promise<Answered> {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(sent),
    credentials: 'same-origin',
  });
  const resource = (await response.json().catch(() => ({}))) as Json;
  if (response.ok) return { ok: true, resource };
  // Such answers come of a server that restarts, or of what stands before it: as if it were not there.
  if (response.status >= 500) throw new TypeError(`${response.status}`);
  return { ok: false, status: response.status, text: sentenceOf(resource) };
}

const refusal = ({ text }: { text: string }): Asked => {
  const from = instant.exec(text)?.[0];
  return { refused: text, ...(from === undefined ? {} : { from }) };
};

const wayIn = (answered: Answered): Asked =>
  answered.ok
    ? { socket: textOf(answered.resource, 'socket'), token: textOf(answered.resource, 'token') }
    : refusal(answered);

const parametersOf = (parameter: readonly Parameter[]): Json => ({ resourceType: 'Parameters', parameter });

/** The address to which pieces of a recording go; nothing in it is a secret. */
const pieceAt = (root: string, encounter: string, { recording, n }: Chunk): string =>
  `${root}/video/${encounter}/recording/${recording}/${n}`;

/** The server for whoever is signed in. */
export function serverOf({ root, csrf, appointment }: VisitPage): Server {
  let encounter: string | null = null;
  const act = (type: string, id: string | null, operation: string, parameters: Json): Promise<Answered> =>
    post(`${root}/video/do`, { type, id, operation, parameters, csrf });

  async function open(): Promise<Answered> {
    const opened = await act('Appointment', appointment, 'video-open', parametersOf([]));
    const reference = opened.ok ? parameterOf(opened.resource, 'encounter')?.valueReference : undefined;
    encounter = (reference as { reference?: string } | undefined)?.reference ?? encounter;
    return opened;
  }

  const server: Server = {
    callback: null,
    get encounter() {
      return encounter;
    },
    operate: (operation, parameters) =>
      act('Encounter', encounter?.split('/')[1] ?? '', operation, parametersOf(parameters)),
    create: (resource) => act(resource.resourceType, null, 'create', resource),
    async join() {
      if (encounter === null) {
        const opened = await open();
        if (!opened.ok) return refusal(opened);
      }
      const told = server.callback === null ? [] : [{ name: 'callback', valueString: server.callback }];
      return wayIn(await server.operate('video-join', told));
    },
    consent: (given) => server.operate('video-consent', [{ name: 'action', valueCode: given ? 'give' : 'withdraw' }]),
    async upload(chunk) {
      const response = await fetch(pieceAt(root, encounter?.split('/')[1] ?? '', chunk), {
        method: 'POST',
        headers: { 'Content-Type': chunk.contentType, 'X-CSRF': csrf },
        body: chunk.bytes,
      });
      if (response.status >= 500) throw new TypeError(`${response.status}`);
      return response.ok;
    },
  };
  return server;
}

const notForGuests: Answered = { ok: false, status: 403, text: '' };

/** The server for a guest, whom it knows by a cookie that no script can read. */
export function guestServerOf({ root, csrf }: VisitPage): Server & { enter(code: string): Promise<Answered> } {
  return {
    callback: null,
    encounter: null,
    enter: (code) => post(`${root}/video/guest/enter`, { code, csrf }),
    join: async () => wayIn(await post(`${root}/video/guest/join`, { csrf })),
    consent: (given) => post(`${root}/video/guest/consent`, { given, csrf }),
    operate: async () => notForGuests,
    create: async () => notForGuests,
    upload: async () => false,
  };
}
