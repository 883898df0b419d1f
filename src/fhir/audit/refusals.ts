/**
 * Which exception to the duty to share a refusal stands under. What is hidden is refused as what never was: both are privacy.
 *
 * @see https://www.ecfr.gov/current/title-45/subtitle-A/subchapter-D/part-171
 */
export function refusalOf(status: number): 'privacy' | 'security' | 'infeasibility' | 'performance' | 'manner' {
  if (status === 429) return 'security';
  if (status >= 500) return 'performance';
  if (status === 413) return 'infeasibility';
  return status === 403 || status === 404 || status === 410 ? 'privacy' : 'manner';
}
