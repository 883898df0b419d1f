import type { Extension } from '@medplum/fhirtypes';

const packages = 'http://hl7.org/fhir/5.0/StructureDefinition/extension-';

/** What a visit is held with: `webrtc-p2p`, `livekit`. HL7's own list has products of others only. */
export const channelSystem = 'https://portico.dev/fhir/CodeSystem/virtual-service-type';

const channels = {
  'webrtc-p2p': 'Video in the browser',
  livekit: 'Video by way of a media server',
} as const;

export type Channel = keyof typeof channels;

export type VirtualService = {
  channel: { system: string | null; code: string } | null;
  address: string | null;
  maxParticipants: number | null;
};

/**
 * Where a visit by video takes place: R5's virtualService, as an extension in R4. The address is stable and asks who one is;
 * a session key is never in it, for it would open the visit to whoever reads the resource.
 *
 * @param root what stands before the paths of a tenant: `https://host`, `https://host/t/2`
 * @see https://hl7.org/fhir/R5/appointment-definitions.html#Appointment.virtualService
 */
export function virtualService(
  type: 'Appointment' | 'Encounter',
  root: string,
  appointment: string,
  { channel = 'webrtc-p2p', maxParticipants = 4 }: { channel?: Channel; maxParticipants?: number } = {},
): Extension {
  return {
    url: `${packages}${type}.virtualService`,
    extension: [
      { url: 'channelType', valueCoding: { system: channelSystem, code: channel, display: channels[channel] } },
      { url: 'address', valueUrl: `${root}/video/${appointment}` },
      { url: 'maxParticipants', valuePositiveInt: maxParticipants },
    ],
  };
}

const isService = ({ url }: Extension): boolean => /(^|[/.-])virtualService$/i.test(url);

/** The part of it that an extension is: `channelType`, whether its URL is relative or has the whole name of the element. */
const partOf = ({ url }: Extension): string => url.slice(Math.max(url.lastIndexOf('.'), url.lastIndexOf('/')) + 1);

/** The extensions within, at any depth: some releases put the parts into an extension of the data type. */
const within = ({ extension = [] }: Extension): Extension[] => extension.flatMap((one) => [one, ...within(one)]);

const addressOf = (one: Extension | undefined): string | null =>
  one?.valueUrl ?? one?.valueUri ?? one?.valueString ?? one?.valueContactPoint?.value ?? null;

/** What a resource says of where it takes place, in whichever form a release of the package writes it; null: nothing. */
export function readVirtualService({ extension = [] }: { extension?: Extension[] }): VirtualService | null {
  const found = extension.find(isService);
  if (!found) return null;
  const parts = within(found);
  const part = (name: string): Extension | undefined => parts.find((one) => partOf(one) === name);
  const { system, code } = part('channelType')?.valueCoding ?? {};
  const max = part('maxParticipants');
  return {
    channel: code === undefined ? null : { system: system ?? null, code },
    address: addressOf(part('address')),
    maxParticipants: max?.valuePositiveInt ?? max?.valueInteger ?? null,
  };
}

/** The extensions without what any of them says of where it takes place. */
export const withoutVirtualService = (extension: readonly Extension[]): Extension[] =>
  extension.filter((one) => !isService(one));
