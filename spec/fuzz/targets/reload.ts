import { documentOf } from '../documents.js';
import { ReloadVenue } from '../reload-venue.js';
import type { Target } from '../target.js';

/** Config files that a running program reloads. */
export const reload: Target = { share: 10, caseOf: documentOf, open: () => ReloadVenue.open() };
