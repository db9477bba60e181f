import * as z from 'zod';

/** What every balancer may be told. */
export const probation = {
  enableProbation: z.boolean().default(false).describe('Keep endpoints that left the cluster while they still work.'),
};

/** Of those that choose by trying. */
export const effort = {
  ...probation,
  maxEffort: z.int().min(1).default(5).describe('Endpoints tried before one is taken that looks unwell.'),
};
