import { z } from 'zod';

import type { FhirContext } from '../../fhir/context.ts';

const minutes = (least: number, most: number, usual: number) => z.int().min(least).max(most).default(usual);

/** How a tenant holds its visits, and how it does where it says nothing. */
export const videoPolicy = z.strictObject({
  /** What carries the media where an Appointment does not say. */
  provider: z.enum(['p2p', 'livekit']).default('p2p'),
  /** Whether what is written in a visit becomes Communications. */
  keepChat: z.boolean().default(true),
  /** Whether visits may be recorded at all, once everybody agrees. */
  recording: z.boolean().default(true),
  /** How long before its start one may be in the waiting room. */
  earlyMinutes: minutes(0, 240, 15),
  /** How long after its start a patient who has not come is waited for. */
  noShowMinutes: minutes(1, 240, 15),
  /** How long a visit goes on after the last of those who treat has left. */
  graceMinutes: minutes(1, 60, 5),
  /** How long after its end a visit is over, whatever happens. */
  overtimeMinutes: minutes(0, 480, 30),
  /** Whether patients and guests connect by a relay alone, so that nobody learns their address. */
  relayOnly: z.enum(['when-turn', 'always', 'never']).default('when-turn'),
});

export type VideoPolicy = z.infer<typeof videoPolicy>;

export async function policyOf({ database }: FhirContext, tenant: number): Promise<VideoPolicy> {
  const [row] = await database.byKey.query('select content from video_policy where tenant = $1', [tenant]);
  // What is kept was checked; what was added since has its usual value.
  return videoPolicy.parse(row ? JSON.parse(String(row[0])) : {});
}

export async function keepPolicy({ database }: FhirContext, tenant: number, policy: VideoPolicy): Promise<void> {
  await database.query(
    `insert into video_policy (tenant, content) values ($1, $2)
     on conflict (tenant) do update set content = excluded.content`,
    [tenant, JSON.stringify(policy)],
  );
}
