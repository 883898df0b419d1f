import type { Grant } from '../../fhir/access.ts';
import type { FhirContext } from '../../fhir/context.ts';
import type { Problem } from '../../pages/form.ts';
import type { Language } from '../../pages/language.ts';
import type { Answer } from '../../pages/page.ts';
import type { Decide } from '../gate/decide.ts';

/** Somebody who is signed in, as far as these pages need to know. */
export type Visitor = {
  /** `sub` of their tokens. */
  id: string;
  displayName: string;
  /** `Patient/1`; null: nobody in FHIR. */
  fhirUser: string | null;
  roles: readonly string[];
  /** ms since 1970. */
  signedInAt: number;
};

/** A request as far as it says who sends it. */
export type Asked = {
  tenant: number;
  cookie(name: string): string | undefined;
};

/** How it is known who is there, which is the matter of others (src/web/privacy-pages.ts). */
export type SignIn = {
  visitorOf(asked: Asked): Promise<Visitor | null>;
  /** What every form must carry, as a field `csrf`; send the values of Set-Cookie with the page. */
  csrfOf(asked: Asked): { token: string; cookies: readonly string[] };
  /** Whether a form comes from a page that this browser was given. */
  isOurs(asked: Asked, form: URLSearchParams): boolean;
  /**
   * The path of the sign-in, which leads on to a path of the tenant: `/privacy`.
   *
   * @param again whoever is signed in must show it once more
   */
  path(tenant: number, next: string, again: boolean): string;
};

/** What the pages stand on. */
export type PrivacyPagesDeps = {
  fhir: FhirContext;
  decide: Decide;
  /** The ids of the Patients whose records somebody may see: src/privacy/gate/reach.ts. */
  reach: (tenant: number, fhirUser: string | null) => Promise<readonly string[]>;
  signIn: SignIn;
  /** Whether the last address of X-Forwarded-For is who connected. */
  behindProxy: boolean;
};

export type PageRequest = Asked & {
  method: 'GET' | 'POST';
  /** What stands before the paths of a tenant: nothing, or `/t/2`. */
  root: string;
  /** As the page is mounted, with its parameters filled in, behind `root`: `/privacy/seen`. */
  path: string;
  params: Readonly<Record<string, string>>;
  query: URLSearchParams;
  /** Empty where there is none. */
  form: URLSearchParams;
  language: Language;
  /** Of who connected, as the server sees it. */
  address: string;
};

/** An answer of which the body may be bytes, or come bit by bit. */
export type Reply = Omit<Answer, 'body'> & { body: string | Uint8Array | ReadableStream<Uint8Array> };

/** Somebody opened a page, or sent a form of one. */
export type Visit = {
  deps: PrivacyPagesDeps;
  request: PageRequest;
  csrf: string;
  cookies: readonly string[];
};

/** A record that somebody may look after here. */
export type RecordLine = { id: string; name: string };

/** Whoever has a record, or helps somebody with theirs. */
export type RecordVisit = Visit & {
  visitor: Visitor;
  /** What they may do and see, as they themselves. */
  grant: Grant;
  record: RecordLine;
  /** All that they may choose among. */
  records: readonly RecordLine[];
  /** Whether the record is their own. */
  isOwn: boolean;
};

export type OfficerVisit = Visit & { visitor: Visitor; grant: Grant };

type Of<Whom extends string, V> = {
  method: 'GET' | 'POST';
  /** `/privacy/copy/:id` */
  path: string;
  whom: Whom;
  /** Only within minutes of a sign-in: else a browser that was left open would be enough. */
  fresh?: true;
  /** Also for who has not agreed to the privacy policy that is in force. */
  unread?: true;
  /** A form that is taken from anywhere, for the address itself says that one may. */
  linked?: true;
  run(visit: V): Promise<Reply>;
};

/** One address; its definition mounts and guards it. */
export type Page = Of<'anybody', Visit> | Of<'record', RecordVisit> | Of<'officer', OfficerVisit>;

/** What a page says of what has just been done, or of what is wrong with its form. */
export type Just = { done?: string; problems?: readonly Problem[] };
