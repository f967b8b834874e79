import { controlCase } from '../control-case.js';
import { ControlVenue } from '../control-venue.js';
import type { Target } from '../target.js';

/** Requests to the control API of a running program. */
export const control: Target = { share: 15, caseOf: controlCase, open: () => ControlVenue.open() };
