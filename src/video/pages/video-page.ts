import type { Grant } from '../../fhir/access.ts';
import type { Received } from '../../privacy/pages/mount.ts';
import type { PrivacyPagesDeps, Reply, Visitor } from '../../privacy/pages/visit.ts';
import type { Providers } from '../providers/provider.ts';

/** What the pages of visits stand on. */
export type VideoPagesDeps = PrivacyPagesDeps & { providers: Providers };

export type VideoRequest = Omit<Received, 'refused'>;

/** Somebody opened a page of a visit, or sent something from one. */
export type Opened = {
  deps: VideoPagesDeps;
  request: VideoRequest;
  csrf: string;
  cookies: readonly string[];
};

/** The same by somebody who is signed in: a patient, who helps one, or who treats. */
export type OpenedBy = Opened & {
  visitor: Visitor & { fhirUser: string };
  /** What they may do and see, as they themselves. */
  grant: Grant;
};

type Of<Whom extends string, O> = {
  method: 'GET' | 'POST';
  /** `/video/:appointment` */
  path: string;
  whom: Whom;
  /** Bytes of a body, where it is longer than a form. */
  longest?: number;
  /** Taken from anywhere, for it shows by itself that it may be. */
  fromElsewhere?: true;
  /** Answers are for scripts: whoever is not signed in is told so, and led nowhere. */
  forScripts?: true;
  run(opened: O): Promise<Reply>;
};

/** One address; its definition mounts and guards it. */
export type VideoPage = Of<'anybody', Opened> | Of<'visitor', OpenedBy>;
