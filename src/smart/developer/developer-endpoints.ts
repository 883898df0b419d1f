import type { Endpoint } from '../endpoint.ts';
import { developerApp, developerDeed, developerHome } from './developer.ts';
import { editForm, editPage, registerForm, registerPage } from './developer-register.ts';
import { ehrLaunchForm, ehrLaunchPage } from './ehr-launch.ts';
import { operatorEndpoints } from './operator.ts';

/** The pages of developers, of whoever starts an app, and of the operator. The address of a form stands before those of apps: no app has it as its id. */
export const developerEndpoints: readonly Endpoint[] = [
  developerHome,
  registerPage,
  registerForm,
  developerApp,
  developerDeed,
  editPage,
  editForm,
  ehrLaunchPage,
  ehrLaunchForm,
  ...operatorEndpoints,
];
