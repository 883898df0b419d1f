import type { Language } from '../pages/language.ts';
import type { Answer } from '../pages/page.ts';
import type { SmartContext } from './context.ts';
import type { Place } from './tokens/tokens.ts';

/** One request to the authorization server. Free of any web framework. */
export type SmartRequest = {
  tenant: number;
  /** Issuer and FHIR base of the tenant. */
  place: Place;
  method: string;
  /** As sent to the server, without the query; in a DPoP proof it is behind the origin. */
  path: string;
  /** Segments that the endpoint's path names with a colon. */
  params: Readonly<Record<string, string>>;
  query: URLSearchParams;
  /** Of a body that is application/x-www-form-urlencoded; else empty. */
  form: URLSearchParams;
  /** The body as text. */
  body: string;
  /** By lower-case name. */
  header(name: string): string | undefined;
  cookie(name: string): string | undefined;
  /** Address of who connected, as the server sees it. */
  address: string;
  language: Language;
};

export type { Answer };

/** What may be answered at once instead of going on: the value, or the whole answer. */
export type Step<T> = { ok: true; value: T } | { ok: false; answer: Answer };

/** One address of the authorization server; its definition mounts it, for every tenant. */
export type Endpoint = {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Behind the issuer: `/oauth2/token`, `/oauth2/authorize/:id`. */
  path: string;
  /**
   * From where a browser may come: from a script of `any` page, which may read the answer (cookies never count); by a link or
   * form of any page, which may not (`link`); or, for everything but GET, only by forms and scripts of our `own` pages.
   */
  origin: 'any' | 'link' | 'own';
  run(context: SmartContext, request: SmartRequest): Promise<Answer>;
};
