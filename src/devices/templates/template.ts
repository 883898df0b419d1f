import { type Issue, invalidResource, ok, type Result } from '../../fhir/outcome.ts';
import { isJson } from '../formats/json.ts';
import { faultOf } from './expression.ts';
import { expressionsOf, type Mapping, MOST_RULES } from './mapping.ts';
import { medtechMapping } from './medtech.ts';
import { ownMapping } from './own.ts';

/** Characters of a template. */
const LONGEST = 256 * 1024;

/** A template that can be run, and what is to be said of it that stops nobody. */
export type Template = { mapping: Mapping; warnings: Issue[] };

const error = (diagnostics: string, expression: string): Issue => ({
  ...{ severity: 'error', code: 'invalid', diagnostics, expression },
});

/**
 * A mapping template, ours or a pair of MedTech's.
 *
 * @returns a 422 that lists all that is wrong with it
 */
export function readTemplate(text: string): Result<Template> {
  if (text.length > LONGEST)
    return invalidResource([error(`A template may have ${LONGEST} characters; this has ${text.length}`, 'template')]);
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return invalidResource([error('A template is JSON', 'template')]);
  }
  if (!isJson(content)) return invalidResource([error('A template is an object', 'template')]);
  const { deviceContent, fhirMapping } = content;
  const isMedtech = deviceContent !== undefined || fhirMapping !== undefined;
  const { mapping, issues } = isMedtech ? medtechMapping({ deviceContent, fhirMapping }) : ownMapping(content);
  const rules = mapping?.rules ?? [];
  const most = rules.length > MOST_RULES ? [error(`A template may have ${MOST_RULES} rules`, 'template')] : [];
  const wrong = rules.flatMap((rule) =>
    expressionsOf(rule).flatMap((expression) => {
      const why = faultOf(expression);
      return why === null
        ? []
        : [error(`${expression.text.slice(0, 100)} is no ${expression.language}: ${why}`, rule.name)];
    }),
  );
  const all = [...issues, ...most, ...wrong];
  if (mapping === null || all.some(({ severity }) => severity === 'error')) return invalidResource(all);
  return ok({ mapping, warnings: all });
}
