/** What came back, whole: text of at most `limit` bytes. */
export type Fetched = {
  status: number;
  contentType: string | null;
  cacheControl: string | null;
  retryAfter?: string | null;
  text: string;
};

export type GuardOptions = {
  /** Bytes of the body, inflated; 256 KiB unless said. */
  limit?: number;
  /** ms for all of it; 5,000 unless said. */
  deadline?: number;
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  headers?: Readonly<Record<string, string>>;
  body?: string;
};

/**
 * Fetches a URL that somebody else supplied. Resolves to a sentence for them where it may not be, or could not be, fetched.
 */
export type GuardedFetch = (
  url: string,
  options?: GuardOptions,
) => Promise<{ ok: true; value: Fetched } | { ok: false; reason: string }>;
