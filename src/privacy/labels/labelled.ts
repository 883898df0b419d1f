import type { Grant } from '../../fhir/access.ts';
import type { FhirContext, Json, Write } from '../../fhir/context.ts';
import { elements, members, type Parsed } from '../../fhir/json.ts';
import { ok, type Result } from '../../fhir/outcome.ts';
import { type Label, ruled } from './ruled.ts';

/** A label as it stands in meta.security: `text` is its Coding. */
type Written = Label & { text: string; byRule: boolean };

const nameOf = ({ system, code }: Label): string => `${system}|${code}`;

const confidentiality = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
const belowRestricted: ReadonlySet<string> = new Set(['U', 'L', 'M', 'N'].map((code) => `${confidentiality}|${code}`));

/** Nobody has chosen it: the rules have, and take it away again when the code is gone. */
const byRuleText = ({ system, code }: Label): string =>
  `{"system":${JSON.stringify(system)},"code":${JSON.stringify(code)},"userSelected":false}`;

/** Where meta.security begins in a text, if it is there. */
function securityAt(text: string): number | null {
  const meta = members(text, 0).find(({ name }) => name === 'meta');
  const security = meta && members(text, meta.value).find(({ name }) => name === 'security');
  return security?.value ?? null;
}

function labelsIn(text: string): Written[] {
  const at = securityAt(text);
  if (at === null) return [];
  return elements(text, at).map(({ start, end }) => {
    const coding = text.slice(start, end);
    const { system, code, userSelected } = JSON.parse(coding) as Json; // a Coding, which has been checked
    return { system: String(system ?? ''), code: String(code ?? ''), text: coding, byRule: userSelected === false };
  });
}

/** A Coding that somebody answers for. */
function byHand(one: Written): Written {
  if (!one.byRule) return one;
  const { userSelected: _, ...coding } = JSON.parse(one.text) as Json; // a Coding, which has been checked
  return { ...one, text: JSON.stringify(coding), byRule: false };
}

/**
 * The labels that a version has. Those of the rules are found anew each time. Those that anybody has put by hand stay, once
 * they are there: what is sent can only add to them. A label of the rules that is sent back, as it was read, adds nothing; one
 * that the rules never gave is by hand, however it is marked.
 */
function merged(sent: readonly Written[], stored: readonly Written[], rules: readonly Label[], lowers: boolean) {
  const given = new Set(rules.map(nameOf));
  const before = new Map(stored.map((one) => [nameOf(one), one]));
  const kept = new Map<string, Written>();
  for (const one of sent) {
    const name = nameOf(one);
    const isEcho = one.byRule && (given.has(name) || before.get(name)?.byRule === true);
    if (!isEcho && !kept.has(name)) kept.set(name, byHand(one));
  }
  for (const [name, one] of before) if (!lowers && !one.byRule && !kept.has(name)) kept.set(name, one);
  for (const label of rules) {
    if (!kept.has(nameOf(label))) kept.set(nameOf(label), { ...label, text: byRuleText(label), byRule: true });
  }
  const restricted = kept.has(`${confidentiality}|R`) || kept.has(`${confidentiality}|V`);
  return [...kept].flatMap(([name, one]) => (restricted && belowRestricted.has(name) ? [] : [one]));
}

/** The text with another meta.security, or without one, everything else as it was written. */
function spliced(text: string, security: string | null): string {
  const meta = members(text, 0).find(({ name }) => name === 'meta');
  if (!meta) return security === null ? text : `{"meta":{"security":${security}},${text.slice(1)}`;
  const own = members(text, meta.value);
  const others = own.filter(({ name }) => name !== 'security').map(({ key, end }) => text.slice(key, end));
  const all = security === null ? others : [`"security":${security}`, ...others];
  return `${text.slice(0, meta.value)}{${all.join()}}${text.slice(meta.end)}`;
}

const mayLower = ({ caller }: Grant): boolean => caller.actor === 'privacy-officer' || caller.actor === 'operator';

/** What rules add to labels that are put by hand: a psychotherapy note is V, whoever says that it is one. */
const impliedBy = (labels: readonly Label[]): readonly Label[] =>
  labels.length === 0 ? [] : ruled({ resourceType: 'Basic', code: { coding: labels } });

/**
 * A resource with the labels that its codes, its sender and the version before it give it.
 *
 * @see https://hl7.org/fhir/R4/security-labels.html
 */
export function labelled(_: FhirContext, grant: Grant, { parsed, stored, reason }: Write): Result<Parsed> {
  return ok(withLabels(parsed, stored?.content ?? null, reason !== null && mayLower(grant)));
}

/**
 * @param before the text of the version that is replaced
 * @param lowers labels that were put by hand and are not sent again are meant to go
 */
export function withLabels(parsed: Parsed, before: string | null, lowers: boolean): Parsed {
  const { resource, text } = parsed;
  const { meta } = resource as { meta?: { security?: unknown } }; // checked
  const isSent = meta?.security !== undefined;
  const wasThere = before?.includes('"security":') ?? false;
  let rules = ruled(resource);
  if (rules.length === 0 && !isSent && !wasThere) return parsed;
  const sent = isSent ? labelsIn(text) : [];
  const stored = wasThere && before !== null ? labelsIn(before) : [];
  const hand = [...sent, ...(lowers ? [] : stored)].filter(({ byRule }) => !byRule);
  const implied = impliedBy(hand.filter(({ code }) => code === 'PSYTHPN' || code === '42CFRPart2'));
  const known = new Set(rules.map(nameOf));
  rules = [...rules, ...implied.filter((label) => !known.has(nameOf(label)))];
  const labels = merged(sent, stored, rules, lowers);
  if (labels.length === 0 && !isSent) return parsed;
  const security = labels.length === 0 ? null : `[${labels.map((one) => one.text).join()}]`;
  const made = spliced(text, security);
  if (made === text) return parsed;
  const { security: _, ...others } = meta ?? {};
  // Put together of checked Codings.
  const own = security === null ? {} : { security: JSON.parse(security) as unknown };
  return { ...parsed, text: made, resource: { ...resource, meta: { ...own, ...others } } };
}
