import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { classes, Message, makeIntegrityKey, methods, parseMessage } from 'werift';

export type TurnName = { username: string; credential: string };

/** Somebody at a relay who says what the relay answered: 200, or the number of the STUN error. */
export type TurnClient = {
  /** Asks for a place. */
  allocate(name: TurnName): Promise<number>;
  /** Asks that what comes from an address is handed on, and the other way round; after a place was got. */
  permit(address: string): Promise<number>;
  /** Gives the place back. */
  close(): Promise<void>;
};

/** ms that a relay on this machine may take to answer. */
const PATIENCE = 5000;

const UDP = 17;

/** @see https://datatracker.ietf.org/doc/html/rfc8656 */
export async function createTurnClient(port: number): Promise<TurnClient> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  let name: TurnName = { username: '', credential: '' };
  let hasPlace = false;
  let [realm, nonce] = ['', Buffer.alloc(0)];

  async function send(message: Message): Promise<Message> {
    socket.send(message.bytes, port, '127.0.0.1');
    const [bytes] = await once(socket, 'message', { signal: AbortSignal.timeout(PATIENCE) });
    const answer = parseMessage(bytes as Buffer); // what a datagram socket emits
    if (!answer) throw new Error('the relay answers something else than STUN');
    return answer;
  }

  /** Signed; who is told another nonce says it again with that. */
  async function ask(method: methods, add: (message: Message) => void, again = true): Promise<number> {
    const message = new Message(method, classes.REQUEST);
    add(message);
    const { username, credential } = name;
    message.setAttribute('USERNAME', username).setAttribute('REALM', realm).setAttribute('NONCE', nonce);
    message.addMessageIntegrity(makeIntegrityKey(username, realm, credential)).addFingerprint();
    const answer = await send(message);
    if (answer.messageClass === classes.RESPONSE) return 200;
    const [status] = answer.getAttributeValue('ERROR-CODE');
    if (status !== 438 || !again) return status;
    nonce = answer.getAttributeValue('NONCE');
    return ask(method, add, false);
  }

  const ofTransport = (message: Message): void => void message.setAttribute('REQUESTED-TRANSPORT', UDP << 24);

  return {
    async allocate(given) {
      name = given;
      const message = new Message(methods.ALLOCATE, classes.REQUEST);
      ofTransport(message);
      const answer = await send(message.addFingerprint());
      realm = answer.getAttributeValue('REALM');
      nonce = answer.getAttributeValue('NONCE');
      const status = await ask(methods.ALLOCATE, ofTransport);
      hasPlace = status === 200;
      return status;
    },
    permit: (address) =>
      ask(methods.CREATE_PERMISSION, (message) => message.setAttribute('XOR-PEER-ADDRESS', [address, 5000])),
    async close() {
      if (hasPlace) await ask(methods.REFRESH, (message) => message.setAttribute('LIFETIME', 0));
      socket.close();
    },
  };
}
