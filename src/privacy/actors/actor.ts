import type { Actor, Caller, Rule } from '../../fhir/access.ts';
import type { Facts } from '../gate/facts.ts';

/** What a class of actors may do without anybody's consent, and what no consent can give it. */
export type ActorPolicy = {
  actor: Actor;
  /** What it may act for, of https://terminology.hl7.org/CodeSystem-v3-ActReason.html; the first where nothing is said. */
  purposes: readonly string[];
  /** The policy that holds where no Consent says otherwise. https://profiles.ihe.net/ITI/PCF/ValueSet-ConsentPolicies.html */
  implicit: 'permit' | 'deny';
  /** Security labels, as bits, of rows that need a Consent of their own. */
  restricted: number;
  /** Security labels, as bits, of rows that no Consent opens; left out: none. */
  forbidden?: number;
  /** The types that no Consent gives. */
  never: ReadonlySet<string>;
  /**
   * What Consents do: `beyond` — one that permits lets it see somebody whom its scopes do not reach otherwise; `within` —
   * only whom they reach; `bound` — they deny and open labels, and permit nothing; `none` — nothing, whatever they say.
   * Left out: `beyond`.
   */
  consents?: 'beyond' | 'within' | 'bound' | 'none';
  /**
   * Whom user/ scopes are about: `reach` — the patients whom the caller has to do with; `rules` — whom the rules below say,
   * all if they do not. Left out: `reach`.
   */
  about?: 'reach' | 'rules';
  /** Whether it may break the glass. */
  breaksGlass?: boolean;
  /**
   * The most that may be done with a type, beside what scopes say; null: as far as the scopes go.
   * Where it is no more than some rows, those are all there are without a Consent.
   */
  rules(type: string, caller: Caller, facts: Facts): readonly Rule[] | null;
  /** What it may read of whom no scope of its own reaches, where its scopes name the type. */
  beyond?(type: string, caller: Caller, facts: Facts): readonly Rule[];
};
