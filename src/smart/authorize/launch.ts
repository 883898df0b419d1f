import { findLaunch } from '../launch/launch.ts';
import { sha256 } from '../random.ts';
import { type Check, parameter, passed, refused } from './check.ts';

/**
 * A launch must be one that was handed out to this app and not yet used; whose it is turns out at the sign-in.
 *
 * @see https://hl7.org/fhir/smart-app-launch/app-launch.html#launch-app-ehr-launch
 */
export const launch: Check = async (asked) => {
  const given = parameter(asked, 'launch');
  if (given === null) return passed({ launch: null });
  const scopes = (parameter(asked, 'scope') ?? '').split(' ');
  if (!scopes.includes('launch')) return refused('invalid_request', 'A launch needs the scope launch as well');
  const hash = sha256(given);
  if (!(await findLaunch(asked.context, asked.tenant, asked.client.id, hash))) {
    return refused('invalid_request', 'This launch is unknown, used, too old or of another app; start the app again');
  }
  return passed({ launch: hash });
};
