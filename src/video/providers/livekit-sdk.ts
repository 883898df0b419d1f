/** The SDK is loaded with the first visit that needs it, and not with the server. */
export const loadSdk = () => import('livekit-server-sdk');

export type Sdk = Awaited<ReturnType<typeof loadSdk>>;

/** What is asked for may be so already: there is no such room, nobody in it, or the recording has ended. */
const alreadySo: ReadonlySet<number> = new Set([404, 412]);

/** For a request that something end: that it is gone is no fault. */
export async function unlessGone(sdk: Sdk, request: Promise<unknown>): Promise<void> {
  try {
    await request;
  } catch (error) {
    if (!(error instanceof sdk.TwirpError) || !alreadySo.has(error.status)) throw error;
  }
}
