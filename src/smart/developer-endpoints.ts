import { developerApp, developerDeed, developerHome } from './developer.ts';
import { editForm, editPage, registerForm, registerPage } from './developer-register.ts';
import type { Endpoint } from './endpoint.ts';

/** The pages of developers. The address of a form stands before those of apps: no app has it as its id. */
export const developerEndpoints: readonly Endpoint[] = [
  developerHome,
  registerPage,
  registerForm,
  developerApp,
  developerDeed,
  editPage,
  editForm,
];
